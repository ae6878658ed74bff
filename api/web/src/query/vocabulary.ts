import { kept, root, text, type Labels } from "../lib/page";

/** A class or a property with its names. */
export interface VocabularyTerm extends Labels {
  iri: string;
  class: boolean;
}

interface Vocabulary {
  prefixes: Record<string, string>;
  /** What the IRIs of things begin with. */
  things: string;
  /** What the IRIs of the ontology's terms begin with. */
  ontology: string;
  terms: VocabularyTerm[];
}

/** What the server says of the graph. */
export const vocabulary = JSON.parse(document.getElementById("vocabulary")?.textContent ?? "{}") as Vocabulary;

/** Where this service describes an IRI; others stay, and what is no web address is empty. */
export function pageOf(iri: string): string {
  const [path, place] = iri.startsWith(vocabulary.things)
    ? split(`/doc/${iri.slice(vocabulary.things.length)}`)
    : iri.startsWith(vocabulary.ontology)
      ? ["/ontology", `#${iri.slice(vocabulary.ontology.length)}`]
      : ["", ""];
  if (path) return `${root}${path}${kept()}${place}`;
  return /^https?:\/\//.test(iri) ? iri : "";
}

function split(address: string): [path: string, place: string] {
  const at = address.indexOf("#");
  return at < 0 ? [address, ""] : [address.slice(0, at), address.slice(at)];
}

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
  if (iri.startsWith(vocabulary.things)) return iri.slice(vocabulary.things.length);
  const name = written(iri);
  return name.startsWith("<") ? iri : name;
}

const NAMES = new Map(vocabulary.terms.map((term) => [term.iri, text(term)]));

/** The name of a class or a property. */
export function termName(iri: string): string {
  return NAMES.get(iri) ?? "";
}
