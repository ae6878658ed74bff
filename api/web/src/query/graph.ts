import type { Core, ElementDefinition, LayoutOptions, StylesheetJson } from "cytoscape";
import { partLabels } from "../lib/boxes";
import { drawable } from "../lib/clipping";
import { colours, shapeRules, whenThemeChanges, withoutInjectedStyle } from "../lib/looks";
import { things } from "../lib/page";
import { KIND_NAMES } from "../lib/things";
import { textOf, type Answer, type Row, type Term } from "./answer";
import { irisOf, learn } from "./labels";
import { plain } from "./table";

const MOST_NODES = 250;
const MOST_EDGES = 600;

interface Edge {
  from: Term;
  to: Term;
  name: Term | string;
}

/** What can be drawn: triples between things, or for rows the things that stand beside each other in one. */
export interface Network {
  edges: Edge[];
  /** How many triples, or rows, have nothing to be joined. */
  left: number;
  cut: boolean;
}

const isNode = (term: Term | undefined): term is Term => term?.type === "uri" || term?.type === "bnode";

function edgesOf(answer: Answer, row: Row): Edge[] {
  if (answer.kind === "graph") {
    const { subject, predicate, object } = row;
    return isNode(subject) && isNode(object) && predicate ? [{ from: subject, to: object, name: predicate }] : [];
  }
  const things = answer.variables.flatMap((variable) => (isNode(row[variable]) ? [{ variable, term: row[variable] }] : []));
  const [first, ...others] = things;
  return first ? others.map(({ variable, term }) => ({ from: first.term, to: term, name: variable })) : [];
}

/** The network of an answer, as much of it as can be looked at. */
export function networkOf(answer: Answer): Network {
  const nodes = new Set<string>();
  const seen = new Set<string>();
  const edges: Edge[] = [];
  let [left, cut] = [0, false];
  for (const row of answer.rows) {
    const found = edgesOf(answer, row);
    if (!found.length) left += 1;
    for (const edge of found) {
      const ends = [textOf(edge.from), textOf(edge.to)];
      const key = `${ends.join(" ")} ${typeof edge.name === "string" ? edge.name : textOf(edge.name)}`;
      if (seen.has(key)) continue;
      const fresh = ends.filter((end) => !nodes.has(end)).length;
      if (nodes.size + fresh > MOST_NODES || edges.length >= MOST_EDGES) {
        cut = true;
        continue;
      }
      seen.add(key);
      for (const end of ends) nodes.add(end);
      edges.push(edge);
    }
  }
  return { edges, left, cut };
}

/** The kind of thing that an IRI of ours denotes, which is a colour of the style sheet. */
function kindOf(iri: string): string {
  return iri.startsWith(things) ? (iri.slice(things.length).split("/")[0] ?? "") : "";
}

/** The things that are drawn, each once. */
export function thingsOf(network: Network): Term[] {
  return [...new Map(network.edges.flatMap(({ from, to }) => [[textOf(from), from] as const, [textOf(to), to] as const])).values()];
}

/** The kinds of the things that are drawn. */
export function kindsOf(network: Network): string[] {
  const found = new Set(network.edges.flatMap(({ from, to }) => [kindOf(textOf(from)), kindOf(textOf(to))]));
  return KIND_NAMES.filter((kind) => found.has(kind));
}

function elements(network: Network): ElementDefinition[] {
  const nodes = new Map<string, ElementDefinition>();
  for (const { from, to } of network.edges) {
    for (const term of [from, to]) {
      const id = textOf(term);
      if (!nodes.has(id)) nodes.set(id, { data: { id, name: drawable(plain(term), 36), kind: kindOf(id) } });
    }
  }
  const called = (name: Term | string) => drawable(typeof name === "string" ? name : plain(name), 28);
  const several = new Set(network.edges.map(({ name }) => called(name))).size > 1; // else each edge would say the same
  const edges = network.edges.map(({ from, to, name }) => ({
    data: { source: textOf(from), target: textOf(to), name: several ? called(name) : "" },
  }));
  return [...nodes.values(), ...edges];
}

function styles(): StylesheetJson {
  const theme = colours();
  const kind = (element: { data(name: string): string }) => (element.data("kind") ? theme.of(element.data("kind")) : theme.soft);
  return [
    {
      selector: "node",
      style: {
        "background-color": kind as never, shape: "ellipse", label: "data(name)", color: theme.text, "font-size": 14, width: 22, height: 22,
        "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap", "text-max-width": "130px",
        "text-background-color": theme.ground, "text-background-opacity": 0.8, "text-background-padding": "2px",
      },
    },
    ...shapeRules(),
    {
      selector: "edge",
      style: {
        label: "data(name)", color: theme.soft, "font-size": 10, width: 1.5, "line-color": theme.line, "target-arrow-color": theme.line,
        "target-arrow-shape": "triangle", "curve-style": "bezier", "text-rotation": "autorotate",
        "text-background-color": theme.ground, "text-background-opacity": 0.8, "text-background-padding": "1px",
      },
    },
    { selector: ":selected", style: { "border-width": 3, "border-color": theme.mark, "line-color": theme.mark } },
  ];
}

let drawn: { place: HTMLElement; core: Core } | null = null;

/** Let go of what was drawn. */
export function forget(): void {
  drawn?.core.destroy();
  drawn = null;
}

/** Draw a network in a place, once, and tell whether that was now; `tapped` is told which thing was chosen. */
export async function draw(place: HTMLElement, answer: Answer, network: Network, tapped: (iri: string) => void): Promise<boolean> {
  if (drawn?.place === place) return false;
  forget();
  withoutInjectedStyle();
  const [{ default: cytoscape }, { default: fcose }] = await Promise.all([
    import("cytoscape"),
    import("cytoscape-fcose"),
    learn(irisOf(answer.rows.slice(0, 400)), new AbortController().signal),
  ]);
  if (!place.isConnected) return false;
  cytoscape.use(fcose);
  const core = cytoscape({
    container: place,
    elements: elements(network),
    style: styles(),
    layout: { name: "fcose", animate: false, randomize: true, quality: "proof", idealEdgeLength: () => 110, nodeSeparation: 120, nodeRepulsion: () => 12_000, padding: 24 } as LayoutOptions,
    maxZoom: 3,
    minZoom: 0.1,
  });
  partLabels(core);
  core.fit(undefined, 24);
  core.on("tap", "node", (event) => tapped((event.target as { id(): string }).id()));
  drawn = { place, core };
  place.dataset["drawn"] = String(core.nodes().length);
  return true;
}

/** Zoom what is drawn by a factor, or fit it into its place. */
export function zoom(factor: number): void {
  if (!drawn) return;
  const { core } = drawn;
  if (!factor) core.fit(undefined, 24);
  else core.zoom({ level: core.zoom() * factor, renderedPosition: { x: core.width() / 2, y: core.height() / 2 } });
}

whenThemeChanges(() => drawn?.core.style(styles()));
