import { vocabulary } from "./vocabulary";

/** A term of the project's prefix that the ontology does not have, and the one that is written almost alike. */
export interface Unknown {
  name: string;
  near: string;
}

const PREFIX = "pkg";
const NOT_CODE = /<[^<>"{}|^`\\\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g;

/** The terms of a query that the ontology does not have; none where the query says itself what the prefix stands for. */
export function unknownTerms(query: string): Unknown[] {
  const namespace = vocabulary.prefixes[PREFIX] ?? "";
  const code = query.replace(NOT_CODE, " ");
  if (!namespace || new RegExp(`prefix\\s+${PREFIX}:`, "i").test(code)) return [];
  const known = vocabulary.terms.flatMap(({ iri }) => (iri.startsWith(namespace) ? [iri.slice(namespace.length)] : []));
  const used = new Set([...code.matchAll(new RegExp(`(?<![\\w:?$])${PREFIX}:([\\p{L}\\p{N}_-]+)`, "gu"))].map((found) => found[1] ?? ""));
  return [...used].filter((name) => !known.includes(name)).map((name) => ({ name: `${PREFIX}:${name}`, near: nearest(name, known) }));
}

function nearest(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase();
  let [best, least] = ["", Math.max(1, Math.floor(name.length / 4)) + 1];
  for (const each of known) {
    const distance = edits(lower, each.toLowerCase());
    if (distance < least) [best, least] = [`${PREFIX}:${each}`, distance];
  }
  return best;
}

/** How many letters must come, go or change (Levenshtein 1966). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
