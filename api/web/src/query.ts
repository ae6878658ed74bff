// The page of queries: an editor in the place of the text area, results below it, and both in the fragment of the address.
import { isView, keepAddress } from "./lib/anchors";
import { Failure } from "./lib/api";
import { t } from "./lib/page";
import { answerTo } from "./query/answer";
import { complete, completeTyping } from "./query/completion";
import { checkSyntax, editor as makeEditor, markError } from "./query/editor";
import { examples } from "./query/examples";
import { Results } from "./query/results";
import { chosen, chosenOf, draftAfter, hashOf, keepDraft, type Chosen } from "./query/state";

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const textarea = find<HTMLTextAreaElement>("query");
const timeout = find<HTMLSelectElement>("timeout");
const [run, stop, share] = [find<HTMLButtonElement>("run"), find<HTMLButtonElement>("stop"), find<HTMLButtonElement>("share")];
const first = textarea.value;
const longest = timeout.value;

let choice: Chosen = chosenOf(location.hash);
let running: AbortController | null = null;

const editor = makeEditor(textarea, find("editor"), () => start(), complete);
const results = new Results({
  place: find("results"),
  choice: () => choice,
  change(changes) {
    choice = { ...choice, ...changes };
    history.replaceState(null, "", addressOf(choice));
    results.draw();
    if (changes.page && !("sort" in changes)) find("results").scrollIntoView({ block: "start" });
  },
  goTo(line, column) {
    editor.focus();
    editor.setCursor({ line: line - 1, ch: column - 1 });
  },
});

function addressOf(wanted: Chosen): string {
  return `${location.pathname}${location.search}${hashOf(wanted)}`;
}

function waiting(controller: AbortController | null): void {
  running = controller;
  stop.hidden = !controller;
  run.setAttribute("aria-disabled", String(Boolean(controller)));
}

/** Run what is in the editor; that is a step in the history. */
function start(): void {
  const asked = chosen(editor.getValue(), timeout.value === longest ? "" : timeout.value, choice.view);
  if (!asked.query.trim()) return editor.focus();
  const same = asked.query === choice.query && asked.timeout === choice.timeout;
  if (same) asked.view = choice.view;
  else history.pushState(null, "", addressOf(asked));
  choice = same ? choice : asked;
  keepDraft(choice.query, null);
  checkSyntax(editor);
  void answer();
}

/** Ask for the answer to the query that is chosen, and show what becomes of it. */
async function answer(): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  const began = performance.now();
  waiting(mine);
  results.show({ state: "running" });
  try {
    const found = await answerTo(choice.query, choice.timeout, mine.signal);
    if (running === mine) results.show({ state: "answered", answer: found });
  } catch (error) {
    if (running !== mine) return;
    if (mine.signal.aborted) return results.show({ state: "stopped" });
    failed(error, (performance.now() - began) / 1000);
  } finally {
    if (running === mine) waiting(null);
  }
}

function failed(error: unknown, seconds = 0): void {
  const failure = error instanceof Failure ? error : new Failure(String(error), null);
  results.show({ state: "failed", failure, seconds });
  const [line, column] = [failure.problem?.["line"], failure.problem?.["column"]];
  if (typeof line === "number" && editor.getValue() === choice.query) markError(editor, line, Number(column) || 1, failure.message);
}

/** Show what the address says: after a reload, or when one goes back. */
function follow(): void {
  choice = chosenOf(location.hash);
  find("parameters").hidden = true; // of a question that was left
  timeout.value = choice.timeout;
  if (timeout.selectedIndex < 0) {
    timeout.value = longest;
    choice = { ...choice, timeout: "" };
  }
  const text = draftAfter(choice.query) ?? (choice.query || first);
  if (text !== editor.getValue()) editor.setValue(text);
  if (choice.query) return void answer();
  running?.abort();
  waiting(null);
  results.show({ state: "nothing" });
}

async function copyLink(): Promise<void> {
  const wanted = editor.getValue() === choice.query ? choice : chosen(editor.getValue(), timeout.value === longest ? "" : timeout.value, choice.view);
  const link = `${location.origin}${addressOf(wanted)}`;
  try {
    await navigator.clipboard.writeText(link);
    share.textContent = t("Copied", "已复制");
  } catch {
    // Browsers let pages without TLS write nothing to the clipboard.
    const field = document.createElement("input");
    field.readOnly = true;
    field.value = link;
    field.setAttribute("aria-label", t("Link to this query", "此查询的链接"));
    share.after(field);
    field.select();
    share.hidden = true;
  }
}

textarea.form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!running) start();
});
stop.addEventListener("click", () => {
  running?.abort();
  run.focus();
});
share.addEventListener("click", () => void copyLink());
editor.on("change", () => {
  const text = editor.getValue();
  keepDraft(choice.query, text === (choice.query || first) ? null : text);
  share.textContent = t("Copy link", "复制链接");
});
addEventListener("popstate", () => {
  if (!isView(location.hash)) return history.replaceState(null, "", addressOf(choice)); // written by hand
  const before = choice;
  const now = chosenOf(location.hash);
  if (now.query === before.query && now.timeout === before.timeout && now.query) {
    choice = now;
    results.draw();
  } else follow();
});
completeTyping(editor);
keepAddress();
examples(
  find<HTMLDetailsElement>("examples"),
  find("parameters"),
  (query) => {
    editor.setValue(query);
    start();
  },
  failed,
);
for (const part of document.querySelectorAll<HTMLElement>("[data-plain]")) part.hidden = true;
textarea.hidden = true;
textarea.required = false;
share.hidden = false;
find("query-hint").textContent = t(
  "Ctrl+Enter runs the query, Ctrl+Space completes: classes, properties, and things by their names. The prefixes of the project need not be declared. Tab leaves the editor.",
  "Ctrl+Enter 运行，Ctrl+空格 补全：类、属性，以及按名称查找的事物。项目的前缀无需声明。Tab 键离开编辑器。",
);
follow();
