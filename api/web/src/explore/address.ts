// The view in the address: root, depth and inference in the query, which the server reads too; the rest in the fragment.
import type { Direction } from "./model";
import { CAPS, viewOf, type Expansion, type Selection, type View } from "./view";

const coded = (text: string) => encodeURIComponent(text).replaceAll("%2F", "/");
const list = (items: readonly string[]) => items.map(coded).join(",");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand, and not well
  }
}

const listed = (text: string | undefined) => (text ? text.split(",").filter(Boolean).map(decoded) : []);

/** The query and the fragment of a view; `query` has what else the address says. */
export function addressOf(view: View, query: URLSearchParams): string {
  const asked = new URLSearchParams(query);
  asked.set("root", view.root);
  if (view.depth === 1) asked.delete("depth");
  else asked.set("depth", String(view.depth));
  if (view.inferred) asked.set("inferred", "true");
  else asked.delete("inferred");
  const parts: [name: string, value: string][] = [
    ["add", list(view.added)],
    ["open", view.expanded.map(expansionText).join(",")],
    ["shut", list(view.collapsed)],
    ["nokind", list(view.hiddenKinds)],
    ["norel", list(view.hiddenRelations)],
    ["cap", view.cap === CAPS[0] ? "" : String(view.cap)],
    ["path", view.path ? [coded(view.path.from), coded(view.path.to), ...(view.path.which ? [view.path.which] : [])].join(":") : ""],
    ["at", view.selected ? (view.selected.what === "edge" ? view.selected.id.split("|").map(coded).join(":") : coded(view.selected.id)) : ""],
  ];
  const fragment = parts.flatMap(([name, value]) => (value ? [`${name}=${value}`] : [])).join("&");
  return `?${asked.toString().replaceAll("%2F", "/")}${fragment ? `#${fragment}` : ""}`;
}

function expansionText({ node, relation, direction }: Expansion): string {
  return direction === "both" ? coded(node) : [coded(node), coded(relation), direction].join(":");
}

function expansionOf(text: string): Expansion {
  const [node = "", relation, direction] = text.split(":").map(decoded);
  if (!relation) return { node, relation: "*", direction: "both" };
  return { node, relation, direction: (direction === "out" ? "out" : "in") satisfies Direction };
}

/** How many things an address may add, open or shut: each is asked for, and a link is made by anyone. */
const MOST = 200;

/** Whether something is the id of a thing, which has a page below that of its kind. */
const isId = (id: string) => id.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** The view of an address; what the fragment does not say, or not well, is as in a page that was just opened. */
export function viewAt(root: string, depth: number, inferred: boolean, fragment: string): View {
  const said = new Map<string, string>();
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    said.set(name, value);
  }
  const cap = Number(said.get("cap"));
  const [from, to, which] = (said.get("path") ?? "").split(":").map(decoded);
  return {
    ...viewOf(root, depth, inferred),
    added: listed(said.get("add")).filter(isId).slice(0, MOST),
    expanded: (said.get("open") ?? "").split(",", MOST).filter(Boolean).map(expansionOf).filter(({ node }) => isId(node)),
    collapsed: listed(said.get("shut")).filter(isId).slice(0, MOST),
    hiddenKinds: listed(said.get("nokind")),
    hiddenRelations: listed(said.get("norel")),
    cap: CAPS.find((known) => known === cap) ?? CAPS[0],
    path: from && to ? { from, to, which: Math.max(0, Math.trunc(Number(which)) || 0) } : null,
    selected: selectionOf(said.get("at") ?? ""),
  };
}

function selectionOf(text: string): Selection | null {
  if (!text) return null;
  const parts = text.split(":").map(decoded);
  if (parts.length === 3) return { what: "edge", id: parts.join("|") };
  const [id = ""] = parts;
  return isId(id) ? { what: "node", id } : null;
}
