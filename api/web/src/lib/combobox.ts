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
}

let boxes = 0;

/** Makes a text field an editable combobox with a list (WAI-ARIA Authoring Practices, "Editable combobox with list autocomplete"). */
export function combobox({ input, find, delay = 120 }: Settings): void {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  const id = `suggestions-${++boxes}`;
  let options: Option[] = [];
  let active = -1;
  let typed = "";
  let asked: AbortController | null = null;
  let timer = 0;

  list.id = id;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", t("Suggestions", "建议"));
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  input.insertAdjacentElement("afterend", list);
  list.insertAdjacentElement("afterend", status);

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const draw = () => {
    render(
      options.map(
        (option, index) =>
          html`<li id=${`${id}-${index}`} role="option" aria-selected=${index === active ? "true" : "false"} data-index=${index}>${option.content}</li>`,
      ),
      list,
    );
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
      list.children[active]?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const say = (words: string) => {
    status.textContent = words;
  };

  const search = async () => {
    asked?.abort();
    typed = input.value;
    if (!typed.trim()) {
      options = [];
      close();
      return say("");
    }
    const mine = new AbortController();
    asked = mine;
    try {
      const found = await find(typed.trim(), mine.signal);
      if (asked !== mine || document.activeElement !== input) return;
      options = found;
      active = -1;
      draw();
      say(options.length ? t(`${options.length} suggestions`, `${options.length} 条建议`) : t("No suggestions", "没有建议"));
    } catch (error) {
      if (asked !== mine) return;
      options = [];
      close();
      if (error instanceof Failure) say(error.message);
    }
  };

  const move = (step: number) => {
    if (list.hidden) return void search();
    const count = options.length;
    active = active + step < -1 ? count - 1 : active + step >= count ? -1 : active + step;
    input.value = active < 0 ? typed : (options[active]?.text ?? typed);
    draw();
  };

  const choose = (index: number) => {
    const option = options[index];
    if (!option) return;
    input.value = option.text;
    close();
    option.choose();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void search(), delay);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the arrows and Enter belong to the input method
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape" && !list.hidden) {
      input.value = typed;
      close();
    } else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => {
    asked?.abort();
    clearTimeout(timer);
    close();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the field
  list.addEventListener("click", (event) => {
    const line = (event.target as Element).closest<HTMLElement>("[data-index]");
    if (line) choose(Number(line.dataset["index"]));
  });
}
