// What the service has said so far, and what it must be asked for a view.
import { KIND_NAMES } from "../lib/things";
import { json } from "../lib/api";
import type { Labels } from "../lib/page";
import { edgeId, type Direction, type Edge, type GraphAnswer, type PathsAnswer, type Thing } from "./model";
import { ALL, CAPS, type View } from "./view";

/** How many things the service gives in one answer. */
const MOST = 1000;
/** Of how many things what an answer cut is asked for. */
const MOST_CUT = 60;
const ALL_KINDS = [...KIND_NAMES, "platform-kind"];

type Asked = Record<string, string | number | boolean>;

/** Something to ask: its address, and a name that tells it from others. */
interface Request {
  name: string;
  path: "/api/v1/graph" | "/api/v1/paths";
  asked: Asked;
}

/** Things from which a view grows, and how far from each. */
interface Source {
  node: string;
  depth: number;
  relation: string;
  direction: Direction | "both";
}

/** Relations of a thing: key and direction → how many edges. */
export type Totals = ReadonlyMap<string, number>;

export const totalKey = (relation: string, direction: Direction) => `${relation} ${direction}`;

export class Knowledge {
  readonly things = new Map<string, Thing>();
  readonly edges = new Map<string, Edge>();
  readonly totals = new Map<string, Totals>();
  /** What relations are called, by their keys. */
  readonly relations: Map<string, Labels>;
  private readonly incident = new Map<string, Edge[]>();
  private readonly graphs = new Map<string, GraphAnswer>();
  private readonly paths = new Map<string, PathsAnswer>();

  constructor(
    private readonly inferred: boolean,
    relations: Record<string, Labels>,
  ) {
    this.relations = new Map(Object.entries(relations));
  }

  edgesOf(node: string): readonly Edge[] {
    return this.incident.get(node) ?? [];
  }

  pathOf(view: View): PathsAnswer | undefined {
    const request = this.pathRequest(view);
    return request && this.paths.get(request.name);
  }

  /** Ask for all that a view needs; what can be had is had, even where the rest fails. */
  async learn(view: View): Promise<void> {
    for (let round = 0; round < 4; round++) {
      const needed = this.needed(view);
      if (!needed.length) return;
      const outcomes = await Promise.allSettled(needed.map((request) => this.ask(request)));
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    }
  }

  knows(view: View): boolean {
    return !this.needed(view).length;
  }

  /** How many things a view would bring that were not asked for. */
  rest(view: View): number {
    let rest = 0;
    for (const source of sources(view)) {
      const answer = this.bestFor(source, view.cap);
      if (answer?.truncated) rest += Math.max(0, answer.nodes.length + answer.omitted.things - this.reach(source));
    }
    return rest;
  }

  /** How many things are known within the steps of a source. */
  private reach(source: Source): number {
    const seen = new Set([source.node]);
    let level = [source.node];
    for (let step = 0; step < source.depth; step++) {
      const next: string[] = [];
      for (const node of level) {
        for (const edge of this.edgesOf(node)) {
          const [end, direction] = edge.subject === node ? [edge.object, "out"] : [edge.subject, "in"];
          if (seen.has(end) || (source.relation !== ALL && (edge.predicate.key !== source.relation || direction !== source.direction))) continue;
          seen.add(end);
          next.push(end);
        }
      }
      level = next;
    }
    return seen.size;
  }

  private needed(view: View): Request[] {
    const found = new Map<string, Request>();
    const want = (request: Request) => {
      const known = request.path === "/api/v1/graph" ? this.graphs.has(request.name) : this.paths.has(request.name);
      if (!known) found.set(request.name, request);
    };
    for (const source of sources(view)) for (const request of this.requestsFor(source, view.cap)) want(request);
    for (const node of [...(view.collapsed.includes(view.root) ? [view.root] : []), ...view.added]) if (!this.totals.has(node)) want(this.graphRequest({ root: node, limit: 1 }));
    const selected = view.selected?.what === "node" ? view.selected.id : "";
    if (selected && this.things.has(selected) && !this.totals.has(selected)) want(this.graphRequest({ root: selected, limit: 1 }));
    const path = this.pathRequest(view);
    if (path) want(path);
    return [...found.values()];
  }

  private graphRequest(asked: Asked): Request {
    return { name: JSON.stringify(asked), path: "/api/v1/graph", asked };
  }

  private pathRequest(view: View): Request | undefined {
    if (!view.path) return undefined;
    const asked: Asked = { from: view.path.from, to: view.path.to };
    if (view.hiddenKinds.length) asked["kind"] = ALL_KINDS.filter((kind) => !view.hiddenKinds.includes(kind)).join(",");
    return { name: JSON.stringify(asked), path: "/api/v1/paths", asked };
  }

  /** The answer about everything near a source, if it was given whole, or as far as the cap goes. */
  private nearest(source: Source, cap: number): { request: Request; answer: GraphAnswer | undefined } {
    const near: Asked = { root: source.node, depth: source.depth };
    const limits = CAPS.filter((limit) => limit <= MOST);
    for (const limit of limits) {
      const request = this.graphRequest({ ...near, limit });
      const answer = this.graphs.get(request.name);
      if (answer && !answer.truncated) return { request, answer };
    }
    const request = this.graphRequest({ ...near, limit: Math.min(cap, MOST) });
    return { request, answer: this.graphs.get(request.name) };
  }

  private alone(source: Source, cap: number): Request {
    const { node, depth, relation, direction } = source;
    return this.graphRequest({ root: node, depth, relation, direction, limit: Math.min(cap, MOST) });
  }

  private bestFor(source: Source, cap: number): GraphAnswer | undefined {
    const { answer } = this.nearest(source, cap);
    if (!answer?.truncated || source.relation === ALL) return answer;
    return this.graphs.get(this.alone(source, cap).name) ?? answer;
  }

  /** The requests for a source: first everything near it; where that is cut, the relation alone, or what was cut. */
  private requestsFor(source: Source, cap: number): Request[] {
    const { request, answer } = this.nearest(source, cap);
    if (!answer?.truncated) return [request];
    if (source.relation !== ALL) return [request, this.alone(source, cap)];
    if (cap <= MOST) return [request];
    if (source.depth === 1) {
      const kinds = ALL_KINDS.filter((kind) => answer.omitted.by_kind[kind]);
      return [request, ...kinds.map((kind) => this.graphRequest({ root: source.node, depth: 1, kind, limit: MOST }))];
    }
    const cut = new Map<string, number>();
    for (const left of answer.omitted.edges) if (left.reason === "limit") cut.set(left.node, (cut.get(left.node) ?? 0) + left.count);
    const nodes = [...cut].sort((one, other) => other[1] - one[1]).slice(0, MOST_CUT);
    return [request, ...nodes.map(([node]) => this.graphRequest({ root: node, depth: 1, limit: CAPS[0] }))];
  }

  private async ask({ name, path, asked }: Request): Promise<void> {
    const parameters = { ...asked, ...(this.inferred ? { inferred: true } : {}) };
    if (path === "/api/v1/graph") {
      const answer = await json<GraphAnswer>(path, parameters);
      this.graphs.set(name, answer);
      this.take(answer.nodes, answer.edges);
      if (!("relation" in asked) && !("kind" in asked)) this.count(answer);
    } else {
      const answer = await json<PathsAnswer>(path, parameters);
      this.paths.set(name, answer);
      for (const found of answer.paths) this.take(found.nodes, found.steps.flatMap((step) => step.edges));
      this.take([answer.from, answer.to], []);
    }
  }

  private take(things: readonly Thing[], edges: readonly Edge[]): void {
    for (const thing of things) if (!this.things.has(thing.id)) this.things.set(thing.id, thing);
    for (const edge of edges) {
      const id = edgeId(edge);
      if (this.edges.has(id)) continue;
      this.edges.set(id, edge);
      this.relations.set(edge.predicate.key, edge.predicate.label);
      for (const end of new Set([edge.subject, edge.object])) {
        const known = this.incident.get(end);
        if (known) known.push(edge);
        else this.incident.set(end, [edge]);
      }
    }
  }

  /** The edges of a thing that an answer shows, and those that it counts as left out, are all that it has. */
  private count(answer: GraphAnswer): void {
    const counts = new Map<string, Map<string, number>>(answer.nodes.map((node) => [node.id, new Map()]));
    const add = (node: string, key: string, direction: Direction, count: number) => {
      const own = counts.get(node);
      own?.set(totalKey(key, direction), (own.get(totalKey(key, direction)) ?? 0) + count);
    };
    for (const edge of answer.edges) {
      add(edge.subject, edge.predicate.key, "out", 1);
      add(edge.object, edge.predicate.key, "in", 1);
    }
    for (const left of answer.omitted.edges) add(left.node, left.key, left.direction, left.count);
    for (const [node, own] of counts) this.totals.set(node, own);
  }
}

function sources(view: View): Source[] {
  const base: Source = { node: view.root, depth: view.depth, relation: ALL, direction: "both" };
  return [...(view.collapsed.includes(view.root) ? [] : [base]), ...view.expanded.map((item) => ({ ...item, depth: 1 }))];
}
