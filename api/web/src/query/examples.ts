import { t } from "../lib/page";
import { parameters, sparqlOf } from "./parameters";

/** Make the list of questions one to search, whose links load their SPARQL; what may be set of it is shown in a place. */
export function examples(details: HTMLDetailsElement, place: HTMLElement, chosen: (query: string) => void, failed: (error: unknown) => void): void {
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
  details.querySelector("div")?.prepend(label, search, none);
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
      const path = new URL(link.href).pathname;
      sparqlOf(path).then(chosen, failed);
      parameters(place, path, chosen, failed).catch(() => (place.hidden = true)); // the query is there without them
    });
  }
  if (matchMedia("(max-width: 60rem)").matches) details.open = false;
}
