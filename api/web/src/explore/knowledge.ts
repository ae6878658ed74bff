// What the service has said so far, and what it must be asked for a view.
import { KIND_NAMES } from "../lib/things";
import { json } from "../lib/api";
import { edgeId, type Direction, type Edge, type GraphAnswer, type PathsAnswer, type Thing } from "./model";
import { ALL, type View } from "./view";

/** How many things the service gives in one answer. */
const MOST = 1000;
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
  readonly relations = new Map<string, Edge["predicate"]>();
  private readonly incident = new Map<string, Edge[]>();
  private readonly graphs = new Map<string, GraphAnswer>();
  private readonly paths = new Map<string, PathsAnswer>();

  constructor(private readonly inferred: boolean) {}

  edgesOf(node: string): readonly Edge[] {
    return this.incident.get(node) ?? [];
  }

  pathOf(view: View): PathsAnswer | undefined {
    const request = this.pathRequest(view);
    return request && this.paths.get(request.name);
  }

  /** Ask for all that a view needs; true if anything was asked. */
  async learn(view: View): Promise<void> {
    for (let round = 0; round < 4; round++) {
      const needed = this.needed(view);
      if (!needed.length) return;
      await Promise.all(needed.map((request) => this.ask(request)));
    }
  }

  knows(view: View): boolean {
    return !this.needed(view).length;
  }

  /** How many things a view would bring that were not asked for. */
  rest(view: View): number {
    let rest = 0;
    for (const source of sources(view)) {
      const answers = this.answersFor(source, view.cap);
      rest += answers.reduce((sum, answer) => sum + (answer?.omitted.things ?? 0), 0);
    }
    return rest;
  }

  private needed(view: View): Request[] {
    const found = new Map<string, Request>();
    const want = (request: Request) => {
      const known = request.path === "/api/v1/graph" ? this.graphs.has(request.name) : this.paths.has(request.name);
      if (!known) found.set(request.name, request);
    };
    for (const source of sources(view)) for (const request of this.requestsFor(source, view.cap)) want(request);
    for (const node of view.added) if (!this.totals.has(node)) want(this.graphRequest({ root: node, limit: 1 }));
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

  /** The requests for a source: first everything near it; where that is cut, the relation alone, or kind by kind. */
  private requestsFor(source: Source, cap: number): Request[] {
    const near: Asked = { root: source.node, depth: source.depth };
    const limits = [1000, 600, 300].filter((limit) => limit <= Math.min(cap, MOST));
    for (const limit of [1000, 600, 300]) {
      const answer = this.graphs.get(JSON.stringify({ ...near, limit }));
      if (answer && !answer.truncated) return [];
    }
    const first = this.graphRequest({ ...near, limit: limits[0] ?? 300 });
    const answer = this.graphs.get(first.name);
    if (!answer) return [first];
    if (source.relation !== ALL) {
      return [this.graphRequest({ ...near, relation: source.relation, direction: source.direction, limit: Math.min(cap, MOST) })];
    }
    if (cap <= MOST) return [];
    return ALL_KINDS.filter((kind) => answer.omitted.by_kind[kind]).map((kind) => this.graphRequest({ ...near, kind, limit: MOST }));
  }

  private answersFor(source: Source, cap: number): (GraphAnswer | undefined)[] {
    const near: Asked = { root: source.node, depth: source.depth };
    for (const limit of [1000, 600, 300]) {
      const answer = this.graphs.get(JSON.stringify({ ...near, limit }));
      if (answer && !answer.truncated) return [answer];
    }
    const requests = this.requestsFor(source, cap);
    if (requests.length) return requests.map((request) => this.graphs.get(request.name));
    return [this.graphs.get(JSON.stringify({ ...near, limit: Math.min(cap, MOST) }))];
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
      this.relations.set(edge.predicate.key, edge.predicate);
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
  return [base, ...view.expanded.map((item) => ({ ...item, depth: 1 }))];
}
