import { html, type TemplateResult } from "lit-html";
import { clipped } from "../lib/clipping";
import { pageOf } from "../lib/page";
import { numberOf, textOf, type Term } from "./answer";
import { nameOf } from "./labels";
import { shortened } from "./vocabulary";

const SHOWN = 240;
const STRING = "http://www.w3.org/2001/XMLSchema#string";

/** A term in a cell: a name beside its IRI, a text with its language. */
export function termCell(term: Term | undefined): TemplateResult | string {
  if (!term) return "";
  if (term.type === "uri") return iri(textOf(term));
  if (term.type !== "literal") return html`<code>${term.type === "bnode" ? `_:${textOf(term)}` : textOf(term)}</code>`;
  const lang = term["xml:lang"];
  if (numberOf(term) !== null) return html`<span class="number">${textOf(term)}</span>`;
  const kind = lang ? `@${lang}` : term.datatype && term.datatype !== STRING ? shortened(term.datatype) : "";
  return html`${long(textOf(term), lang)}${kind ? html` <span class="soft tag">${kind}</span>` : ""}`;
}

function long(text: string, lang: string | undefined): TemplateResult {
  const shown = (words: string) => (lang ? html`<span dir="auto" lang=${lang}>${words}</span>` : html`<span dir="auto">${words}</span>`);
  if (text.length <= SHOWN) return shown(text);
  return html`<details class="long"><summary>${shown(`${text.slice(0, SHOWN / 2)}…`)}</summary>${shown(text)}</details>`;
}

function iri(value: string): TemplateResult {
  const name = nameOf(value);
  const address = pageOf(value);
  const words = html`${name ? html`<bdi class="name">${clipped(name)}</bdi> ` : ""}<code>${shortened(value)}</code>`;
  return address ? html`<a class="iri" href=${address} title=${value}>${words}</a>` : html`<span class="iri" title=${value}>${words}</span>`;
}
