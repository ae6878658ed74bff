// Names of things, kinds and directions as the page shows them; all text of the graph goes through templates, which
// escape it, and stands in elements that keep its direction of writing to itself.
import { html, nothing, type TemplateResult } from "lit-html";
import { clipped } from "../lib/clipping";
import { languageOf, t, text, type Labels } from "../lib/page";
import { kindName } from "../lib/things";
import type { Direction } from "./model";

/** A name in an element of its own. */
export function name(labels: Labels | null | undefined, other = ""): TemplateResult {
  const shown = text(labels) || other;
  return html`<bdi lang=${languageOf(shown)}>${shown}</bdi>`;
}

/** A name as a heading: the beginning of one that is very long. */
export function title(labels: Labels | null | undefined, other = ""): TemplateResult {
  const shown = text(labels) || other;
  return html`<bdi lang=${languageOf(shown)}>${clipped(shown)}</bdi>`;
}

/** The whole of a text whose beginning was shown. */
export function whole(shown: string): TemplateResult | typeof nothing {
  if (clipped(shown) === shown) return nothing;
  return html`<details><summary>${t("The whole text", "全文")}</summary><p dir="auto" lang=${languageOf(shown)}>${shown}</p></details>`;
}

export function kindWords(kind: string): string {
  return kind === "platform-kind" ? t("kind of platform", "平台类别") : kindName(kind);
}

export function arrow(direction: Direction): TemplateResult {
  return html`<span aria-hidden="true">${direction === "out" ? "→" : "←"}</span
    ><span class="visually-hidden">${direction === "out" ? t("from it:", "由它指向：") : t("to it:", "指向它：")}</span>`;
}
