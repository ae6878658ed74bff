import { ask } from "../lib/api";
import { t } from "../lib/page";

/** Make the list of questions one to search, whose links load their SPARQL. */
export function examples(details: HTMLDetailsElement, chosen: (query: string) => void, failed: (error: unknown) => void): void {
  const links = [...details.querySelectorAll<HTMLAnchorElement>("[data-example]")];
  const search = document.createElement("input");
  const label = document.createElement("label");
  const none = document.createElement("p");
  search.type = "search";
  search.id = "example-search";
  label.htmlFor = search.id;
  label.className = "visually-hidden";
  label.textContent = t("Search the questions", "搜索问题");
  search.placeholder = label.textContent;
  none.className = "soft small";
  none.setAttribute("role", "status");
  details.querySelector("summary")?.after(label, search, none);
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const link of links) {
      const matches = words.every((word) => (link.dataset["example"] ?? "").toLowerCase().includes(word));
      link.closest("li")!.hidden = !matches;
      found += Number(matches);
    }
    none.textContent = words.length ? (found ? t(`${found} found`, `找到 ${found} 个`) : t("No question has these words.", "没有含这些词的问题。")) : "";
  });
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab shows the text itself
      event.preventDefault();
      void load(link).then(chosen, failed);
    });
  }
  if (matchMedia("(max-width: 60rem)").matches) details.open = false;
}

async function load(link: HTMLAnchorElement): Promise<string> {
  const path = new URL(link.href).pathname.slice((document.documentElement.dataset["root"] ?? "").length);
  return (await (await ask(path, "application/sparql-query")).text()).trimEnd();
}
