import { html, render, type TemplateResult } from "lit-html";
import { Failure } from "./api";
import { t } from "./page";

/** A line below the box: what it shows, the text of the box while it is chosen, and what choosing it does. */
export interface Option {
  content: TemplateResult;
  text: string;
  choose: () => void;
}

interface Settings {
  input: HTMLInputElement;
  /** The lines for a text. */
  find: (text: string, signal: AbortSignal) => Promise<Option[]>;
  /** Milliseconds to wait for the next key. */
  delay?: number;
  /** Enter takes the first line where none was chosen; it waits for it. */
  takesFirst?: boolean;
}

/** Milliseconds after which a search that is under way is said to be. */
const SLOW = 250;

let boxes = 0;

/** Makes a text field an editable combobox with a list (WAI-ARIA Authoring Practices, "Editable combobox with list autocomplete"). */
export function combobox(settings: Settings): void {
  new Combobox(settings);
}

class Combobox {
  private readonly input: HTMLInputElement;
  private readonly list = document.createElement("ul");
  /** What is said instead of lines: that there are none, that it takes long, or what went wrong. */
  private readonly note = document.createElement("p");
  /** The same for those who hear it, and how many lines there are. */
  private readonly status = document.createElement("span");
  private readonly id = `suggestions-${++boxes}`;
  private options: Option[] = [];
  private active = -1;
  private typed = "";
  private asked: AbortController | null = null;
  private timer = 0;
  /** Enter was pressed before there were lines. */
  private entered = false;

  constructor(private readonly settings: Settings) {
    this.input = settings.input;
    this.prepare();
    this.input.addEventListener("input", () => {
      this.entered = false;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.search(), settings.delay ?? 120);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => {
      this.forget();
      this.close();
    });
    for (const place of [this.list, this.note]) place.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
    this.list.addEventListener("click", (event) => {
      const line = (event.target as Element).closest<HTMLElement>("[data-index]");
      if (line) this.choose(Number(line.dataset["index"]));
    });
  }

  private prepare(): void {
    const { input, list, note, status, id } = this;
    list.id = id;
    list.className = "suggestions";
    list.hidden = note.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", t("Suggestions", "建议"));
    note.className = "suggestions-note";
    note.dir = "auto";
    note.ariaHidden = "true"; // the status says it
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.after(list, note, status);
  }

  private close(): void {
    this.list.hidden = this.note.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Give up a search that is under way, or about to be. */
  private forget(): void {
    this.asked?.abort();
    this.asked = null;
    this.entered = false;
    clearTimeout(this.timer);
  }

  private draw(): void {
    const { list, input, id, active } = this;
    render(
      this.options.map(
        (option, index) =>
          html`<li id=${`${id}-${index}`} role="option" aria-selected=${index === active ? "true" : "false"} data-index=${index}>${option.content}</li>`,
      ),
      list,
    );
    this.note.hidden = true;
    list.hidden = this.options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
      list.children[active]?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  /** Say something in the place of the lines. */
  private say(words: string): void {
    this.options = [];
    this.close();
    this.status.textContent = this.note.textContent = words;
    this.note.hidden = !words;
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    clearTimeout(this.timer);
    this.typed = this.input.value;
    if (!this.typed.trim()) return this.say("");
    const mine = new AbortController();
    this.asked = mine;
    const slow = window.setTimeout(() => {
      if (this.asked === mine && this.list.hidden) this.say(t("Searching …", "正在查找……"));
    }, SLOW);
    try {
      const found = await this.settings.find(this.typed.trim(), mine.signal);
      if (this.asked === mine) this.found(found);
    } catch (error) {
      if (this.asked !== mine) return;
      if (!(error instanceof Failure)) throw error;
      this.entered = false;
      this.say(error.message);
    } finally {
      clearTimeout(slow);
      if (this.asked === mine) this.asked = null;
    }
  }

  private found(options: Option[]): void {
    const { entered } = this;
    this.entered = false;
    if (!options.length) return this.say(t("No suggestions", "没有建议"));
    this.options = options;
    this.active = -1;
    if (entered) return this.choose(0);
    this.draw();
    const count = options.length;
    this.status.textContent = t(count === 1 ? "1 suggestion" : `${count} suggestions`, `${count} 条建议`);
  }

  private move(step: number): void {
    if (this.list.hidden) return void this.search();
    const count = this.options.length;
    const next = this.active + step;
    this.active = next < -1 ? count - 1 : next >= count ? -1 : next;
    this.input.value = this.active < 0 ? this.typed : (this.options[this.active]?.text ?? this.typed);
    this.draw();
  }

  private choose(index: number): void {
    const option = this.options[index];
    if (!option) return;
    this.forget();
    this.input.value = option.text;
    this.status.textContent = "";
    this.close();
    option.choose();
  }

  /** Take the first line for what stands in the field; where there is none yet, once it comes. */
  private takeFirst(): void {
    if (!this.list.hidden && this.typed === this.input.value) return this.choose(0);
    this.entered = true;
    if (!this.asked || this.typed !== this.input.value) void this.search();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return; // the arrows and Enter belong to the input method
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && this.active >= 0) this.choose(this.active);
    else if (event.key === "Enter" && this.settings.takesFirst) this.takeFirst();
    else if (event.key === "Escape" && !(this.list.hidden && this.note.hidden)) {
      if (this.active >= 0) this.input.value = this.typed;
      this.forget();
      this.close();
    } else return;
    event.preventDefault();
  }
}
