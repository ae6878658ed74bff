// The box above the graph: finds what is in view, and offers what is not, to be added.
import { html } from "lit-html";
import type { Option } from "../lib/combobox";
import { languageOf, t, text } from "../lib/page";
import { findThings, kindName } from "../lib/things";
import type { Thing } from "./model";
import type { Scene } from "./scene";

/** What the box needs of the page. */
export interface Finder {
  scene: () => Scene | null;
  choose: (node: string) => void;
}

const MOST = 8;

export async function options(words: string, signal: AbortSignal, { scene, choose }: Finder): Promise<Option[]> {
  const wanted = words.toLocaleLowerCase();
  const nodes = scene()?.nodes ?? [];
  const has = (thing: Thing) => [thing.label.zh, thing.label.en, thing.id].some((name) => name?.toLocaleLowerCase().includes(wanted));
  const here = nodes.filter(has).slice(0, MOST);
  const shown = new Set(nodes.map((node) => node.id));
  const found = (await findThings(words, MOST, signal)).map((thing) => ({ id: `${thing.type}/${thing.id}`, type: thing.type, label: thing.label }));
  const seen = new Set(here.map((thing) => thing.id));
  return [...here, ...found.filter((thing) => !seen.has(thing.id))].map((thing) => {
    const name = text(thing.label) || thing.id;
    const content = html`<bdi lang=${languageOf(name)}>${name}</bdi> <span class="kind kind-${thing.type}">${kindName(thing.type)}</span>
      <span class="how">${shown.has(thing.id) ? t("in view", "图中已有") : t("add to the view", "加入图中")}</span>`;
    return { content, text: name, choose: () => choose(thing.id) };
  });
}
