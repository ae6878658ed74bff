import type { Row, Term } from "./answer";

const ESCAPES: Record<string, string> = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f", '"': '"', "'": "'", "\\": "\\" };
const TOKEN = /\s*(?:<([^<>]*)>|_:([^\s<"]+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^<>]*)>)?|(<<\(?)|(\)?>>)|(\.))/y;

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short?: string, long?: string, mark?: string) =>
    mark ? (ESCAPES[mark] ?? mark) : String.fromCodePoint(parseInt(short ?? long ?? "FFFD", 16)),
  );
}

/** The triples of a text in N-Triples, as rows of three. */
export function triples(text: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split("\n")) {
    const [subject, predicate, object] = terms(line);
    if (subject && predicate && object) rows.push({ subject, predicate, object });
  }
  return rows;
}

function terms(line: string): Term[] {
  const stack: Term[][] = [[]];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(line); found; found = TOKEN.exec(line)) {
    const [, iri, blank, literal, language, datatype, open, close] = found;
    const here = stack.at(-1)!;
    if (iri !== undefined) here.push({ type: "uri", value: unescaped(iri) });
    else if (blank !== undefined) here.push({ type: "bnode", value: blank });
    else if (literal !== undefined) {
      const term: Term = { type: "literal", value: unescaped(literal) };
      if (language) term["xml:lang"] = language;
      if (datatype) term.datatype = unescaped(datatype);
      here.push(term);
    } else if (open) stack.push([]);
    else if (close && stack.length > 1) {
      const [subject, predicate, object] = stack.pop()!;
      if (subject && predicate && object) stack.at(-1)!.push({ type: "triple", value: { subject, predicate, object } });
    } else break;
  }
  return stack[0]!;
}
