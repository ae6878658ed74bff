// `/explore`: the neighbourhood of a thing to walk through; without a thing, a box that finds one.
import { html, render } from "lit-html";
import { keepAddress } from "./lib/anchors";
import { combobox } from "./lib/combobox";
import { pageAt, t, type Labels } from "./lib/page";
import { findThings, thingOption } from "./lib/things";
import { App, type Places } from "./explore/app";
import { options } from "./explore/finding";

const start = document.querySelector<HTMLInputElement>("#explore-form input[name=root]");
if (start) {
  combobox({
    input: start,
    async find(text, signal) {
      const found = await findThings(text, 8, signal);
      return found.map((thing) => thingOption(thing, () => location.assign(pageAt("/explore", { root: `${thing.type}/${thing.id}` }).replaceAll("%2F", "/"))));
    },
  });
}

const frame = document.getElementById("explore");
if (frame) open(frame);

function open(frame: HTMLElement): void {
  render(
    html`<div class="explore-tools">
        <div class="search find"><label class="visually-hidden" for="find">${t("Find in the graph, or add to it", "在图中查找，或加入图中")}</label>
          <input id="find" type="search" maxlength=${frame.dataset["longest"] ?? "200"} placeholder=${t("Find or add a thing", "查找或加入事物")} /></div>
        <div class="tool-buttons" data-part="tools"></div>
      </div>
      <div data-part="banner"></div>
      <div class="explore-body">
        <div class="stage">
          <p class="count small"><span role="status" data-part="count"></span> <span data-part="waiting"></span> <a href="#explore-tables" class="small">${t("as tables", "表格形式")}</a></p>
          <div class="canvas" data-part="canvas" role="application" tabindex="0" aria-label=${t("Graph", "图")}></div>
          <span class="visually-hidden" role="status" data-part="status"></span>
        </div>
        <aside class="side" aria-label=${t("Details", "详情")}>
          <div class="card panel" data-part="panel"></div>
          <details class="card big filters" open><summary>${t("Classes and relations", "类别与关系")}</summary><div data-part="filters"></div></details>
        </aside>
      </div>
      <div id="explore-tables" data-part="tables" tabindex="-1"></div>`,
    frame,
  );
  const part = (name: keyof Places) => frame.querySelector<HTMLElement>(`[data-part=${name}]`) as HTMLElement;
  const heading = document.querySelector<HTMLElement>(".explore-head") as HTMLElement;
  heading.replaceChildren();
  const places: Places = {
    heading,
    tools: part("tools"),
    banner: part("banner"),
    canvas: part("canvas"),
    count: part("count"),
    waiting: part("waiting"),
    panel: part("panel"),
    filters: part("filters"),
    tables: part("tables"),
    status: part("status"),
  };
  const { thing = "", depth, inferred } = frame.dataset;
  const relations = JSON.parse(document.getElementById("relations")?.textContent ?? "{}") as Record<string, Labels>;
  const app = new App(places, { root: thing, depth: Number(depth) || 1, inferred: inferred === "true", relations });
  const finder = app.finder();
  const input = document.getElementById("find") as HTMLInputElement;
  combobox({
    input,
    takesFirst: true,
    find: (words, signal) =>
      options(words, signal, {
        ...finder,
        choose: (node) => {
          finder.choose(node);
          input.value = "";
        },
      }),
  });
  for (const id of ["plain", "explore-form"]) document.getElementById(id)?.setAttribute("hidden", "");
  keepAddress();
  void app.sync();
}
