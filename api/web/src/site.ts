// What every page has: suggestions in the search box, the switch of themes, and a switch of languages that keeps the view.
import { html } from "lit-html";
import { combobox } from "./lib/combobox";
import { t, thingPage } from "./lib/page";
import { findThings, thingOption } from "./lib/things";

const LONGEST_NAME = 40;

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) {
  combobox({
    input,
    async find(text, signal) {
      const found = text.length > LONGEST_NAME ? [] : await findThings(text, 7, signal);
      const options = found.map((thing) => thingOption(thing, () => location.assign(thingPage(`${thing.type}/${thing.id}`))));
      const all = {
        content: html`<span>${t("Ask, or search for all:", "提问或搜索全部：")} <strong>${text}</strong></span>`,
        text,
        choose: () => input.form?.requestSubmit(),
      };
      return [...options, all];
    },
  });
}

type Theme = "system" | "light" | "dark";

/** What the switch shows and says in each state, and the state to which it goes on. */
const THEMES: Record<Theme, { sign: string; words: [string, string]; next: Theme }> = {
  system: { sign: "◐", words: ["Colours: those of the system. Change to light colours", "颜色：跟随系统。切换为浅色"], next: "light" },
  light: { sign: "○", words: ["Colours: light. Change to dark colours", "颜色：浅色。切换为深色"], next: "dark" },
  dark: { sign: "●", words: ["Colours: dark. Change to those of the system", "颜色：深色。切换为跟随系统"], next: "system" },
};

const html_ = document.documentElement;

function theme(): Theme {
  const chosen = html_.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function choose(next: Theme): void {
  if (next === "system") delete html_.dataset["theme"];
  else html_.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch {
    // It then holds for this page only.
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-switch]")) {
  const name = () => {
    const { sign, words } = THEMES[theme()];
    button.textContent = sign;
    button.title = t(...words);
    button.setAttribute("aria-label", button.title);
  };
  name();
  button.hidden = false;
  button.addEventListener("click", () => {
    choose(THEMES[theme()].next);
    name();
    document.dispatchEvent(new CustomEvent("themechange"));
  });
}

for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-language]")) {
  // The view may have changed since the server wrote the link.
  link.addEventListener("click", () => {
    const query = new URLSearchParams(location.search);
    query.set("lang", link.dataset["language"] ?? "en");
    link.href = `?${query.toString()}${location.hash}`;
  });
}
