import { html, type TemplateResult } from "lit-html";
import { language, number, t } from "../lib/page";
import { numberOf, textOf, type Answer, type Row, type Term } from "./answer";
import { nameOf } from "./labels";
import type { Chosen } from "./state";
import { termCell } from "./term";

const SHOWN = 50;
const collator = new Intl.Collator(language === "zh" ? "zh-CN" : "en", { numeric: true });

function compare(a: Term | undefined, b: Term | undefined): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== null && y !== null) return x - y;
  return collator.compare(textOf(a), textOf(b));
}

const sorted = new WeakMap<Answer, { by: string; rows: Row[] }>();

/** The rows in the order that was chosen; what is empty comes last in either direction. */
function inOrder(answer: Answer, sort: string): Row[] {
  const column = sort.replace(/^-/, "");
  if (!answer.variables.includes(column)) return answer.rows;
  const kept = sorted.get(answer);
  if (kept?.by === sort) return kept.rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  const rows = [...answer.rows].sort((a, b) => (a[column] && b[column] ? sign : 1) * compare(a[column], b[column]));
  sorted.set(answer, { by: sort, rows });
  return rows;
}

/** The rows of the page that is shown. */
export function rowsShown(answer: Answer, choice: Chosen): Row[] {
  const page = Math.min(choice.page, pages(answer));
  return inOrder(answer, choice.sort).slice((page - 1) * SHOWN, page * SHOWN);
}

const pages = (answer: Answer) => Math.max(1, Math.ceil(answer.rows.length / SHOWN));

/** The names of the columns as people read them. */
export function columnName(answer: Answer, variable: string): string {
  if (answer.kind !== "graph") return variable;
  return { subject: t("subject", "主语"), predicate: t("predicate", "谓语"), object: t("object", "宾语") }[variable] ?? variable;
}

/** The table, a page of it. */
export function table(answer: Answer, choice: Chosen, change: (changes: Partial<Chosen>) => void): TemplateResult {
  const page = Math.min(choice.page, pages(answer));
  const head = answer.variables.map((variable) => {
    const direction = choice.sort === variable ? "ascending" : choice.sort === `-${variable}` ? "descending" : "none";
    const next = direction === "ascending" ? `-${variable}` : direction === "descending" ? "" : variable;
    const sign = { ascending: "▲", descending: "▼", none: "↕" }[direction];
    return html`<th scope="col" aria-sort=${direction}>
      <button type="button" class="sorter" @click=${() => change({ sort: next, page: 1 })}>${columnName(answer, variable)} <span aria-hidden="true">${sign}</span></button>
    </th>`;
  });
  const cell = (row: Row, variable: string) =>
    html`<td class=${numberOf(row[variable]) === null ? "" : "numeric"}>${termCell(row[variable])}</td>`;
  const first = (page - 1) * SHOWN;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Table of the results", "结果表格")}>
      <table class="answer">
        <thead><tr><th scope="col" class="numeric"><span class="visually-hidden">${t("Row", "行")}</span></th>${head}</tr></thead>
        <tbody>
          ${rowsShown(answer, choice).map(
            (row, index) => html`<tr><td class="numeric soft">${first + index + 1}</td>${answer.variables.map((variable) => cell(row, variable))}</tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${pages(answer) > 1 ? pager(answer, page, change) : ""}`;
}

function pager(answer: Answer, page: number, change: (changes: Partial<Chosen>) => void): TemplateResult {
  const count = answer.rows.length;
  const [first, last] = [number.format((page - 1) * SHOWN + 1), number.format(Math.min(page * SHOWN, count))];
  const all = number.format(count);
  return html`<nav class="pager" aria-label=${t("Pages of the table", "表格分页")}>
    <button type="button" ?disabled=${page <= 1} @click=${() => change({ page: page - 1 })}>${t("Previous", "上一页")}</button>
    <span role="status">${t(`${first}–${last} of ${all}`, `第 ${first}–${last} 行，共 ${all} 行`)}</span>
    <button type="button" ?disabled=${page >= pages(answer)} @click=${() => change({ page: page + 1 })}>${t("Next", "下一页")}</button>
  </nav>`;
}

/** A term as one line of plain text, for charts and graphs. */
export function plain(term: Term | undefined): string {
  return term?.type === "uri" ? nameOf(textOf(term)) || textOf(term) : textOf(term);
}
