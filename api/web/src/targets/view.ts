import { ask, Failure } from "../lib/api";
import { root, t } from "../lib/page";
import { part, take } from "./taking";

const PATH = "/targets";
const PAUSE = 300; // milliseconds without a key after which a text is looked for
const SLOW = 250; // milliseconds after which it is said that one waits

/** The parameters in the order in which the server writes them, each with its default. */
const PARAMETERS: [name: string, usual: string][] = [
  ...["deadline", "indicator", "sector", "comparator", "policy", "measure", "quantitative", "q"].map((name): [string, string] => [name, ""]),
  ["sort", "source"],
  ["group", "none"],
  ["show", "all"],
  ["lang", ""],
];

/** The query of a form: what is empty or as it is by default is left out, so that an address says only what was chosen. */
function queryOf(form: HTMLFormElement): string {
  const given = new FormData(form);
  const query = new URLSearchParams();
  for (const [name, usual] of PARAMETERS) {
    const value = given.get(name);
    if (typeof value === "string" && value.trim() && value !== usual) query.set(name, value.trim());
  }
  const shown = query.toString();
  return shown ? `?${shown}` : "";
}

/** Says why a view could not be loaded, and offers to try again. */
function tell(message: string, again: () => void): void {
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
}

/** The view that is shown, and the one that was asked for and is on its way. */
class View {
  private asked: AbortController | null = null;
  private shown: string | null = location.search; // null: the last view could not be loaded, and another one is still there
  private told = part("status").textContent ?? "";
  private timer = 0;

  /** Does something when no key has been pressed for a moment. */
  later(what: () => void): void {
    this.calm();
    this.timer = window.setTimeout(what, PAUSE);
  }

  /** What was to be done later is not. */
  calm(): void {
    clearTimeout(this.timer);
  }

  /** Another view, whose address the page has from now on. */
  go(query: string, typed = false, replace = false): void {
    this.calm();
    if (query === location.search) return void (query === this.shown || this.load(query, typed));
    const address = `${root}${PATH}${query}`;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    void this.load(query, typed);
  }

  /** The view that the address says, after back or forward. */
  back(): void {
    this.calm();
    if (location.search !== this.shown || this.asked) void this.load(location.search);
  }

  private async load(query: string, typed = false): Promise<void> {
    this.asked?.abort();
    const mine = new AbortController();
    this.asked = mine;
    const waiting = window.setTimeout(() => (part("status").textContent = t("Loading…", "正在载入…")), SLOW);
    part("results").setAttribute("aria-busy", "true");
    try {
      // An error is then told as JSON, whose words can be shown here; the page itself is the same for all.
      const response = await ask(`${PATH}${query}`, "*/*", { signal: mine.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (this.asked !== mine) return;
      clearTimeout(waiting);
      take(page, typed);
      this.shown = query;
      this.told = part("status").textContent ?? "";
    } catch (error) {
      if (this.asked !== mine) return;
      part("status").textContent = this.told;
      this.shown = null;
      if (!(error instanceof Failure)) throw error;
      tell(error.message, () => void this.load(query, typed));
    } finally {
      clearTimeout(waiting);
      if (this.asked === mine) {
        part("results").removeAttribute("aria-busy");
        this.asked = null;
      }
    }
  }
}

/** The form: what is chosen is a new view at once, what is typed when no key has been pressed for a moment. */
function followForm(view: View): void {
  const form = part<HTMLFormElement>("filters");
  const text = form.querySelector<HTMLInputElement>("input[name=q]");
  let typing = false; // the first key of a text is a new view, the others change it
  const submit = (): void => {
    view.calm();
    typing = false;
    view.go(queryOf(form), document.activeElement === text);
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
    view.later(() => {
      const query = queryOf(form);
      if (query === location.search) return;
      view.go(query, true, typing);
      typing = true;
    });
  });
  text?.addEventListener("compositionend", () => text.dispatchEvent(new Event("input")));
  text?.addEventListener("blur", () => (typing = false));
  addEventListener("popstate", () => (typing = false));
}

/** The links that carry `data-view`, unless they are to open elsewhere. */
function followLinks(view: View): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-view]") : null;
    if (!link) return;
    event.preventDefault();
    if (link.closest(".pages")) part("table").scrollIntoView({ block: "start" });
    view.go(new URL(link.href).search);
  });
}

/** Follows every change of the view: the form, the links that carry `data-view`, and back and forward. */
export function follow(): void {
  const view = new View();
  followForm(view);
  followLinks(view);
  addEventListener("popstate", () => view.back());
}
