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

const html_ = document.documentElement;
const dark = () => (html_.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-switch]")) {
  const name = () => {
    const words = dark() ? t("Light colours", "浅色") : t("Dark colours", "深色");
    button.setAttribute("aria-label", words);
    button.title = words;
  };
  name();
  button.hidden = false;
  button.addEventListener("click", () => {
    html_.dataset["theme"] = dark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", html_.dataset["theme"]);
    } catch {
      // It then holds for this page only.
    }
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
