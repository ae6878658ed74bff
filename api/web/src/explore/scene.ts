// From what the reader chose and what is known to what is in view. A pure function.
import type { Knowledge } from "./knowledge";
import { edgeId, type Edge, type Thing } from "./model";
import { ALL, type View } from "./view";

export interface Scene {
  /** The things in view, the nearest first. */
  nodes: readonly Thing[];
  edges: readonly Edge[];
  /** The thing that brought each one in, null for those that were put in by name or by a path. */
  bringers: ReadonlyMap<string, string | null>;
  /** How many things there would be without cap and filters. */
  total: number;
  /** How many of them the filters hide. */
  filtered: number;
  /** Kinds and relations of all of them, with their numbers. */
  kinds: ReadonlyMap<string, number>;
  relations: ReadonlyMap<string, number>;
  /** Ids of the things and edges of the path. */
  path: ReadonlySet<string>;
}

const other = (edge: Edge, node: string) => (edge.subject === node ? edge.object : edge.subject);

export function sceneOf(view: View, known: Knowledge): Scene {
  const path = new Set<string>();
  const found = known.pathOf(view);
  const way = found?.paths[Math.min(view.path?.which ?? 0, found.paths.length - 1)];
  for (const thing of way?.nodes ?? []) path.add(thing.id);
  for (const step of way?.steps ?? []) for (const edge of step.edges) path.add(edgeId(edge));

  const bringers = brought(view, known, [view.root, ...view.added, ...(way?.nodes ?? []).map((thing) => thing.id)]);
  const everything = [...bringers.keys()].flatMap((id) => known.things.get(id) ?? []);
  const kinds = new Map<string, number>();
  for (const thing of everything) kinds.set(thing.type, (kinds.get(thing.type) ?? 0) + 1);

  const all = among(bringers, known);
  const relations = new Map<string, number>();
  for (const edge of all) relations.set(edge.predicate.key, (relations.get(edge.predicate.key) ?? 0) + 1);

  const named = new Set([view.root, ...view.added, ...path]);
  let kept = everything.filter((thing) => named.has(thing.id) || !view.hiddenKinds.includes(thing.type));
  let edges = all.filter((edge) => path.has(edgeId(edge)) || !view.hiddenRelations.includes(edge.predicate.key));
  if (view.hiddenKinds.length || view.hiddenRelations.length) {
    // What the filters leave alone, with nothing that joins it, would say nothing.
    const ids = new Set(kept.map((thing) => thing.id));
    const joined = new Set(edges.filter((edge) => ids.has(edge.subject) && ids.has(edge.object)).flatMap((edge) => [edge.subject, edge.object]));
    kept = kept.filter((thing) => named.has(thing.id) || joined.has(thing.id));
  }
  const first = kept.filter((thing) => named.has(thing.id));
  const nodes = [...first, ...kept.filter((thing) => !named.has(thing.id))].slice(0, Math.max(view.cap, first.length));
  const shown = new Set(nodes.map((thing) => thing.id));
  edges = edges.filter((edge) => shown.has(edge.subject) && shown.has(edge.object));
  return {
    nodes,
    edges,
    bringers,
    total: everything.length + known.rest(view),
    filtered: everything.length - kept.length,
    kinds,
    relations,
    path,
  };
}

/** All that a view brings in, breadth first, each with what brought it. */
function brought(view: View, known: Knowledge, named: readonly string[]): Map<string, string | null> {
  const bringers = new Map<string, string | null>();
  const opened = new Map<string, Set<string>>();
  for (const { node, relation, direction } of view.expanded) {
    const own = opened.get(node) ?? new Set<string>();
    own.add(relation === ALL ? ALL : `${relation} ${direction}`);
    opened.set(node, own);
  }
  for (const start of named) {
    if (bringers.has(start)) continue;
    bringers.set(start, null);
    const queue: [node: string, levels: number][] = [[start, start === view.root ? view.depth : 0]];
    for (let place = 0; place < queue.length; place++) {
      const [node, levels] = queue[place] ?? ["", 0];
      const base = levels > 0 && !view.collapsed.includes(node);
      const own = opened.get(node);
      if (!base && !own) continue;
      for (const edge of known.edgesOf(node)) {
        const direction = edge.subject === node ? "out" : "in";
        if (!base && !own?.has(ALL) && !own?.has(`${edge.predicate.key} ${direction}`)) continue;
        const end = other(edge, node);
        if (bringers.has(end)) continue;
        bringers.set(end, node);
        queue.push([end, base ? levels - 1 : 0]);
      }
    }
  }
  return bringers;
}

function among(ids: ReadonlyMap<string, unknown>, known: Knowledge): Edge[] {
  const found: Edge[] = [];
  for (const id of ids.keys()) {
    for (const edge of known.edgesOf(id)) if (edge.subject === id && ids.has(edge.object)) found.push(edge);
  }
  return found;
}

const bringing = new WeakMap<Scene, Set<string | null>>();

/** Whether a thing brings in others, so that it can be collapsed. */
export function brings(scene: Scene, node: string): boolean {
  const known = bringing.get(scene) ?? new Set(scene.bringers.values());
  bringing.set(scene, known);
  return known.has(node);
}

const counted = new WeakMap<Scene, Map<string, number>>();

/** How many edges each thing has in view. */
export function degrees(scene: Scene): ReadonlyMap<string, number> {
  const known = counted.get(scene);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const { subject, object } of scene.edges) for (const end of [subject, object]) counts.set(end, (counts.get(end) ?? 0) + 1);
  counted.set(scene, counts);
  return counts;
}

/** How many edges of a thing are in view, by relation and direction. */
export function inView(scene: Scene, node: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const edge of scene.edges) {
    for (const [end, direction] of [[edge.subject, "out"], [edge.object, "in"]] as const) {
      if (end !== node) continue;
      const key = `${edge.predicate.key} ${direction}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** The relations, with their direction, by which a thing brings in others. */
export function broughtBy(scene: Scene, node: string): Set<string> {
  const found = new Set<string>();
  for (const edge of scene.edges) {
    if (edge.subject === node && scene.bringers.get(edge.object) === node) found.add(`${edge.predicate.key} out`);
    if (edge.object === node && scene.bringers.get(edge.subject) === node) found.add(`${edge.predicate.key} in`);
  }
  return found;
}
