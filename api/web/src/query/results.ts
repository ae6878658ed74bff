import { html, render, type TemplateResult } from "lit-html";
import { Failure } from "../lib/api";
import { swatch } from "../lib/looks";
import { number, pageAt, pageOf, t } from "../lib/page";
import { save } from "../lib/save";
import { kindName } from "../lib/things";
import { send, type Answer } from "./answer";
import { chart } from "./chart";
import { draw as drawGraph, forget, kindsOf, networkOf, thingsOf, zoom, type Network } from "./graph";
import { irisOf, learn, nameOf } from "./labels";
import { VIEWS, type Chosen, type View } from "./state";
import { rowsShown, table } from "./table";
import { termCell } from "./term";
import { unknownTerms } from "./unknown";
import { shortened } from "./vocabulary";

/** What the lower half of the page shows. */
export type Shown =
  | { state: "nothing" }
  | { state: "running" }
  | { state: "stopped" }
  | { state: "failed"; failure: Failure; seconds: number }
  | { state: "answered"; answer: Answer };

export interface Settings {
  place: HTMLElement;
  choice: () => Chosen;
  /** Something else is chosen: it goes into the address, and is drawn. */
  change: (changes: Partial<Chosen>) => void;
  /** Put the cursor where the service found an error. */
  goTo: (line: number, column: number) => void;
}

const RAW_SHOWN = 100_000;
const TABLE_FORMATS = { csv: "text/csv", tsv: "text/tab-separated-values", json: "application/sparql-results+json", xml: "application/sparql-results+xml" };
const GRAPH_FORMATS = { ttl: "text/turtle", nt: "application/n-triples", jsonld: "application/ld+json", rdf: "application/rdf+xml" };

const viewName = (view: View) =>
  ({ table: t("Table", "表格"), graph: t("Graph", "图"), chart: t("Chart", "图表"), raw: t("Raw", "原始结果") })[view];

/** Draws results: as a table, a graph, a chart, or as they came. */
export class Results {
  private shown: Shown = { state: "nothing" };
  private networks = new WeakMap<Answer, Network>();
  private turtle = new WeakMap<Answer, string>();
  private tapped = "";
  private said = "";
  private asked = new AbortController();

  constructor(private readonly settings: Settings) {}

  /** Show something else. */
  show(shown: Shown): void {
    this.asked.abort();
    this.asked = new AbortController();
    this.shown = shown;
    this.tapped = "";
    this.said = "";
    this.draw();
  }

  /** The view of an answer: the one that was chosen, where it has that. */
  private view(): View {
    return this.settings.choice().view || "table";
  }

  /** Draw what is shown, and ask for the names that it lacks. */
  draw(): void {
    const { place } = this.settings;
    place.hidden = this.shown.state === "nothing";
    render(this.content(), place);
    if (this.shown.state !== "answered" || this.shown.answer.kind === "boolean") return forget();
    const { answer } = this.shown;
    const canvas = place.querySelector<HTMLElement>("[data-canvas]");
    if (canvas) {
      const tapped = (iri: string) => {
        this.tapped = iri;
        this.draw();
      };
      void drawGraph(canvas, answer, this.network(answer), tapped).then((now) => now && this.draw()); // names are known by now
    } else forget();
    void this.learnNames(answer);
    if (this.view() === "raw" && answer.kind === "graph") void this.readTurtle(answer);
  }

  private async learnNames(answer: Answer): Promise<void> {
    const rows = this.view() === "chart" ? answer.rows.slice(0, 200) : this.view() === "table" ? rowsShown(answer, this.settings.choice()) : [];
    if (await learn(irisOf(rows), this.asked.signal)) this.draw();
  }

  private async readTurtle(answer: Answer): Promise<void> {
    if (this.turtle.has(answer)) return;
    this.turtle.set(answer, answer.text);
    try {
      const response = await send(answer.query, "text/turtle", this.settings.choice().timeout, this.asked.signal);
      this.turtle.set(answer, await response.text());
      this.draw();
    } catch {
      // It stays in N-Triples, as it came.
    }
  }

  private network(answer: Answer): Network {
    const found = this.networks.get(answer) ?? networkOf(answer);
    this.networks.set(answer, found);
    return found;
  }

  private content(): TemplateResult {
    const { shown } = this;
    const status = html`<p class="status" role="status">${this.status()}</p>`;
    if (shown.state === "failed") return html`${status}${this.failure(shown.failure)}`;
    if (shown.state !== "answered") return status;
    const { answer } = shown;
    if (answer.kind === "boolean") {
      const words = answer.truth ? t("Yes: the graph has what the query asks for.", "是：图谱中有查询所问的内容。") : t("No: the graph has nothing that the query asks for.", "否：图谱中没有查询所问的内容。");
      return html`${status}<p class="truth card">${words}</p>`;
    }
    if (!answer.rows.length) return html`${status}<div class="empty card">${this.nothing(answer)}</div>`;
    return html`${status}<div class="bench-head">${this.tabs()}${this.downloads(answer)}</div>
      <div id="panel" role="tabpanel" aria-labelledby="tab-${this.view()}" class="card panel">${this.panel(answer)}</div>`;
  }

  private nothing(answer: Answer): TemplateResult {
    const unknown = unknownTerms(answer.query);
    const none = /\blimit\s+0\b/i.test(answer.query);
    return html`<p>${none ? t("The query asks for no row (LIMIT 0).", "此查询要求返回零行（LIMIT 0）。") : t("Nothing in the graph matches this query.", "图谱中没有符合此查询的内容。")}</p>
      ${unknown.map(({ name, near }) => html`<p>${t("The ontology has no ", "本体中没有 ")}<code>${name}</code>${near ? html`${t("; it has ", "；有 ")}<code>${near}</code>` : ""}${t(".", "。")}</p>`)}
      ${unknown.length ? html`<p><a href=${pageAt("/ontology")}>${t("All classes and properties", "全部类与属性")}</a></p>` : ""}`;
  }

  private status(): string {
    const { shown } = this;
    const seconds = (value: number) => t(`${number.format(value)} s`, `${number.format(value)} 秒`);
    if (shown.state === "running") return t("Running…", "正在运行……");
    if (shown.state === "stopped") return t("Stopped before there was an answer.", "已停止，没有结果。");
    if (shown.state === "failed") return t(`No answer, after ${seconds(shown.seconds)}`, `没有结果，用时 ${seconds(shown.seconds)}`);
    if (shown.state === "nothing") return "";
    const { answer } = shown;
    const count = number.format(answer.rows.length);
    const what =
      answer.kind === "boolean" ? t("Answered", "已回答")
      : answer.kind === "graph" ? t(`${count} ${answer.rows.length === 1 ? "triple" : "triples"}`, `${count} 个三元组`)
      : t(`${count} ${answer.rows.length === 1 ? "row" : "rows"}`, `${count} 行`);
    return `${what} · ${seconds(answer.seconds)}${this.said ? ` · ${this.said}` : ""}`;
  }

  /** What the service says of an error, as it says it. */
  private failure(failure: Failure): TemplateResult {
    const { problem } = failure;
    const limit = problem?.["limit"] as { name: string; value: number; unit: string } | undefined;
    const [line, column] = [problem?.["line"], problem?.["column"]];
    return html`<div class="notice error" role="alert">
      ${problem ? html`<p><strong>${problem.title}</strong></p>` : ""}
      <p class="said" dir="auto">${failure.message}</p>
      ${typeof line === "number" && typeof column === "number"
        ? html`<p><button type="button" @click=${() => this.settings.goTo(line, column)}>${t(`Go to line ${line}, column ${column}`, `转到第 ${line} 行第 ${column} 列`)}</button></p>`
        : ""}
      ${limit ? html`<p class="small soft">${t("Limit: ", "限制：")}<code>${limit.name}</code> = ${number.format(limit.value)} ${limit.unit}</p>` : ""}
      ${problem ? html`<p class="small soft">${problem.status} · <a href=${pageAt(`/problems/${encodeURIComponent(problem.type.split("/").pop() ?? "")}`)}><code>${problem.type}</code></a></p>` : ""}
    </div>`;
  }

  private tabs(): TemplateResult {
    const current = this.view();
    const moved = (event: KeyboardEvent) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = event.key === "Home" ? 0 : event.key === "End" ? VIEWS.length - 1 : step ? (VIEWS.indexOf(current) + step + VIEWS.length) % VIEWS.length : -1;
      const next = VIEWS[at];
      if (!next) return;
      event.preventDefault();
      this.settings.change({ view: next });
      document.getElementById(`tab-${next}`)?.focus();
    };
    return html`<div role="tablist" aria-label=${t("Views of the results", "结果视图")} @keydown=${moved}>
      ${VIEWS.map(
        (view) => html`<button type="button" role="tab" id="tab-${view}" aria-controls="panel" aria-selected=${view === current ? "true" : "false"}
          tabindex=${view === current ? 0 : -1} @click=${() => this.settings.change({ view })}>${viewName(view)}</button>`,
      )}
    </div>`;
  }

  private downloads(answer: Answer): TemplateResult {
    const formats = Object.entries(answer.kind === "graph" ? GRAPH_FORMATS : TABLE_FORMATS);
    return html`<p class="downloads"><span class="soft small">${t("Download", "下载")}</span>
      ${formats.map(([extension, type]) => html`<button type="button" data-download=${extension} @click=${() => void this.download(answer, extension, type)}>${extension.toUpperCase()}</button>`)}</p>`;
  }

  private async download(answer: Answer, extension: string, type: string): Promise<void> {
    this.said = "";
    try {
      const response = await send(answer.query, type, this.settings.choice().timeout);
      save(`results.${extension}`, await response.blob());
      this.said = t(`downloaded as ${extension}`, `已下载 ${extension}`);
    } catch (error) {
      this.said = error instanceof Failure ? error.message : String(error);
    }
    this.draw();
  }

  private panel(answer: Answer): TemplateResult {
    const { choice, change } = this.settings;
    const view = this.view();
    if (view === "table") return table(answer, choice(), change);
    if (view === "chart") return chart(answer, choice(), change);
    return view === "graph" ? this.graph(answer) : this.raw(answer);
  }

  private graph(answer: Answer): TemplateResult {
    const network = this.network(answer);
    if (!network.edges.length) {
      return html`<p class="empty">${t("No row names two things that could be joined. Select two columns of things, or CONSTRUCT triples.", "没有一行含有两个可以相连的事物。请选出两列事物，或用 CONSTRUCT 构造三元组。")}</p>`;
    }
    const things = thingsOf(network);
    const [many, edges] = [things.length, network.edges.length];
    const count = t(`${many} ${many === 1 ? "thing" : "things"}, ${edges} ${edges === 1 ? "edge" : "edges"}`, `${many} 个事物，${edges} 条边`);
    const address = pageOf(this.tapped);
    return html`<p class="small soft">${count}${network.left ? t(`; ${network.left} ${network.left === 1 ? "row joins" : "rows join"} nothing`, `；${network.left} 行没有可相连的事物`) : ""}${network.cut ? t("; the rest is left out, the table has all", "；其余未绘出，表格中有全部") : ""}${t(". ", "。")}${t("The table says the same in words.", "表格以文字列出同样的内容。")}</p>
      <ul class="legend">${kindsOf(network).map((kind) => html`<li>${swatch(kind)} ${kindName(kind)}</li>`)}</ul>
      <div class="canvas" data-canvas role="img" aria-label=${count}></div>
      <div class="controls">
        <button type="button" @click=${() => zoom(1.3)}>${t("Closer", "放大")}</button>
        <button type="button" @click=${() => zoom(1 / 1.3)}>${t("Farther", "缩小")}</button>
        <button type="button" @click=${() => zoom(0)}>${t("All of it", "全图")}</button>
        <span role="status">${this.tapped ? html`<bdi>${nameOf(this.tapped)}</bdi> ${address ? html`<a href=${address}>${shortened(this.tapped)}</a>` : shortened(this.tapped)}` : html`<span class="soft small">${t("Choose a thing to see what it is.", "选择一个事物以查看。")}</span>`}</span>
      </div>
      <details class="graph-things"><summary>${t("The things as a list", "事物列表")}</summary>
        <ul>${things.map((term) => html`<li>${termCell(term)}</li>`)}</ul>
      </details>`;
  }

  private raw(answer: Answer): TemplateResult {
    const text = answer.kind === "graph" ? (this.turtle.get(answer) ?? answer.text) : answer.text;
    const cut = text.length > RAW_SHOWN;
    return html`<pre class="raw" tabindex="0" aria-label=${t("The answer as it came", "服务返回的原文")} role="region">${text.slice(0, RAW_SHOWN)}</pre>
      ${cut ? html`<p class="small soft">${t("The rest is in the download.", "其余部分请下载查看。")}</p>` : ""}`;
  }
}
