// Filters by class and relation; the boxes are the legend as well.
import { html, nothing, type TemplateResult } from "lit-html";
import { clipped } from "../lib/clipping";
import { swatch } from "../lib/looks";
import { number, t, text } from "../lib/page";
import { KIND_NAMES } from "../lib/things";
import type { Knowledge } from "./knowledge";
import type { Scene } from "./scene";
import type { Action, View } from "./view";
import { kindWords, name } from "./words";

const ORDER = [...KIND_NAMES, "platform-kind"];

export function filters(view: View, scene: Scene, known: Knowledge, act: (action: Action) => void): TemplateResult {
  const kinds = [...new Set([...scene.kinds.keys(), ...view.hiddenKinds])].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const relations = [...new Set([...scene.relations.keys(), ...view.hiddenRelations])].sort(
    (a, b) => (scene.relations.get(b) ?? 0) - (scene.relations.get(a) ?? 0) || a.localeCompare(b),
  );
  const toggle = (what: "kind" | "relation", of: string) => (event: Event) =>
    act({ do: `${(event.target as HTMLInputElement).checked ? "show" : "hide"}-${what}`, name: of });
  const hidden = view.hiddenKinds.length + view.hiddenRelations.length;
  return html`<fieldset class="filter">
      <legend>${t("Classes", "类别")}</legend>
      ${kinds.map(
        (kind) => html`<label><input type="checkbox" name="kind" value=${kind} .checked=${!view.hiddenKinds.includes(kind)} @change=${toggle("kind", kind)} />
          ${swatch(kind)} <span>${kindWords(kind)}</span> <span class="number soft small">${number.format(scene.kinds.get(kind) ?? 0)}</span></label>`,
      )}
    </fieldset>
    <fieldset class="filter">
      <legend>${t("Relations", "关系")}</legend>
      ${relations.map(
        (key) => html`<label><input type="checkbox" name="relation" value=${key} .checked=${!view.hiddenRelations.includes(key)} @change=${toggle("relation", key)} />
          <span>${name(known.relations.get(key), key.replaceAll("_", " "))}</span> <span class="number soft small">${number.format(scene.relations.get(key) ?? 0)}</span></label>`,
      )}
      <label class="infer"><input type="checkbox" name="inferred" .checked=${view.inferred} @change=${(event: Event) => act({ do: "infer", on: (event.target as HTMLInputElement).checked })} />
        <span>${t("also what follows by rules (dashed)", "含据规则推出的关系（虚线）")}</span></label>
    </fieldset>
    ${hidden ? html`<p><button type="button" class="small-button" @click=${() => act({ do: "show-all" })}>${t("Clear the filters", "清除筛选")}</button></p>` : nothing}`;
}

/** The sentence that says how much is in view. */
export function countWords(scene: Scene): string {
  const [shown, total] = [number.format(scene.nodes.length), number.format(scene.total)];
  const hidden = scene.filtered ? t(` · ${number.format(scene.filtered)} hidden by filters`, ` · 筛选隐藏 ${number.format(scene.filtered)} 个`) : "";
  return t(`${shown} of ${total} shown`, `显示 ${shown} / 共 ${total} 个`) + hidden;
}

/** What the drawing shows, for those who cannot see it. */
export function spoken(view: View, scene: Scene, known: Knowledge): string {
  const [things, relations] = [scene.nodes.length, scene.edges.length];
  const [many, edges] = [number.format(things), number.format(relations)];
  const root = clipped(text(known.things.get(view.root)?.label) || view.root);
  return t(
    `Graph around ${root}: ${many} ${things === 1 ? "thing" : "things"}, ${edges} ${relations === 1 ? "relation" : "relations"}. The tables below say the same.`,
    `以${root}为起点的图：${many} 个事物，${edges} 条关系。下方表格内容与之相同。`,
  );
}
