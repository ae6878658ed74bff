import { html, render, type TemplateResult } from "lit-html";
import { ask, json } from "../lib/api";
import { root, t, text, type Labels } from "../lib/page";
import type { Reference } from "../lib/things";

type Value = Reference | string | number | null;

interface Parameter {
  name: string;
  kind: string;
  label: Labels;
  default: Value;
  /** The things that it may be; null where it is a literal, or where there are more than are listed. */
  allowed: Reference[] | null;
}

interface Question {
  slug: string;
  question: Labels;
  parameters: Parameter[];
  links: { sparql: string };
}

let asked: Promise<Question[]> | null = null;

/** The questions with their parameters, asked for once. */
async function questions(): Promise<Question[]> {
  asked ??= json<{ items: Question[] }>("/api/v1/questions").then(({ items }) => items);
  try {
    return await asked;
  } catch (error) {
    asked = null;
    throw error;
  }
}

const idOf = (value: Value) => (value === null ? "" : typeof value === "object" ? value.id : String(value));

/** The SPARQL of a question by the path of its `.rq`, with values for some of its parameters. */
export async function sparqlOf(path: string, values: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  const response = await ask(`${path.slice(root.length)}${query ? `?${query}` : ""}`, "application/sparql-query");
  return (await response.text()).trimEnd();
}

/** Show the fields of a question's parameters in a place; a value that is set gives another query. */
export async function parameters(place: HTMLElement, path: string, chosen: (query: string) => void, failed: (error: unknown) => void): Promise<void> {
  const question = (await questions()).find(({ links }) => links.sparql === path);
  const values: Record<string, string> = {};
  const set = (name: string, value: string) => {
    values[name] = value;
    sparqlOf(path, values).then(chosen, failed);
  };
  place.hidden = !question?.parameters.length;
  render(question?.parameters.length ? fields(question, set) : "", place);
}

function fields({ slug, question, parameters }: Question, set: (name: string, value: string) => void): TemplateResult {
  // A question has fields of its own: the same place shows those of another afterwards, with other values.
  return html`<fieldset data-question=${slug}>
    <legend>${text(question)}</legend>
    ${parameters.map((parameter) => html`<label>${text(parameter.label)} ${field(parameter, (value) => set(parameter.name, value))}</label>`)}
  </fieldset>`;
}

function field({ name, kind, allowed, default: preset }: Parameter, set: (value: string) => void): TemplateResult {
  const changed = (event: Event) => set((event.target as HTMLInputElement | HTMLSelectElement).value);
  if (!allowed) {
    return html`<input name=${name} type=${kind === "number" || kind === "integer" || kind === "year" ? "number" : "text"} step="any" .value=${idOf(preset)}
      placeholder=${preset === null ? t("all", "全部") : ""} @change=${changed}>`;
  }
  // Without a value, the default is meant: that is why a question with a default cannot be asked about all.
  const choices = allowed.map((thing) => html`<option value=${thing.id} .selected=${thing.id === idOf(preset)}>${text(thing.label)}</option>`);
  return html`<select name=${name} @change=${changed}>${preset === null ? html`<option value="">${t("all", "全部")}</option>` : ""}${choices}</select>`;
}
