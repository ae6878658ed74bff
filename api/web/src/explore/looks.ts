// What a drawing of the graph looks like: sizes, letters, and the rules for nodes and edges in each state.
import type { NodeSingular, StylesheetJson } from "cytoscape";
import { round, shapeRules, type Colours } from "../lib/looks";
import { BELOW, LINE, readable } from "./naming";

/** How wide a node is: the more relations, the wider, but never much. */
export function sizeOf(degree: number): number {
  return 24 + Math.min(26, 3 * Math.sqrt(degree));
}

/** Things with many relations have larger names, which are still read where those of others are too small to be shown. */
export function fontOf(degree: number): number {
  return round(11.5 + Math.min(14, 1.1 * Math.sqrt(degree)));
}

/** What is pointed at or chosen has a name that can be read, however small the rest is. */
const clear = (node: NodeSingular) => readable(node, 12);
const wide = (size: number) => `${Math.round(LINE * size * 10) / 10}px`;

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
        "font-size": "data(drawn)",
        color: theme.text,
        "text-valign": "bottom",
        "text-margin-y": BELOW,
        "text-wrap": "wrap",
        "text-max-width": (node: NodeSingular) => wide(Number(node.data("drawn"))),
        "text-background-color": theme.ground,
        "text-background-opacity": many ? 0 : 0.8,
        "text-background-padding": "1px",
        "overlay-color": theme.mark,
      },
    },
    { selector: "node[?han]", style: { "text-overflow-wrap": "anywhere" } },
    ...shapeRules(),
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
    { selector: "node.hover, node.chosen", style: { "font-size": clear, "text-max-width": (node: NodeSingular) => wide(clear(node)), "text-opacity": 1, "text-background-opacity": 1, "z-index": 10 } },
    { selector: "node.chosen", style: { "border-width": 5, "border-color": theme.mark, "z-index": 10 } },
    {
      selector: "edge.chosen",
      style: { "line-color": theme.mark, "target-arrow-color": theme.mark, width: 4, label: "data(label)", "curve-style": "bezier", "target-arrow-shape": "triangle", "z-index": 9 },
    },
  ] as unknown as StylesheetJson; // its types know neither functions of ours nor some of these properties
}
