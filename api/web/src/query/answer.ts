import { ask } from "../lib/api";
import { triples } from "./ntriples";

/** An RDF term as SPARQL JSON has it. */
export interface Term {
  type: "uri" | "literal" | "bnode" | "triple";
  value: string | { subject: Term; predicate: Term; object: Term };
  "xml:lang"?: string;
  datatype?: string;
}

export type Row = Record<string, Term | undefined>;

/** The answer to a query: a truth value, rows, or triples, which are rows of three. */
export interface Answer {
  kind: "boolean" | "table" | "graph";
  query: string;
  truth: boolean;
  variables: string[];
  rows: Row[];
  /** What came, as it came. */
  text: string;
  seconds: number;
}

const JSON_RESULTS = "application/sparql-results+json";
const N_TRIPLES = "application/n-triples";

/** Send a query by the SPARQL protocol. */
export function send(query: string, accept: string, timeout = "", signal?: AbortSignal): Promise<Response> {
  const body = new URLSearchParams({ query });
  return ask(`/sparql${timeout ? `?${new URLSearchParams({ timeout }).toString()}` : ""}`, accept, { method: "POST", body, ...(signal && { signal }) });
}

/** The answer to a query; it throws a `Failure`, or the browser's `AbortError`. */
export async function answerTo(query: string, timeout: string, signal: AbortSignal): Promise<Answer> {
  const began = performance.now();
  const response = await send(query, `${JSON_RESULTS}, ${N_TRIPLES}`, timeout, signal);
  const text = await response.text();
  const seconds = (performance.now() - began) / 1000;
  const answer = { query, truth: false, text, seconds };
  if (response.headers.get("content-type")?.startsWith(N_TRIPLES)) {
    return { ...answer, kind: "graph", variables: ["subject", "predicate", "object"], rows: triples(text) };
  }
  const found = JSON.parse(text) as { head: { vars?: string[] }; boolean?: boolean; results?: { bindings: Row[] } };
  if (found.boolean !== undefined) return { ...answer, kind: "boolean", truth: found.boolean, variables: [], rows: [] };
  return { ...answer, kind: "table", variables: found.head.vars ?? [], rows: (found.results?.bindings ?? []).map(bare) };
}

/** A row that has its own columns alone: one may be called `constructor`, as every object has something called. */
function bare(row: Row): Row {
  return Object.assign(Object.create(null) as Row, row);
}

/** The text of a term, whatever it is. */
export function textOf(term: Term | undefined): string {
  if (!term) return "";
  if (typeof term.value === "string") return term.value;
  const { subject, predicate, object } = term.value;
  return `<< ${textOf(subject)} ${textOf(predicate)} ${textOf(object)} >>`;
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = /^(integer|decimal|double|float|long|int|short|byte|gYear|(non|un)\w*|positiveInteger|negativeInteger)$/;

/** The number that a term is, or null. */
export function numberOf(term: Term | undefined): number | null {
  if (term?.type !== "literal" || !term.datatype?.startsWith(XSD) || !NUMBERS.test(term.datatype.slice(XSD.length))) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}
