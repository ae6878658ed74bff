// The same as the drawing, as two tables: the things and the relations in view, with the same things to do.
import { html, nothing, type TemplateResult } from "lit-html";
import { swatch } from "../lib/looks";
import { languageOf, number, pageOf, t, thingPage } from "../lib/page";
import type { Knowledge } from "./knowledge";
import { edgeId, type Edge, type Thing } from "./model";
import { brings, degrees, type Scene } from "./scene";
import { ALL, same, type Action, type Selection, type View } from "./view";
import { kindWords, name, title } from "./words";

/** So many rows at once: two thousand would make the page slow. */
export const ROWS = 50;

export interface Pages {
  things: number;
  relations: number;
}

interface Tables {
  view: View;
  scene: Scene;
  known: Knowledge;
  pages: Pages;
  act: (action: Action) => void;
  turn: (which: keyof Pages, page: number) => void;
}

export function tables(given: Tables): TemplateResult {
  return html`${thingsTable(given)} ${relationsTable(given)}`;
}

function thingsTable(given: Tables): TemplateResult {
  const { scene, pages } = given;
  const seen = degrees(scene);
  const [rows, page] = paged(scene.nodes, pages.things);
  return html`<div><div class="scroll">
      <table id="things-table">
        <caption>${t("Things in view", "图中的事物")}: ${number.format(scene.nodes.length)}</caption>
        <thead><tr><th scope="col">${t("Thing", "事物")}</th><th scope="col">${t("Class", "类别")}</th><th scope="col">${t("Relations in view", "图中关系")}</th><th scope="col">${t("Actions", "操作")}</th></tr></thead>
        <tbody>${rows.map((thing) => thingRow(thing, seen.get(thing.id) ?? 0, given))}</tbody>
      </table>
    </div>
    ${pager("things", scene.nodes.length, page, given)}</div>`;
}

function thingRow(thing: Thing, seen: number, { view, scene, known, act }: Tables): TemplateResult {
  const total = [...(known.totals.get(thing.id)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  const chosen = same(view.selected, { what: "node", id: thing.id });
  const spoken = html`<span class="visually-hidden"> ${title(thing.label, thing.id)}</span>`;
  return html`<tr data-id=${thing.id} class=${chosen ? "chosen" : ""}>
    <th scope="row">${choose({ what: "node", id: thing.id }, chosen, html`<span class="clip">${name(thing.label, thing.id)}</span>`, act)}</th>
    <td class="class" data-label=${t("Class", "类别")}>${swatch(thing.type)} ${kindWords(thing.type)}</td>
    <td class="number" data-label=${t("Relations in view", "图中关系")}>${total ? t(`${number.format(seen)} of ${number.format(total)}`, `${number.format(seen)} / ${number.format(total)}`) : number.format(seen)}</td>
    <td class="row-actions" data-label=${t("Actions", "操作")}>
      ${seen < total ? html`<button type="button" class="small-button" @click=${() => act({ do: "expand", node: thing.id, relation: ALL, direction: "both" })}>${t("Expand", "展开")}${spoken}</button>` : nothing}
      ${brings(scene, thing.id) ? html`<button type="button" class="small-button" @click=${() => act({ do: "collapse", node: thing.id })}>${t("Collapse", "收起")}${spoken}</button>` : nothing}
      <a class="target" href=${thingPage(thing.id)}>${t("Page", "详情")}${spoken}</a>
    </td>
  </tr>`;
}

function relationsTable(given: Tables): TemplateResult {
  const { scene, pages } = given;
  const [rows, page] = paged(scene.edges, pages.relations);
  return html`<div><div class="scroll">
      <table id="relations-table">
        <caption>${t("Relations in view", "图中的关系")}: ${number.format(scene.edges.length)}</caption>
        <thead><tr><th scope="col">${t("Subject", "主语")}</th><th scope="col">${t("Relation", "关系")}</th><th scope="col">${t("Object", "宾语")}</th><th scope="col">${t("Evidence", "证据")}</th></tr></thead>
        <tbody>${rows.map((edge) => relationRow(edge, given))}</tbody>
      </table>
    </div>
    ${pager("relations", scene.edges.length, page, given)}</div>`;
}

function relationRow(edge: Edge, { view, known, act }: Tables): TemplateResult {
  const id = edgeId(edge);
  const chosen = same(view.selected, { what: "edge", id });
  const first = edge.evidence[0];
  const end = (node: string) => html`<span class="clip">${name(known.things.get(node)?.label, node)}</span>`;
  return html`<tr class=${chosen ? "chosen" : ""}>
    <th scope="row">${end(edge.subject)}</th>
    <td data-label=${t("Relation", "关系")}>${choose({ what: "edge", id }, chosen, name(edge.predicate.label), act)}${edge.inferred ? html` <span class="soft small">${t("by a rule", "据规则")}</span>` : nothing}</td>
    <td data-label=${t("Object", "宾语")}>${end(edge.object)}</td>
    <td data-label=${t("Evidence", "证据")}>${first ? html`<a class="clip" href=${pageOf(first.iri)} lang=${languageOf(first.quote)} dir="auto">“${first.quote}”</a>${edge.evidence.length > 1 ? html` <span class="soft small">+${edge.evidence.length - 1}</span>` : nothing}` : html`<span class="soft">–</span>`}</td>
  </tr>`;
}

function choose(selected: Selection, chosen: boolean, content: TemplateResult, act: (action: Action) => void): TemplateResult {
  return html`<button type="button" class="link target" aria-pressed=${chosen ? "true" : "false"} @click=${() => act({ do: "select", selected })}>${content}</button>`;
}

function paged<T>(all: readonly T[], page: number): [rows: readonly T[], page: number] {
  const last = Math.max(0, Math.ceil(all.length / ROWS) - 1);
  const at = Math.min(page, last);
  return [all.slice(at * ROWS, (at + 1) * ROWS), at];
}

function pager(which: keyof Pages, count: number, page: number, { turn }: Tables): TemplateResult | typeof nothing {
  if (count <= ROWS) return nothing;
  const [from, to] = [page * ROWS + 1, Math.min(count, (page + 1) * ROWS)];
  return html`<p class="pager" data-pager=${which}>
    <button type="button" class="small-button" ?disabled=${page === 0} @click=${() => turn(which, page - 1)}>${t("Previous", "上一页")}</button>
    <span class="small number">${t(`${from}–${to} of ${number.format(count)}`, `${from}–${to} / ${number.format(count)}`)}</span>
    <button type="button" class="small-button" ?disabled=${to >= count} @click=${() => turn(which, page + 1)}>${t("Next", "下一页")}</button>
  </p>`;
}
