// What the reader chose to see: a value, and the steps from one to the next. Nothing here draws or asks anything.
import type { Direction } from "./model";

/** A relation of a node that is followed; `*` are all of them, in both directions. */
export interface Expansion {
  node: string;
  relation: string;
  direction: Direction | "both";
}

export type Selection = { what: "node" | "edge"; id: string };

export interface View {
  readonly root: string;
  readonly depth: number;
  readonly inferred: boolean;
  /** Things that were put in by name. */
  readonly added: readonly string[];
  readonly expanded: readonly Expansion[];
  /** Things near the root that do not bring what is near them. */
  readonly collapsed: readonly string[];
  readonly hiddenKinds: readonly string[];
  readonly hiddenRelations: readonly string[];
  /** How many things are shown at most. */
  readonly cap: number;
  readonly selected: Selection | null;
  readonly path: { readonly from: string; readonly to: string; readonly which: number } | null;
}

export const CAPS = [300, 600, 1000, 2000] as const;
export const ALL = "*";

export type Action =
  | { do: "expand"; node: string; relation: string; direction: Direction | "both" }
  | { do: "collapse"; node: string }
  | { do: "collapse-relation"; node: string; relation: string; direction: Direction; others: [relation: string, direction: Direction][] }
  | { do: "add"; node: string }
  | { do: "hide-kind" | "show-kind" | "hide-relation" | "show-relation"; name: string }
  | { do: "show-all" }
  | { do: "more" }
  | { do: "infer"; on: boolean }
  | { do: "path"; from: string; to: string }
  | { do: "other-path"; which: number }
  | { do: "no-path" }
  | { do: "select"; selected: Selection | null }
  | { do: "steps"; depth: number }
  | { do: "start"; root: string };

/** The view of a page that was just opened. */
export function viewOf(root: string, depth = 1, inferred = false): View {
  return {
    root,
    depth,
    inferred,
    added: [],
    expanded: [],
    collapsed: [],
    hiddenKinds: [],
    hiddenRelations: [],
    cap: CAPS[0],
    selected: null,
    path: null,
  };
}

const without = <T>(list: readonly T[], gone: (item: T) => boolean): readonly T[] => list.filter((item) => !gone(item));
const withOne = (list: readonly string[], item: string): readonly string[] => (list.includes(item) ? list : [...list, item]);

/** The view after a step; the same object where the step changes nothing. */
export function reduce(view: View, action: Action): View {
  switch (action.do) {
    case "expand":
      return expand(view, action);
    case "collapse":
      return {
        ...view,
        expanded: without(view.expanded, (item) => item.node === action.node),
        collapsed: withOne(view.collapsed, action.node),
      };
    case "collapse-relation": {
      const kept = action.others
        .filter(([relation, direction]) => relation !== action.relation || direction !== action.direction)
        .map(([relation, direction]) => ({ node: action.node, relation, direction }));
      return {
        ...view,
        expanded: [...without(view.expanded, (item) => item.node === action.node), ...kept],
        collapsed: withOne(view.collapsed, action.node),
      };
    }
    case "add":
      return { ...view, added: action.node === view.root ? view.added : withOne(view.added, action.node), selected: { what: "node", id: action.node } };
    case "hide-kind":
      return { ...view, hiddenKinds: withOne(view.hiddenKinds, action.name) };
    case "show-kind":
      return { ...view, hiddenKinds: without(view.hiddenKinds, (name) => name === action.name) };
    case "hide-relation":
      return { ...view, hiddenRelations: withOne(view.hiddenRelations, action.name) };
    case "show-relation":
      return { ...view, hiddenRelations: without(view.hiddenRelations, (name) => name === action.name) };
    case "show-all":
      return { ...view, hiddenKinds: [], hiddenRelations: [] };
    case "more":
      return { ...view, cap: CAPS.find((cap) => cap > view.cap) ?? view.cap };
    case "infer":
      return view.inferred === action.on ? view : { ...view, inferred: action.on };
    case "path":
      return { ...view, path: { from: action.from, to: action.to, which: 0 } };
    case "other-path":
      return view.path ? { ...view, path: { ...view.path, which: action.which } } : view;
    case "no-path":
      return view.path ? { ...view, path: null } : view;
    case "select":
      return same(view.selected, action.selected) ? view : { ...view, selected: action.selected };
    case "steps":
      return view.depth === action.depth ? view : { ...view, depth: action.depth };
    case "start":
      return { ...viewOf(action.root, 1, view.inferred), hiddenKinds: view.hiddenKinds, hiddenRelations: view.hiddenRelations, selected: { what: "node", id: action.root } };
  }
}

function expand(view: View, { node, relation, direction }: Expansion): View {
  const all = relation === ALL;
  const covered = view.expanded.some(
    (item) => item.node === node && (item.relation === ALL || (item.relation === relation && item.direction === direction)),
  );
  const kept = all ? without(view.expanded, (item) => item.node === node) : view.expanded;
  return {
    ...view,
    expanded: covered && !all ? kept : [...kept, { node, relation, direction: all ? "both" : direction }],
    collapsed: all ? without(view.collapsed, (id) => id === node) : view.collapsed,
  };
}

export function same(one: Selection | null, other: Selection | null): boolean {
  return one?.what === other?.what && one?.id === other?.id;
}

/** Whether a step is one that can be undone; what is selected is not. */
export function undoable(action: Action): boolean {
  return action.do !== "select";
}
