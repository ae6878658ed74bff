// How kinds look: a shape of its own for each, so that colour is never all that tells them apart; one table for the
// drawing, the legend and the SVG file.
import type { StylesheetJson } from "cytoscape";

/** Corners in a box from -1 to 1; without corners it is a circle. */
const SHAPES: Record<string, readonly number[]> = {
  policy: [-1, -0.8, 1, -0.8, 1, 0.8, -1, 0.8],
  measure: [],
  sector: [-0.5, -0.9, 0.5, -0.9, 1, 0, 0.5, 0.9, -0.5, 0.9, -1, 0],
  platform: [0, -1, 1, 0, 0, 1, -1, 0],
  organization: [0, -1, 1, -0.2, 0.62, 0.95, -0.62, 0.95, -1, -0.2],
  place: [-1, -0.85, 1, -0.85, 0, 1],
  target: [0, -1, 0.29, -0.4, 0.95, -0.31, 0.48, 0.15, 0.59, 0.81, 0, 0.5, -0.59, 0.81, -0.48, 0.15, -0.95, -0.31, -0.29, -0.4],
  indicator: [0, -1, 1, 0.85, -1, 0.85],
  product: [-0.4, -1, 0.4, -1, 1, -0.4, 1, 0.4, 0.4, 1, -0.4, 1, -1, 0.4, -1, -0.4],
  theme: [-1, -0.6, 0.45, -0.6, 1, 0, 0.45, 0.6, -1, 0.6],
  "platform-kind": [-0.35, -1, 0.35, -1, 0.35, -0.35, 1, -0.35, 1, 0.35, 0.35, 0.35, 0.35, 1, -0.35, 1, -0.35, 0.35, -1, 0.35, -1, -0.35, -0.35, -0.35],
};

export function shapeOf(kind: string): readonly number[] {
  return SHAPES[kind] ?? [];
}

/** The corners of a shape for SVG, around a point; empty for a circle. */
export function cornersOf(kind: string, x: number, y: number, radius: number): string {
  const corners = shapeOf(kind);
  const points: string[] = [];
  for (let at = 0; at + 1 < corners.length; at += 2) {
    points.push(`${round(x + (corners[at] ?? 0) * radius)},${round(y + (corners[at + 1] ?? 0) * radius)}`);
  }
  return points.join(" ");
}

export const round = (value: number) => Math.round(value * 100) / 100;

/** How wide a node is: the more relations, the wider, but never much. */
export function sizeOf(degree: number): number {
  return 24 + Math.min(26, 3 * Math.sqrt(degree));
}

/** Things with many relations have larger names, which are still read where those of others are too small to be shown. */
export function fontOf(degree: number): number {
  return round(11.5 + Math.min(14, 1.1 * Math.sqrt(degree)));
}

/** The smallest that a name is still read at, in pixels of the screen. */
export function legible(han: boolean): number {
  return han ? 8.5 : 8;
}

export interface Colours {
  of: (kind: string) => string;
  text: string;
  soft: string;
  ground: string;
  line: string;
  mark: string;
  seal: string;
}

/** The colours of the theme that is on. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const kinds = new Map<string, string>();
  const of = (kind: string) => {
    const known = kinds.get(kind) ?? (value(kind) || value("platform"));
    kinds.set(kind, known);
    return known;
  };
  return { of, text: value("text"), soft: value("soft"), ground: value("card"), line: value("strong-line"), mark: value("link"), seal: value("seal") };
}

/** A label short enough to be drawn; the whole one stands in the panel and in the tables. */
export function short(label: string, most = 40): string {
  // Marks of direction and control characters would turn around what stands beside them.
  const plain = label.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ").trim();
  let width = 0;
  let end = 0;
  for (const character of plain) {
    width += /[\u2e80-\uffff]/.test(character) ? 2 : 1;
    if (width > most) return `${plain.slice(0, end)}…`;
    end += character.length;
  }
  return plain;
}

type Node = { data: (name: string) => unknown; cy: () => { zoom: () => number } };
const readable = (node: Node) => Math.max(Number(node.data("font")), 12 / node.cy().zoom());

/** Many nodes are drawn with less, so that moving them about stays fluid. */
export function stylesheet(theme: Colours, many: boolean): StylesheetJson {
  const font = getComputedStyle(document.body).fontFamily;
  return [
    {
      selector: "node",
      style: {
        width: "data(size)",
        height: "data(size)",
        shape: "ellipse",
        "background-color": (node: { data: (name: string) => string }) => theme.of(node.data("kind")),
        label: "data(label)",
        "font-family": font,
        "font-size": "data(font)",
        "min-zoomed-font-size": many ? 9 : 8,
        color: theme.text,
        "text-valign": "bottom",
        "text-margin-y": 4,
        "text-wrap": "wrap",
        "text-max-width": "data(wide)",
        "text-background-color": theme.ground,
        "text-background-opacity": many ? 0 : 0.8,
        "text-background-padding": "1px",
        "overlay-color": theme.mark,
      },
    },
    { selector: "node[?han]", style: { "text-overflow-wrap": "anywhere" } },
    ...Object.entries(SHAPES).flatMap(([kind, corners]) =>
      corners.length ? [{ selector: `node[kind = "${kind}"]`, style: { shape: "polygon" as const, "shape-polygon-points": [...corners] } }] : [],
    ),
    {
      selector: "edge",
      style: {
        width: many ? 2.5 : 1.2,
        "line-color": theme.line,
        "curve-style": many ? "straight" : "bezier",
        "target-arrow-shape": "triangle",
        "target-arrow-color": theme.line,
        "arrow-scale": 0.9,
        "font-family": font,
        "font-size": 10,
        "min-zoomed-font-size": 7,
        color: theme.soft,
        "text-background-color": theme.ground,
        "text-background-opacity": 0.9,
        "text-background-padding": "2px",
        "text-rotation": "autorotate",
        "overlay-color": theme.mark,
      },
    },
    { selector: "edge.inferred", style: { "line-style": many ? "solid" : "dashed" } },
    { selector: "edge.named", style: { label: "data(label)" } },
    { selector: "node.start", style: { "border-width": 3, "border-color": theme.text } },
    { selector: ".faded", style: { opacity: 0.35 } },
    {
      selector: "edge.near",
      style: { "line-color": theme.mark, "target-arrow-color": theme.mark, width: 2, "curve-style": "bezier", "target-arrow-shape": "triangle", "z-index": 5 },
    },
    {
      selector: "edge.path",
      style: { "line-color": theme.seal, "target-arrow-color": theme.seal, width: 4, "curve-style": "bezier", "target-arrow-shape": "triangle", "z-index": 6 },
    },
    { selector: "node.path", style: { "border-width": 4, "border-color": theme.seal } },
    { selector: "node.mute", style: { "text-opacity": 0, "text-background-opacity": 0 } },
    // What is pointed at has a name that can be read, however small the rest is.
    { selector: "node.hover, node.chosen", style: { "font-size": readable, "min-zoomed-font-size": 0, "text-opacity": 1, "text-background-opacity": 1, "z-index": 10 } },
    { selector: "node.chosen", style: { "border-width": 5, "border-color": theme.mark, "font-weight": "bold", "z-index": 10 } },
    {
      selector: "edge.chosen",
      style: { "line-color": theme.mark, "target-arrow-color": theme.mark, width: 4, label: "data(label)", "curve-style": "bezier", "target-arrow-shape": "triangle", "z-index": 9 },
    },
  ] as unknown as StylesheetJson; // its types know neither functions of ours nor some of these properties
}
