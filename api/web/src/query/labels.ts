import { language } from "../lib/page";
import { answerTo, textOf, type Row } from "./answer";
import { termName } from "./vocabulary";

const MOST = 400;
const LONGEST = 16_000; // characters of one query for names
const known = new Map<string, string>();

/** The name of what an IRI denotes, as far as it is known by now. */
export function nameOf(iri: string): string {
  return known.get(iri) ?? termName(iri);
}

/** The IRIs of some rows. */
export function irisOf(rows: Row[]): string[] {
  const found = new Set<string>();
  for (const row of rows) for (const term of Object.values(row)) if (term?.type === "uri") found.add(textOf(term));
  return [...found];
}

/** Ask for the names of those that have none yet, in one query; it tells whether there are new ones. */
export async function learn(iris: string[], signal: AbortSignal): Promise<boolean> {
  const asked = iris.filter((iri) => !known.has(iri) && !termName(iri) && /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(iri)).slice(0, MOST);
  for (let length = asked.join("").length; length > LONGEST; ) length -= asked.pop()!.length;
  if (!asked.length) return false;
  const query = `SELECT ?iri ?label WHERE { VALUES ?iri { ${asked.map((iri) => `<${iri}>`).join(" ")} }
    ?iri rdfs:label|skos:prefLabel|dcterms:title ?label }`;
  try {
    const { rows } = await answerTo(query, "", signal);
    const best = new Map<string, number>();
    for (const { iri, label } of rows) {
      const rank = label?.["xml:lang"]?.startsWith(language) ? 2 : 1;
      if (rank > (best.get(textOf(iri)) ?? 0)) {
        best.set(textOf(iri), rank);
        known.set(textOf(iri), textOf(label));
      }
    }
    for (const iri of asked) if (!known.has(iri)) known.set(iri, "");
    return best.size > 0;
  } catch {
    return false; // the answer is whole without names
  }
}
