// The panel: what is known of the node or edge that is chosen, with the clauses, and what can be done with it.
import { html, nothing, type TemplateResult } from "lit-html";
import { Failure } from "../lib/api";
import { clipped } from "../lib/clipping";
import { swatch } from "../lib/looks";
import { language, languageOf, number, pageOf, t, text, thingPage } from "../lib/page";
import { figureOf, type Figures } from "./figure";
import { totalKey, type Knowledge } from "./knowledge";
import { edgeId, type Citation, type Direction, type Edge, type Thing } from "./model";
import { broughtBy, inView, type Scene } from "./scene";
import { ALL, type Action, type View } from "./view";
import { arrow, kindWords, name, title, whole } from "./words";

export interface Does {
  act: (action: Action) => void;
  /** Ask again for what else there is to say. */
  again: () => void;
  /** Begin a path at a thing. */
  pathFrom: (node: string | null) => void;
}

interface Shown {
  view: View;
  scene: Scene;
  known: Knowledge;
  /** What else the service says of the chosen thing; undefined while it is asked. */
  more: More | Failure | undefined;
  pathFrom: string | null;
}

/** The description of a thing (`/doc/…`). */
export interface More extends Figures {
  description: { zh?: string; en?: string } | null;
  evidence: Citation[];
}

const MOST_EDGES = 40;

export function panel(shown: Shown, does: Does): TemplateResult {
  const { view, known } = shown;
  if (view.selected?.what === "node") {
    const thing = known.things.get(view.selected.id);
    if (thing) return nodePanel(thing, shown, does);
  }
  if (view.selected?.what === "edge") {
    const edge = known.edges.get(view.selected.id);
    if (edge) return edgePanel(edge, shown, does);
  }
  return html`<div class="panel-empty soft">
    <p>${t("Choose a thing or a relation, in the graph or in the tables, to see what it says and where that is written.", "在图或表中选择一个事物或一条关系，查看其内容与出处。")}</p>
    <p class="small">${t("A double click on a thing expands it, or collapses it again. With the focus on the graph, the arrow keys go from thing to thing; Enter expands.", "双击事物可展开或收起。焦点在图上时，方向键在事物间移动，回车展开。")}</p>
  </div>`;
}

function nodePanel(thing: Thing, shown: Shown, does: Does): TemplateResult {
  const { view, scene, known, pathFrom } = shown;
  const more = shown.more instanceof Failure ? undefined : shown.more;
  const other = text(language === "zh" ? { en: thing.label.en ?? "" } : { zh: thing.label.zh ?? "" });
  const description = text(more?.description);
  const figure = thing.type === "target" && more ? figureOf(more) : "";
  const from = pathFrom && pathFrom !== thing.id ? known.things.get(pathFrom) : undefined;
  return html`<p class="kind-line small">${swatch(thing.type)} ${kindWords(thing.type)}</p>
    <h2 class="panel-title" tabindex="-1">${title(thing.label, thing.id)}</h2>
    ${whole(text(thing.label))}
    ${other && other !== text(thing.label) ? html`<p class="soft other-label"><bdi lang=${languageOf(other)}>${clipped(other)}</bdi></p>` : nothing}
    ${figure ? html`<p class="figure">${figure}</p>` : nothing}
    ${description ? html`<p class="description" lang=${languageOf(description)} dir="auto">${clipped(description, 900)}</p>${clipped(description, 900) === description ? nothing : whole(description)}` : nothing}
    <p class="panel-actions">
      <a class="button" href=${thingPage(thing.id)}>${t("Its page", "详情页")}</a>
      ${from
        ? html`<button type="button" data-do="path-to" @click=${() => does.act({ do: "path", from: from.id, to: thing.id })}>${t("Path from", "路径起点：")} ${name(from.label)}</button>`
        : html`<button type="button" data-do="path-from" aria-pressed=${pathFrom === thing.id ? "true" : "false"} @click=${() => does.pathFrom(pathFrom === thing.id ? null : thing.id)}>${t("Path from here", "由此找路径")}</button>`}
      ${view.root === thing.id ? nothing : html`<button type="button" @click=${() => does.act({ do: "start", root: thing.id })}>${t("Start here", "以此为起点")}</button>`}
    </p>
    ${waitingFor(shown.more, does)} ${clauses(more?.evidence ?? [])} ${relationsOf(thing, shown, does)} ${edgesOf(thing, scene, known, does)}`;
}

/** That more is asked for, or that it did not come. */
function waitingFor(more: More | Failure | undefined, { again }: Does): TemplateResult | typeof nothing {
  if (!more) return html`<p class="small soft" data-part="more">${t("Reading what else is known of it …", "正在读取更多内容……")}</p>`;
  if (!(more instanceof Failure)) return nothing;
  return html`<div class="notice error" role="alert" data-part="more"><p><bdi>${more.message}</bdi></p>
    <button type="button" class="small-button" @click=${again}>${t("Try again", "重试")}</button></div>`;
}

/** Clauses: the first is there to be read, the others unfold. */
function clauses([first, ...others]: readonly Citation[]): TemplateResult | typeof nothing {
  if (!first) return nothing;
  return html`${citation(first)} ${others.length ? html`<details><summary>${t(others.length === 1 ? "1 more clause" : `${others.length} more clauses`, `另有 ${others.length} 处原文`)}</summary>${others.map(citation)}</details>` : nothing}`;
}

function relationsOf(thing: Thing, { view, scene, known }: Shown, { act }: Does): TemplateResult {
  const totals = [...(known.totals.get(thing.id) ?? [])];
  const here = inView(scene, thing.id);
  const sum = totals.reduce((all, [, count]) => all + count, 0);
  const seen = [...here.values()].reduce((all, count) => all + count, 0);
  const own = broughtBy(scene, thing.id);
  const others = [...own].map((key) => key.split(" ") as [string, Direction]);
  return html`<h3>${t("Relations", "关系")}</h3>
    <div class="expand-all">
      <span class="small soft">${counted(seen, sum)}</span>
      ${seen < sum ? html`<button type="button" data-do="expand" @click=${() => act({ do: "expand", node: thing.id, relation: ALL, direction: "both" })}>${t("Expand all", "全部展开")}</button>` : nothing}
      ${own.size ? html`<button type="button" data-do="collapse" @click=${() => act({ do: "collapse", node: thing.id })}>${t("Collapse", "收起")}</button>` : nothing}
    </div>
    <ul class="plain relation-list">
      ${totals.map(([key, count]) => {
        const [relation = "", direction = "out"] = key.split(" ") as [string, Direction];
        const shown = here.get(totalKey(relation, direction)) ?? 0;
        const label = known.relations.get(relation);
        const asked = view.expanded.some((item) => item.node === thing.id && item.relation === relation && item.direction === direction);
        return html`<li data-relation=${`${relation} ${direction}`}>
          <span class="relation-name">${arrow(direction)} ${name(label, plain(relation))}</span>
          <span class="small soft number">${counted(shown, count)}</span>
          ${shown < count && !asked
            ? html`<button type="button" class="small-button" @click=${() => act({ do: "expand", node: thing.id, relation, direction })}>${t("Expand", "展开")}<span class="visually-hidden"> ${relationWords(label, relation, direction)}</span></button>`
            : own.has(key)
              ? html`<button type="button" class="small-button" @click=${() => act({ do: "collapse-relation", node: thing.id, relation, direction, others })}>${t("Collapse", "收起")}<span class="visually-hidden"> ${relationWords(label, relation, direction)}</span></button>`
              : html`<span></span>`}
        </li>`;
      })}
    </ul>`;
}

/** A key without a name, as words. */
const plain = (key: string) => key.replaceAll("_", " ");

const relationWords = (label: Thing["label"] | undefined, relation: string, direction: Direction) =>
  `${text(label) || plain(relation)} ${direction === "out" ? t("(from it)", "（由它指向）") : t("(to it)", "（指向它）")}`;

function counted(shown: number, total: number): string {
  return t(`${number.format(shown)} of ${number.format(total)} in view`, `显示 ${number.format(shown)} / ${number.format(total)}`);
}

function edgesOf(thing: Thing, scene: Scene, known: Knowledge, { act }: Does): TemplateResult | typeof nothing {
  const edges = scene.edges.filter((edge) => edge.subject === thing.id || edge.object === thing.id);
  if (!edges.length) return nothing;
  return html`<details class="in-view"><summary>${t("In view", "图中")}: ${edges.length}</summary>
    <ul class="plain small">
      ${edges.slice(0, MOST_EDGES).map((edge) => {
        const direction = edge.subject === thing.id ? "out" : "in";
        const end = direction === "out" ? edge.object : edge.subject;
        return html`<li><button type="button" class="link" @click=${() => act({ do: "select", selected: { what: "edge", id: edgeId(edge) } })}>${arrow(direction)} ${name(edge.predicate.label)} · ${title(known.things.get(end)?.label, end)}</button></li>`;
      })}
    </ul>
    ${edges.length > MOST_EDGES ? html`<p class="small soft">${t("The rest stands in the table of relations.", "其余见关系表。")}</p>` : nothing}
  </details>`;
}

function edgePanel(edge: Edge, { known }: Shown, { act }: Does): TemplateResult {
  const end = (id: string) =>
    html`<button type="button" class="link" @click=${() => act({ do: "select", selected: { what: "node", id } })}>${title(known.things.get(id)?.label, id)}</button>`;
  return html`<p class="kind-line small soft">${edge.inferred ? t("Relation that follows by a rule", "据规则推出的关系") : t("Relation", "关系")}</p>
    <h2 class="panel-title sentence" tabindex="-1">${end(edge.subject)} <span class="verb">${name(edge.predicate.label)}</span> ${end(edge.object)}</h2>
    ${edge.inferred ? ways(edge) : edge.evidence.length ? clauses(edge.evidence) : html`<p class="soft">${t("No clause states this: it belongs to our own vocabulary.", "此关系属于本库词表，无原文陈述。")}</p>`}`;
}

function ways(edge: Edge): TemplateResult {
  return html`${edge.ways.map(
      (way) => html`<h3>${name(way.rule.label)}</h3>
        ${way.evidence.map(citation)}`,
    )}
    ${edge.ways_omitted ? html`<p class="soft small">${t("There may be other ways.", "可能还有其他途径。")}</p>` : nothing}
    ${edge.explain ? html`<p class="small"><a href=${edge.explain}>${t("The whole explanation (JSON)", "完整解释（JSON）")}</a></p>` : nothing}`;
}

const READINGS: Record<string, [en: string, zh: string]> = {
  stated: ["stated outright", "明文"],
  name: ["read from a name", "据名称"],
  context: ["read from the context", "据上下文"],
};

function citation(item: Citation): TemplateResult {
  const reading = READINGS[item.reading];
  const web = /^https?:\/\//.test(item.url);
  return html`<blockquote>
    <p lang=${languageOf(item.quote)} dir="auto">“${item.quote}”</p>
    <p class="soft">
      <a href=${pageOf(item.iri)}>${t(`line ${item.line}, characters ${item.start}–${item.end}`, `第 ${item.line} 行，字符 ${item.start}–${item.end}`)}</a>
      ${reading ? html`· ${t(...reading)}` : nothing} ${web ? html`· <a href=${item.url} rel="external">${t("source", "来源网页")}</a>` : nothing}
    </p>
  </blockquote>`;
}

