/** What the server says of the page in its `html` element. */
const html = document.documentElement;

export type Language = "zh" | "en";

/** The path below which this service lives, without a slash at the end: proxies may give it a prefix. */
export const root: string = html.dataset["root"] ?? "";

/** The language of the page. */
export const language: Language = html.lang.startsWith("zh") ? "zh" : "en";

/** The same words in the language of the page. */
export function t(en: string, zh: string): string {
  return language === "zh" ? zh : en;
}

export type Labels = { zh?: string | null; en?: string | null };

/** The text of labels in the language of the page, or in the other where there is only that. */
export function text(labels: Labels | null | undefined): string {
  const other = language === "zh" ? labels?.en : labels?.zh;
  return labels?.[language] ?? other ?? "";
}

/** The language that a text is written in, for `lang` attributes. */
export function languageOf(words: string): Language {
  return /[\u3400-\u9fff]/.test(words) ? "zh" : "en";
}

/** The query that links keep: a language that was chosen stays chosen from page to page. */
export function kept(): string {
  return new URLSearchParams(location.search).has("lang") ? `?lang=${language}` : "";
}

/** The address of a page of this service. */
export function pageAt(path: string, parameters: Record<string, string> = {}): string {
  const query = new URLSearchParams(parameters);
  if (kept()) query.set("lang", language);
  const shown = query.toString();
  return `${root}${path}${shown ? `?${shown}` : ""}`;
}

/** What the IRIs of things begin with; the base of the graph may be any. */
export const things = `${html.dataset["base"] ?? ""}id/`;

const ontology = html.dataset["ontology"] ?? "";

/** Where this service describes an IRI; others stay, and what is no web address is empty. */
export function pageOf(iri: string): string {
  const path = iri.startsWith(things) ? `/doc/${iri.slice(things.length)}` : ontology && iri.startsWith(ontology) ? `/ontology#${iri.slice(ontology.length)}` : "";
  if (!path) return /^https?:\/\//.test(iri) ? iri : "";
  const [page, ...place] = path.split(/(?=#)/);
  return `${root}${page}${kept()}${place.join("")}`;
}

/** The page of a thing, from its id with its kind (`sector/healthcare`). */
export function thingPage(id: string): string {
  return pageAt(`/doc/${id.split("/").map(encodeURIComponent).join("/")}`);
}

/** Numbers as people of the language write them. */
export const number = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 3 });
