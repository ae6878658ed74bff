// What stands above the graph: undoing, looking about, saving; and what must be said: waiting, errors, a path.
import { html, nothing, type TemplateResult } from "lit-html";
import type { Failure } from "../lib/api";
import { swatch } from "../lib/looks";
import { number, pageAt, t, text, thingPage } from "../lib/page";
import type { Knowledge } from "./knowledge";
import type { Scene } from "./scene";
import { CAPS, type Action, type View } from "./view";
import { kindWords, title } from "./words";

export type Format = "png" | "svg" | "graphml";

interface Shared {
  view: View;
  scene: Scene | null;
  known: Knowledge;
  act: (action: Action) => void;
}

interface Tools extends Shared {
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
  fit: () => void;
  arrange: () => void;
  zoom: (factor: number) => void;
  save: (format: Format) => void;
}

export function tools(given: Tools): TemplateResult {
  const { view, scene, act } = given;
  const kept = scene ? scene.total - scene.filtered : 0;
  const more = scene && kept > scene.nodes.length && CAPS.some((cap) => cap > view.cap);
  return html`<div class="group">
      <button type="button" data-do="undo" ?disabled=${!given.canUndo} title="Ctrl+Z" @click=${given.undo}><span aria-hidden="true">↶</span> ${t("Undo", "撤销")}</button>
      <button type="button" data-do="redo" ?disabled=${!given.canRedo} title="Ctrl+Y" @click=${given.redo}><span aria-hidden="true">↷</span> ${t("Redo", "重做")}</button>
    </div>
    <div class="group">
      <button type="button" aria-label=${t("Larger", "放大")} title=${t("Larger", "放大")} @click=${() => given.zoom(1.25)}>+</button>
      <button type="button" aria-label=${t("Smaller", "缩小")} title=${t("Smaller", "缩小")} @click=${() => given.zoom(0.8)}>−</button>
      <button type="button" data-do="fit" @click=${given.fit}>${t("Fit", "适应窗口")}</button>
      <button type="button" data-do="arrange" @click=${given.arrange}>${t("Lay out anew", "重新布局")}</button>
    </div>
    <div class="group" role="group" aria-label=${t("Save as", "另存为")}>
      <span class="soft small" aria-hidden="true">${t("Save", "保存")}</span>
      ${(["png", "svg", "graphml"] as const).map((format) => html`<button type="button" data-save=${format} ?disabled=${!scene} @click=${() => given.save(format)}>${format === "graphml" ? "GraphML" : format.toUpperCase()}</button>`)}
    </div>
    <label class="steps small"><span>${t("Steps", "步数")}</span>
      <select data-do="steps" @change=${(event: Event) => act({ do: "steps", depth: Number((event.target as HTMLSelectElement).value) })}>
        ${[1, 2, 3, 4].map((depth) => html`<option value=${depth} ?selected=${depth === view.depth} .selected=${depth === view.depth}>${depth}</option>`)}
      </select></label>
    ${more ? html`<button type="button" data-do="more" @click=${() => act({ do: "more" })}>${t("Show more", "显示更多")}</button>` : nothing}`;
}

/** The thing that everything starts from. */
export function heading({ view, known }: Shared): TemplateResult {
  const thing = known.things.get(view.root);
  return html`<h1>${title(thing?.label, view.root)}</h1>
    <p class="soft small">${thing ? html`${swatch(thing.type)} ${kindWords(thing.type)} · ` : nothing}<a href=${thingPage(view.root)}>${t("its page", "详情页")}</a> · <a href=${pageAt("/explore")}>${t("start elsewhere", "换个起点")}</a></p>`;
}

interface Banner extends Shared {
  waiting: boolean;
  failure: Failure | null;
  pathFrom: string | null;
  from: (node: string | null) => void;
  again: () => void;
}

export function banner(given: Banner): TemplateResult {
  const { waiting, failure, pathFrom, known, view } = given;
  return html`${failure
      ? html`<div class="notice error" role="alert"><p><bdi>${failure.message}</bdi></p><button type="button" class="small-button" @click=${given.again}>${t("Try again", "重试")}</button></div>`
      : nothing}
    ${pathFrom
      ? html`<div class="notice" data-notice="path-from"><p>${t("Path from", "路径起点：")} <strong>${title(known.things.get(pathFrom)?.label, pathFrom)}</strong>: ${t("now choose the other end, in the graph, in a table, or by name above.", "请在图中、表中选择终点，或在上方按名称查找。")}</p>
          <button type="button" class="small-button" @click=${() => given.from(null)}>${t("Cancel", "取消")}</button></div>`
      : nothing}
    ${view.path && !waiting && !failure ? pathNotice(given) : nothing}`;
}

function pathNotice({ view, known, act }: Banner): TemplateResult | typeof nothing {
  const found = known.pathOf(view);
  if (!found || !view.path) return nothing;
  const ends = html`<strong>${title(found.from.label)}</strong> – <strong>${title(found.to.label)}</strong>`;
  const clear = html`<button type="button" class="small-button" @click=${() => act({ do: "no-path" })}>${t("Clear the path", "清除路径")}</button>`;
  if (!found.paths.length) return html`<div class="notice" data-notice="path"><p>${ends}: ${text(found.reason?.text) || t("no path joins them.", "两者之间没有路径。")}</p>${clear}</div>`;
  const which = Math.min(view.path.which, found.paths.length - 1);
  const steps = found.distance ?? 0;
  return html`<div class="notice" data-notice="path">
    <p>${ends}: ${t(steps === 1 ? "1 step" : `${steps} steps`, `${steps} 步`)} · ${t(`path ${which + 1} of ${number.format(found.total)} shortest`, `最短路径 ${which + 1} / ${number.format(found.total)}`)}</p>
    ${found.paths.length > 1 ? html`<button type="button" class="small-button" data-do="other-path" @click=${() => act({ do: "other-path", which: (which + 1) % found.paths.length })}>${t("Another", "换一条")}</button>` : nothing}
    ${clear}
  </div>`;
}
