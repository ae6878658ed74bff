// What the user chose, in the fragment of the address: `GET /sparql?query=` is the SPARQL protocol, and stays it.

export const VIEWS = ["table", "graph", "chart", "raw"] as const;
export type View = (typeof VIEWS)[number];

export interface Chosen {
  /** The query that was run; empty where none was. */
  query: string;
  timeout: string;
  view: View | "";
  /** The column that rows are sorted by, with a minus before it for the other direction. */
  sort: string;
  page: number;
  /** The columns of the chart: what its marks are called, and how long they are. */
  label: string;
  value: string;
  chart: "" | "line";
}

const NOTHING: Chosen = { query: "", timeout: "", view: "", sort: "", page: 1, label: "", value: "", chart: "" };

/** The choice that an address holds. */
export function chosenOf(hash: string): Chosen {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  const get = (name: string) => found.get(name) ?? "";
  return {
    query: get("query"),
    timeout: get("timeout"),
    view: VIEWS.find((view) => view === get("view")) ?? "",
    sort: get("sort"),
    page: Math.max(1, Math.trunc(Number(get("page"))) || 1),
    label: get("label"),
    value: get("value"),
    chart: get("chart") === "line" ? "line" : "",
  };
}

/** A query that has nothing else chosen. */
export function chosen(query: string, timeout: string, view: View | "" = ""): Chosen {
  return { ...NOTHING, query, timeout, view };
}

/** The fragment of an address for a choice. */
export function hashOf(choice: Chosen): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) if (value && !(name === "page" && value === 1)) found.set(name, String(value));
  const shown = found.toString();
  return shown ? `#${shown}` : "";
}

const DRAFT = "query-draft";

/** The text that was typed after a query was run and is not run yet, if there is one. */
export function draftAfter(query: string): string | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null") as { after?: unknown; text?: unknown } | null;
    return found?.after === query && typeof found.text === "string" ? found.text : null;
  } catch {
    return null; // storage may be forbidden
  }
}

/** Keep what is typed and not run, for a reload or a visit to another page. */
export function keepDraft(after: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(DRAFT);
    else sessionStorage.setItem(DRAFT, JSON.stringify({ after, text }));
  } catch {
    // It is then lost with the page.
  }
}
