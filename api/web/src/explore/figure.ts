// A target in figures, as its page and the table of targets have it (`figure_of` in api/views.py).
import { language, number } from "../lib/page";

/** What the service says of a target. */
export interface Figures {
  comparator?: string | null;
  value?: number | null;
  unit?: string | null;
  unit_label?: { zh?: string; en?: string } | null;
  value_normalized?: number | null;
  deadline_year?: number | null;
}

const SIGNS: Record<string, string> = { gt: ">", ge: "≥", eq: "=", le: "≤", lt: "<", approx: "≈" };
/** English has no 亿 and no 万: there the normalised number says it. */
const FACTOR = /^(?:[\d,]+ million|[\d,]+|trillion) /;
const inWords = new Intl.NumberFormat("en-GB", { notation: "compact", compactDisplay: "long", maximumFractionDigits: 3 });
const ascii = (words: string) => /^[\u0000-\u007f]*$/.test(words);

function amount({ value, unit, unit_label, value_normalized }: Figures): string {
  const symbol = unit ?? "";
  const many = number.format(value ?? 0);
  if (language === "zh" || ascii(symbol)) return `${many}${ascii(symbol) && symbol !== "%" ? " " : ""}${symbol}`.trim();
  const noun = unit_label?.en ?? symbol;
  if (FACTOR.test(noun) && value_normalized != null) return `${inWords.format(value_normalized)} ${noun.replace(FACTOR, "")}`;
  return noun === "multiple of the baseline" ? `${many} × the baseline` : `${many} ${noun}`;
}

/** The sign, the value with its unit, and the year; empty where it has no number. */
export function figureOf(target: Figures): string {
  if (target.value == null) return "";
  const figure = `${SIGNS[target.comparator ?? ""] ?? ""} ${amount(target)}`.trim();
  return target.deadline_year ? `${figure} · ${target.deadline_year}${language === "zh" ? "年" : ""}` : figure;
}
