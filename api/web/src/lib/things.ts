import { html } from "lit-html";
import { json } from "./api";
import type { Option } from "./combobox";
import { language, languageOf, t, text, type Labels } from "./page";

/** A thing by name, as the API has it; `id` is short, `type` its kind. */
export interface Reference {
  id: string;
  iri: string;
  type: string;
  label: Labels;
}

/** A thing that was found, and by which of its names. */
export interface Found extends Reference {
  score: number;
  matched: { text: string; language: string; how: string };
}

/** What the kinds are called. */
const KINDS: Record<string, [en: string, zh: string]> = {
  policy: ["policy", "政策"],
  measure: ["measure", "措施"],
  sector: ["sector", "行业领域"],
  platform: ["platform", "平台"],
  organization: ["organization", "机构"],
  place: ["place", "地点"],
  target: ["target", "目标"],
  indicator: ["indicator", "指标"],
  product: ["product or technology", "产品与技术"],
  theme: ["theme", "主题"],
};

/** The kinds of things, in the order in which they are shown. */
export const KIND_NAMES = Object.keys(KINDS);

/** What a kind is called in the language of the page. */
export function kindName(kind: string): string {
  return KINDS[kind]?.[language === "zh" ? 1 : 0] ?? kind;
}

const WAYS: Record<string, [en: string, zh: string]> = {
  alias: ["also called", "别名"],
  folded: ["written otherwise", "写法不同"],
  script: ["in the other script", "繁简"],
  pinyin: ["pinyin", "拼音"],
  initials: ["pinyin initials", "拼音首字母"],
  part: ["part of", "部分"],
  typo: ["close to", "近似"],
  id: ["id", "标识"],
};

/** The things that a text may mean, the likeliest first. */
export async function findThings(words: string, limit: number, signal: AbortSignal): Promise<Found[]> {
  return (await json<{ items: Found[] }>("/api/v1/search", { q: words, limit }, signal)).items;
}

/** A line of suggestions for a thing. */
export function thingOption(found: Found, choose: () => void): Option {
  const name = text(found.label);
  const way = WAYS[found.matched.how];
  const how = way && found.matched.text !== name ? t(`${way[0]}: ${found.matched.text}`, `${way[1]}：${found.matched.text}`) : "";
  const content = html`<span lang=${languageOf(name)}>${name}</span>
    <span class="kind kind-${found.type}">${kindName(found.type)}</span>
    ${how ? html`<span class="how">${how}</span>` : ""}`;
  return { content, text: name, choose };
}
