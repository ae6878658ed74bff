import { ask, Failure } from "../lib/api";
import { root, t } from "../lib/page";

const PATH = "/targets";
const PAUSE = 300; // milliseconds without a key after which a text is looked for
const SLOW = 250; // milliseconds after which it is said that one waits

/** An element that the page has, whatever it shows. */
function part<E extends HTMLElement>(id: string, within: Document = document): E {
  const found = within.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** The parameters in the order in which the server writes them, each with its default. */
const PARAMETERS: [name: string, usual: string][] = [
  ...["deadline", "indicator", "sector", "comparator", "policy", "measure", "quantitative", "q"].map((name): [string, string] => [name, ""]),
  ["sort", "source"],
  ["group", "none"],
  ["show", "all"],
  ["lang", ""],
];

/** The query of a form: what is empty or as it is by default is left out, so that an address says only what was chosen. */
export function queryOf(form: HTMLFormElement): string {
  const given = new FormData(form);
  const query = new URLSearchParams();
  for (const [name, usual] of PARAMETERS) {
    const value = given.get(name);
    if (typeof value === "string" && value.trim() && value !== usual) query.set(name, value.trim());
  }
  const shown = query.toString();
  return shown ? `?${shown}` : "";
}

/** The controls stay what they are, so that the focus does; only what they offer, and what is chosen, is new. */
function takeControls(fresh: HTMLFormElement, form: HTMLFormElement, typed: boolean): void {
  for (const select of form.querySelectorAll("select")) {
    const other = fresh.querySelector<HTMLSelectElement>(`#${CSS.escape(select.id)}`);
    if (!other) continue;
    const at = other.selectedIndex;
    select.replaceChildren(...[...other.options].map((option) => document.adoptNode(option)));
    select.selectedIndex = at;
  }
  const text = form.querySelector<HTMLInputElement>("input[name=q]");
  const other = fresh.querySelector<HTMLInputElement>("input[name=q]");
  // What is being typed is newer than the answer.
  if (text && other && !typed) text.value = other.value;
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  form.prepend(...[...fresh.querySelectorAll("input[type=hidden]")].map((each) => document.adoptNode(each)));
}

/** Put what the page of another view shows in the place of what this one shows. */
function take(fresh: Document, typed: boolean): void {
  const focused = document.activeElement;
  const results = part("results");
  const trouble = part("trouble");
  const lost = focused !== null && (results.contains(focused) || trouble.contains(focused));
  trouble.replaceChildren();
  takeControls(part<HTMLFormElement>("filters", fresh), part<HTMLFormElement>("filters"), typed);
  results.replaceWith(document.adoptNode(part("results", fresh)));
  part("status").textContent = part("status", fresh).textContent;
  document.title = fresh.title;
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel=alternate]")) {
    const other = fresh.querySelector<HTMLLinkElement>(`link[rel=alternate][type="${CSS.escape(link.type)}"]`);
    if (other) link.href = other.getAttribute("href") ?? link.href;
  }
  if (!lost) return;
  const same = focused.id ? document.getElementById(focused.id) : null;
  if (same) return same.focus({ preventScroll: true });
  const status = part("status");
  status.tabIndex = -1;
  status.focus({ preventScroll: true });
}

/** Follows every change of the view: the form, the links that carry `data-view`, and back and forward. */
export function follow(): void {
  const form = part<HTMLFormElement>("filters");
  let asked: AbortController | null = null;
  let shown: string | null = location.search; // null: the last view could not be loaded, and another one is still there
  let told = part("status").textContent ?? "";
  let timer = 0;

  const trouble = (message: string, again: () => void) => {
    const box = document.createElement("div");
    const words = document.createElement("p");
    const button = document.createElement("button");
    box.className = "notice error";
    words.textContent = message;
    button.type = "button";
    button.textContent = t("Try again", "重试");
    button.addEventListener("click", again);
    box.append(words, button);
    part("trouble").replaceChildren(box);
  };

  const load = async (query: string, typed = false): Promise<void> => {
    asked?.abort();
    const mine = new AbortController();
    asked = mine;
    const waiting = window.setTimeout(() => (part("status").textContent = t("Loading…", "正在载入…")), SLOW);
    part("results").setAttribute("aria-busy", "true");
    try {
      // An error is then told as JSON, whose words can be shown here; the page itself is the same for all.
      const response = await ask(`${PATH}${query}`, "*/*", { signal: mine.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (asked !== mine) return;
      clearTimeout(waiting);
      take(page, typed);
      shown = query;
      told = part("status").textContent ?? "";
    } catch (error) {
      if (asked !== mine) return;
      part("status").textContent = told;
      shown = null;
      if (!(error instanceof Failure)) throw error;
      trouble(error.message, () => void load(query, typed));
    } finally {
      clearTimeout(waiting);
      if (asked === mine) {
        part("results").removeAttribute("aria-busy");
        asked = null;
      }
    }
  };

  const go = (query: string, typed = false, replace = false): void => {
    clearTimeout(timer);
    if (query === location.search) return void (query === shown || load(query, typed));
    const address = `${root}${PATH}${query}`;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    void load(query, typed);
  };

  let typing = false; // the first key of a text is a new view, the others change it
  const text = form.querySelector<HTMLInputElement>("input[name=q]");
  const submit = (): void => {
    clearTimeout(timer);
    typing = false;
    go(queryOf(form), document.activeElement === text);
  };
  form.querySelector(".apply")?.classList.add("visually-hidden");
  form.querySelector<HTMLButtonElement>(".apply button")?.setAttribute("tabindex", "-1");
  form.querySelector(".apply")?.setAttribute("aria-hidden", "true");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) submit();
  });
  text?.addEventListener("input", (event) => {
    if (event instanceof InputEvent && event.isComposing) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const query = queryOf(form);
      if (query === location.search) return;
      go(query, true, typing);
      typing = true;
    }, PAUSE);
  });
  text?.addEventListener("compositionend", () => text.dispatchEvent(new Event("input")));
  text?.addEventListener("blur", () => (typing = false));

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-view]") : null;
    if (!link) return;
    event.preventDefault();
    if (link.closest(".pages")) part("table").scrollIntoView({ block: "start" });
    go(new URL(link.href).search);
  });
  addEventListener("popstate", () => {
    clearTimeout(timer);
    typing = false;
    if (location.search !== shown || asked) void load(location.search);
  });
}
