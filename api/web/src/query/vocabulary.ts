import { text, things, type Labels } from "../lib/page";

/** A class or a property with its names. */
export interface VocabularyTerm extends Labels {
  iri: string;
  class: boolean;
}

interface Vocabulary {
  prefixes: Record<string, string>;
  terms: VocabularyTerm[];
}

/** What the server says of the graph. */
export const vocabulary = JSON.parse(document.getElementById("vocabulary")?.textContent ?? "{}") as Vocabulary;

/** An IRI as it is written in a query: with a prefix where one fits. */
export function written(iri: string, prefixes: Record<string, string> = vocabulary.prefixes): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const local = iri.slice(namespace.length);
    if (namespace && iri.startsWith(namespace) && /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(local)) return `${prefix}:${local}`;
  }
  return `<${iri}>`;
}

/** An IRI as it is shown: short where it is one of ours. */
export function shortened(iri: string): string {
  if (iri.startsWith(things)) return iri.slice(things.length);
  const name = written(iri);
  return name.startsWith("<") ? iri : name;
}

const NAMES = new Map(vocabulary.terms.map((term) => [term.iri, text(term)]));

/** The name of a class or a property. */
export function termName(iri: string): string {
  return NAMES.get(iri) ?? "";
}
