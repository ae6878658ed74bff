import { html, svg, type TemplateResult } from "lit-html";
import { clipped } from "../lib/clipping";
import { number, t } from "../lib/page";
import { numberOf, textOf, type Answer } from "./answer";
import type { Chosen } from "./state";
import { columnName, plain } from "./table";

const SHOWN = 60;
const COUNT = "#";

interface Point {
  name: string;
  value: number;
}

/** The columns that hold numbers, and nothing else. */
function numeric(answer: Answer): string[] {
  return answer.variables.filter(
    (variable) => answer.rows.some((row) => row[variable]) && answer.rows.every((row) => !row[variable] || numberOf(row[variable]) !== null),
  );
}

/** The columns of the chart: those that were chosen, else the first that fit. */
function columns(answer: Answer, choice: Chosen): { label: string; value: string; numbers: string[] } {
  const numbers = numeric(answer);
  const value = choice.value === COUNT || numbers.includes(choice.value) ? choice.value : (numbers.at(-1) ?? COUNT);
  const named = (variable: string) => answer.rows.some((row) => row[variable]?.["xml:lang"] === document.documentElement.lang);
  const others = answer.variables.filter((variable) => variable !== value);
  const texts = others.filter((variable) => !numbers.includes(variable));
  const distinct = (variable: string) => new Set(answer.rows.map((row) => textOf(row[variable]))).size;
  // What is counted by is the column that groups the rows best; names are best in the language of the page.
  const fit = value === COUNT ? [...texts].sort((a, b) => distinct(a) - distinct(b))[0] : texts.find(named);
  const label = others.includes(choice.label) ? choice.label : (fit ?? texts[0] ?? others[0] ?? "");
  return { label, value, numbers };
}

/** Whether a number can be drawn: differences of larger ones have no number, and parts of smaller ones neither. */
const isDrawable = (value: number) => value === 0 || (Math.abs(value) < 1e300 && Math.abs(value) > 1e-300);

function points(answer: Answer, label: string, value: string): Point[] {
  if (value !== COUNT) {
    return answer.rows.flatMap((row) => {
      const found = numberOf(row[value]);
      return found === null || !isDrawable(found) ? [] : [{ name: label ? plain(row[label]) : "", value: found }];
    });
  }
  const counts = new Map<string, number>();
  for (const row of answer.rows) counts.set(plain(row[label]), (counts.get(plain(row[label])) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, value: count })).sort((a, b) => b.value - a.value);
}

/** A chart of a column of numbers, or of how often each value of a column comes. */
export function chart(answer: Answer, choice: Chosen, change: (changes: Partial<Chosen>) => void): TemplateResult {
  const { label, value, numbers } = columns(answer, choice);
  const all = points(answer, label, value);
  const shown = all.slice(0, SHOWN);
  const picked = (event: Event) => (event.target as HTMLSelectElement).value;
  const option = (name: string, words: string, current: string) => html`<option value=${name} ?selected=${name === current}>${words}</option>`;
  return html`<div class="controls">
      <label>${t("Names", "名称")}
        <select data-chart="label" @change=${(event: Event) => change({ label: picked(event) })}>
          ${answer.variables.filter((name) => name !== value).map((name) => option(name, columnName(answer, name), label))}
        </select></label>
      <label>${t("Values", "数值")}
        <select data-chart="value" @change=${(event: Event) => change({ value: picked(event) })}>
          ${numbers.map((name) => option(name, columnName(answer, name), value))} ${option(COUNT, t("number of rows", "行数"), value)}
        </select></label>
      <label>${t("Kind", "类型")}
        <select data-chart="kind" @change=${(event: Event) => change({ chart: picked(event) === "line" ? "line" : "" })}>
          ${option("", t("bars", "条形"), choice.chart)} ${option("line", t("line", "折线"), choice.chart)}
        </select></label>
    </div>
    ${shown.length === 0 ? html`<p class="empty">${t("There is nothing to draw.", "没有可绘制的数值。")}</p>` : choice.chart === "line" ? line(shown) : bars(shown)}
    ${all.length > SHOWN ? html`<p class="small soft">${t(`The first ${SHOWN} of ${number.format(all.length)}; the table has all.`, `前 ${SHOWN} 项，共 ${number.format(all.length)} 项；表格中有全部。`)}</p>` : ""}`;
}

function range(shown: Point[]): [low: number, high: number] {
  const values = shown.map((point) => point.value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return low === high ? [low, low + 1] : [low, high];
}

function bars(shown: Point[]): TemplateResult {
  const [low, high] = range(shown);
  const at = (value: number) => (100 * (value - low)) / (high - low);
  return html`<ol class="chart-bars">
    ${shown.map(
      ({ name, value }) => html`<li>
        <bdi title=${name}>${clipped(name)}</bdi>
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          ${svg`<rect x=${at(Math.min(0, value))} width=${at(Math.max(0, value)) - at(Math.min(0, value))} height="10"></rect>`}
        </svg>
        <span class="number">${number.format(value)}</span>
      </li>`,
    )}
  </ol>`;
}

/** Round numbers between two others, some four of them. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

const [WIDE, HIGH, LEFT, BELOW] = [720, 320, 64, 46];

/** A line on a grid; what stands at each point is its title, and the table has the same. */
function line(shown: Point[]): TemplateResult {
  const [low, high] = range(shown);
  const x = (index: number) => LEFT + ((index + 0.5) * (WIDE - LEFT - 8)) / shown.length;
  const y = (value: number) => HIGH - BELOW - ((value - low) * (HIGH - BELOW - 12)) / (high - low);
  const steps = ticks(low, high);
  const every = Math.ceil(shown.length / 8);
  const words = shown.map(({ name, value }) => `${clipped(name, 60)}: ${number.format(value)}`).join("; ");
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Line chart", "折线图")}><svg class="chart-line" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${words}>
    ${steps.map((step) => svg`<line class="grid" x1=${LEFT} x2=${WIDE} y1=${y(step)} y2=${y(step)}></line><text class="tick" x=${LEFT - 8} y=${y(step) + 4}>${number.format(step)}</text>`)}
    ${svg`<polyline points=${shown.map(({ value }, index) => `${x(index)},${y(value)}`).join(" ")}></polyline>`}
    ${shown.map(({ name, value }, index) => svg`<circle cx=${x(index)} cy=${y(value)} r="4"><title>${name}: ${number.format(value)}</title></circle>`)}
    ${shown.map(({ name }, index) => (index % every ? "" : svg`<text class="name" x=${x(index)} y=${HIGH - BELOW + (Math.floor(index / every) % 2 ? 36 : 20)}>${clipped(name, 14)}</text>`))}
  </svg></div>`;
}
