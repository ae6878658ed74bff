import { html, render, type TemplateResult } from "lit-html";
import { findThings, kindName } from "../lib/things";
import { t, text as inLanguage } from "../lib/page";
import { CodeMirror, type CodeEditor, type Position } from "./editor";
import { shortened, vocabulary, written, type VocabularyTerm } from "./vocabulary";

interface Hint {
  text: string;
  from: Position;
  to: Position;
  render: (element: HTMLElement) => void;
}

type Make = (text: string, name: string, kind: string) => Hint;

const KEYWORDS =
  "SELECT DISTINCT CONSTRUCT DESCRIBE ASK WHERE OPTIONAL UNION FILTER MINUS BIND VALUES GRAPH PREFIX LIMIT OFFSET HAVING NOT EXISTS COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT LANG LANGMATCHES STRSTARTS CONTAINS REGEX BOUND COALESCE DATATYPE".split(" ");
const MOST = 40;

/** A line of the list: what is written for a term, or the short name of a thing, then what that is called. */
function line(text: string, name: string, kind: string): TemplateResult {
  return html`<code>${text.startsWith("<") ? shortened(text.slice(1, -1)) : text}</code> ${name ? html`<bdi class="name">${name}</bdi>` : ""} <span class="soft">${kind}</span>`;
}

function maker(from: Position, to: Position): Make {
  return (text, name, kind) => ({ text, from, to, render: (element) => render(line(text, name, kind), element) });
}

const local = (iri: string) => iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1);

function rank(term: VocabularyTerm, words: string): number {
  const name = local(term.iri).toLowerCase();
  if (name.startsWith(words)) return 0;
  if (name.includes(words)) return 1;
  return `${term.zh ?? ""} ${term.en ?? ""}`.toLowerCase().includes(words) ? 2 : -1;
}

/** The classes and properties whose names, in either language, contain some words; the likeliest first. */
function terms(words: string, make: Make, prefixes: Record<string, string>, namespace = ""): Hint[] {
  return vocabulary.terms
    .filter((term) => term.iri.startsWith(namespace))
    .map((term) => ({ term, rank: rank(term, words.toLowerCase()) }))
    .filter((found) => found.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.term.iri.localeCompare(b.term.iri))
    .slice(0, MOST)
    .map(({ term }) => make(written(term.iri, prefixes), inLanguage(term), term.class ? t("class", "类") : t("property", "属性")));
}

function variables(editor: CodeEditor, typed: string, make: Make): Hint[] {
  const found = new Set(editor.getValue().match(/[?$][\p{L}\p{N}_]+/gu) ?? []);
  found.delete(typed);
  return [...found].filter((name) => name.startsWith(typed)).sort().map((name) => make(name, "", t("variable", "变量")));
}

async function things(words: string, make: Make): Promise<Hint[]> {
  try {
    const found = await findThings(words, 8, new AbortController().signal);
    return found.map((thing) => make(`<${thing.iri}>`, inLanguage(thing.label), kindName(thing.type)));
  } catch {
    return []; // what is known here is still offered
  }
}

/** What may stand at the cursor; `asked` is true where the user asked for it, and did not only type. */
async function hints(editor: CodeEditor, asked: boolean): Promise<Hint[]> {
  const to = editor.getCursor();
  const before = editor.getLine(to.line).slice(0, to.ch);
  const prefixes = { ...vocabulary.prefixes, ...editor.getTokenAt(to, true).state.prefixes };
  const at = (typed: string) => maker({ line: to.line, ch: to.ch - typed.length }, to);
  const variable = /[?$][\p{L}\p{N}_]*$/u.exec(before)?.[0];
  if (variable) return variables(editor, variable, at(variable));
  const named = /([\p{L}\p{N}_-]*):([\p{L}\p{N}_-]*)$/u.exec(before);
  const namespace = named && prefixes[named[1] ?? ""];
  if (named && namespace) return terms(named[2] ?? "", at(named[0]), prefixes, namespace);
  const word = /[\p{L}\p{N}_-]*$/u.exec(before)?.[0] ?? "";
  const make = at(word);
  if (!word) return asked ? terms("", make, prefixes) : [];
  const starts = (name: string) => name.toLowerCase().startsWith(word.toLowerCase());
  const known = [
    ...KEYWORDS.filter((name) => starts(name) && name !== word.toUpperCase()).map((name) => make(name, "", "")),
    ...Object.keys(prefixes).filter(starts).map((name) => make(`${name}:`, "", t("prefix", "前缀"))),
    ...(word.length > 1 || asked ? terms(word, make, prefixes) : []),
  ];
  const byName = asked || /[\u3400-\u9fff]/.test(word);
  return byName ? [...known, ...(await things(word, make))] : known;
}

function show(editor: CodeEditor, asked: boolean): void {
  const hint = async () => {
    const list = await hints(editor, asked);
    const data = { list, from: editor.getCursor(), to: editor.getCursor() };
    CodeMirror.on(data, "shown", () => {
      const box = editor.state.completionActive?.widget?.hints;
      box?.setAttribute("aria-label", t("Completions", "补全"));
      box?.removeAttribute("aria-expanded");
    });
    return data;
  };
  editor.showHint({ hint, completeSingle: false, closeCharacters: /[\s>"{}();,.]/, container: document.getElementById("editor") });
}

/** Offer what may stand at the cursor. */
export function complete(editor: CodeEditor): void {
  show(editor, true);
}

/** Offer it as one types, outside of texts and comments. */
export function completeTyping(editor: CodeEditor): void {
  editor.on("inputRead", ((_: unknown, change: { text: string[]; origin?: string }) => {
    const typed = change.text.join("\n");
    if (change.origin === "paste" || editor.state.completionActive || !/^[?$:]$|^[\p{L}_]+$/u.test(typed)) return;
    const { type } = editor.getTokenAt(editor.getCursor());
    if (type !== "comment" && type !== "string") show(editor, false);
  }) as (...values: never[]) => void);
}
