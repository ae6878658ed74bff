// The editor is Yasqe, the part of Yasgui (the fork that is maintained) in which queries are written: CodeMirror 5 with a
// grammar of SPARQL. The rest of Yasgui writes `style` attributes into HTML, which the policy of these pages forbids, and asks
// other hosts (prefix.cc, Linked Open Vocabularies); Yasqe does so where it marks errors and completes, and we do that here.
import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";
import { t } from "../lib/page";
import { vocabulary } from "./vocabulary";

export interface Position {
  line: number;
  ch: number;
}

interface Token {
  start: number;
  end: number;
  string: string;
  type: string | null;
  state: { OK: boolean; errorMsg?: string; possibleCurrent: string[]; prefixes: Record<string, string>; lastProperty: string };
}

interface Mark {
  clear(): void;
}

/** What we use of CodeMirror 5 and of Yasqe. */
export interface CodeEditor {
  getValue(): string;
  setValue(text: string): void;
  getLine(line: number): string;
  lineCount(): number;
  lastLine(): number;
  getCursor(): Position;
  setCursor(position: Position): void;
  getTokenAt(position: Position, precise?: boolean): Token;
  getInputField(): HTMLElement;
  getScrollerElement(): HTMLElement;
  getScrollInfo(): { height: number; clientHeight: number };
  markText(from: Position, to: Position, options: { className: string }): Mark;
  setGutterMarker(line: number, gutter: string, marker: HTMLElement | null): void;
  clearGutter(gutter: string): void;
  scrollIntoView(position: Position, margin?: number): void;
  showHint(options: object): void;
  closeHint(): void;
  focus(): void;
  refresh(): void;
  on(event: string, handler: (...values: never[]) => void): void;
  state: { completionActive?: { widget?: { hints: HTMLElement } } | null };
}

type StartState = () => { prefixes: Record<string, string> };
type Mode = { startState: StartState };
interface CodeMirrorStatics {
  modes: Record<string, (config: object, options: object) => Mode>;
  defineMode(name: string, make: (config: object, options: object) => Mode): void;
  on(target: object, event: string, handler: () => void): void;
}

/** The editor's library itself: Yasqe is a subclass of it. */
export const CodeMirror = Object.getPrototypeOf(Yasqe) as CodeMirrorStatics;

/** The prefixes of the project are there before a query declares any. */
function knowPrefixes(): void {
  const make = CodeMirror.modes["sparql11"]!;
  CodeMirror.defineMode("sparql11", (config, options) => {
    const mode = make(config, options);
    const startState: StartState = () => {
      const state = mode.startState();
      Object.assign(state.prefixes, vocabulary.prefixes);
      return state;
    };
    return { ...mode, startState };
  });
}

/** Make an editor in the place of a text area; the keys run something. */
export function editor(textarea: HTMLTextAreaElement, place: HTMLElement, run: () => void, complete: (editor: CodeEditor) => void): CodeEditor {
  knowPrefixes();
  Yasqe.defaults.autocompleters = [];
  // Its own check writes HTML with `style` attributes; ours is `checkSyntax` below.
  Yasqe.prototype.checkSyntax = () => undefined;
  const made = new Yasqe(place, {
    value: textarea.value,
    autocompleters: [],
    showQueryButton: false,
    resizeable: false,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    editorHeight: "auto",
    viewportMargin: Infinity,
    extraKeys: {
      "Ctrl-Enter": run,
      "Cmd-Enter": run,
      "Ctrl-Space": complete,
      // Tab leaves the editor, as it leaves any other field.
      Tab: false,
      "Shift-Tab": false,
      "Ctrl-S": false,
      "Cmd-S": false,
      Esc: false,
    },
  } as never) as unknown as CodeEditor;
  const field = made.getInputField();
  field.setAttribute("aria-labelledby", "query-label");
  field.setAttribute("aria-describedby", "query-hint query-remark");
  place.after(remark);
  if (!(field instanceof HTMLTextAreaElement)) {
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-multiline", "true");
  }
  document.getElementById("query-label")?.addEventListener("click", (event) => {
    event.preventDefault();
    made.focus();
  });
  let timer = 0;
  made.on("change", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => checkSyntax(made), 400);
  });
  made.on("update", () => reachScrolling(made));
  reachScrolling(made);
  checkSyntax(made);
  return made;
}

/** A text that is longer than its place can be scrolled by keys. */
function reachScrolling(editor: CodeEditor): void {
  const { clientHeight, height } = editor.getScrollInfo();
  const scroller = editor.getScrollerElement();
  scroller.setAttribute("role", "group");
  scroller.setAttribute("aria-label", t("Text of the query", "查询文本"));
  scroller.tabIndex = height > clientHeight + 1 ? 0 : -1;
}

const GUTTER = "gutterErrorBar";
let marks: Mark[] = [];
const remark = document.createElement("p");
remark.id = "query-remark";
remark.className = "small";

function clearMarks(editor: CodeEditor): void {
  for (const mark of marks) mark.clear();
  marks = [];
  remark.textContent = "";
  editor.clearGutter(GUTTER);
}

/** Flag a line, and say below the editor why: the flag itself is for eyes and pointers only. */
function flag(editor: CodeEditor, line: number, words: string): void {
  remark.textContent = words;
  const marker = document.createElement("span");
  marker.className = "query-flag";
  marker.textContent = "!";
  marker.title = words;
  marker.setAttribute("aria-hidden", "true");
  editor.setGutterMarker(line, GUTTER, marker);
}

/** Flag the first line that is no SPARQL, as far as the editor's grammar sees; the service has the last word. */
export function checkSyntax(editor: CodeEditor): void {
  clearMarks(editor);
  for (let line = 0; line < editor.lineCount(); line++) {
    const { state } = editor.getTokenAt({ line, ch: editor.getLine(line).length }, true);
    if (state.OK) continue;
    const prefix = /^Prefix '(.*)' is not defined$/.exec(state.errorMsg ?? "")?.[1];
    const expected = state.possibleCurrent.slice(0, 8).join(" ");
    const why = prefix !== undefined ? t(`the prefix “${prefix}” is not declared`, `前缀“${prefix}”未声明`) : t(`expected ${expected}`, `应为 ${expected}`);
    return flag(editor, line, t(`Line ${line + 1}: ${why}`, `第 ${line + 1} 行：${why}`));
  }
}

/** Mark the place where the service says that the query is wrong (lines and columns count from 1). */
export function markError(editor: CodeEditor, line: number, column: number, words: string): void {
  clearMarks(editor);
  const at = Math.min(Math.max(line, 1), editor.lineCount()) - 1;
  const text = editor.getLine(at);
  const from = Math.min(Math.max(column - 1, 0), Math.max(text.length - 1, 0));
  const length = /^[^\s]+/.exec(text.slice(from))?.[0].length ?? 1;
  marks.push(editor.markText({ line: at, ch: from }, { line: at, ch: from + length }, { className: "query-wrong" }));
  flag(editor, at, words);
  editor.scrollIntoView({ line: at, ch: from }, 60);
}
