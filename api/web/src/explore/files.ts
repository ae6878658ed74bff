// What is in view as files: SVG and GraphML, written here; both have the text of the graph as text and nothing else.
import type { Core } from "cytoscape";
import { cornersOf, round, type Colours } from "../lib/looks";
import { edgeId } from "./model";
import type { Scene } from "./scene";

/** Text fit for XML: what it has no characters for becomes U+FFFD. */
export function escaped(words: string): string {
  return words
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const NODE_KEYS = { label: "label", label_zh: "label_zh", label_en: "label_en", type: "type", iri: "iri", x: "x", y: "y" } as const;
const EDGE_KEYS = { label: "label", label_zh: "label_zh", label_en: "label_en", iri: "iri", inferred: "inferred", clause: "clause", place: "place", clauses: "clauses", url: "url" } as const;
const TYPES: Record<string, string> = { x: "double", y: "double", inferred: "boolean" };

/** The scene in GraphML, with the same names of fields as the files of the service. */
export function graphml(scene: Scene, cy: Core): string {
  const keys = (kind: "node" | "edge", names: object) =>
    Object.keys(names).map((name) => `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${TYPES[name] ?? "string"}"/>`);
  const data = (kind: "node" | "edge", values: Record<string, string | number | boolean | null | undefined>) =>
    Object.entries(values).flatMap(([name, value]) => (value === "" || value == null ? [] : [`<data key="${kind}-${name}">${escaped(String(value))}</data>`])).join("");
  const nodes = scene.nodes.map((node) => {
    const place = cy.getElementById(node.id).position();
    const values = { label: node.label.en ?? node.label.zh ?? node.id, label_zh: node.label.zh, label_en: node.label.en, type: node.type, iri: node.iri, x: round(place.x), y: round(place.y) };
    return `<node id="${escaped(node.id)}">${data("node", values)}</node>`;
  });
  const edges = scene.edges.map((edge) => {
    const { label, iri } = edge.predicate;
    const values = {
      label: edge.predicate.id,
      label_zh: label.zh,
      label_en: label.en,
      iri,
      inferred: edge.inferred,
      clause: edge.evidence.map((item) => item.quote).join(" | "),
      place: edge.evidence.map((item) => `${item.source}:${item.line}:${item.start}-${item.end}`).join(" | "),
      clauses: edge.evidence.map((item) => item.iri).join(" | "),
      url: [...new Set(edge.evidence.map((item) => item.url))].join(" | "),
    };
    return `<edge id="${escaped(edgeId(edge))}" source="${escaped(edge.subject)}" target="${escaped(edge.object)}">${data("edge", values)}</edge>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys("node", NODE_KEYS),
    ...keys("edge", EDGE_KEYS),
    '<graph id="view" edgedefault="directed">',
    ...nodes,
    ...edges,
    "</graph>",
    "</graphml>",
    "",
  ].join("\n");
}

const MARGIN = 60;

/** The drawing as it stands, in SVG. */
export function svgFile(cy: Core, theme: Colours, font: string): string {
  const box = cy.elements().boundingBox({});
  const [x, y, width, height] = [box.x1 - MARGIN, box.y1 - MARGIN, box.w + 2 * MARGIN, box.h + 2 * MARGIN].map(round);
  const lines = cy.edges().map((edge) => {
    const [from, to] = [edge.source(), edge.target()];
    const [a, b] = [from.position(), to.position()];
    const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / far, (b.y - a.y) / far];
    const strong = edge.hasClass("path") ? theme.seal : edge.hasClass("chosen") || edge.hasClass("near") ? theme.mark : theme.line;
    const dash = edge.hasClass("inferred") ? ' stroke-dasharray="6 4"' : "";
    const start = `x1="${round(a.x + (ux * from.width()) / 2)}" y1="${round(a.y + (uy * from.width()) / 2)}"`;
    const tip = [b.x - (ux * to.width()) / 2, b.y - (uy * to.width()) / 2] as const;
    const head = [tip, [tip[0] - 8 * ux + 4 * uy, tip[1] - 8 * uy - 4 * ux], [tip[0] - 8 * ux - 4 * uy, tip[1] - 8 * uy + 4 * ux]] as const;
    const corners = head.map(([px, py]) => `${round(px)},${round(py)}`).join(" ");
    const label = edge.hasClass("named") ? words((a.x + b.x) / 2, (a.y + b.y) / 2, String(edge.data("label")), 10, theme.soft) : "";
    return `<line ${start} x2="${round(tip[0])}" y2="${round(tip[1])}" stroke="${strong}" stroke-width="${strong === theme.line ? 1.2 : 2.5}"${dash}/><polygon points="${corners}" fill="${strong}"/>${label}`;
  });
  const shapes = cy.nodes().map((node) => {
    const [place, radius, kind] = [node.position(), node.width() / 2, String(node.data("kind"))];
    const corners = cornersOf(kind, place.x, place.y, radius);
    const stroke = node.hasClass("chosen") ? theme.mark : node.hasClass("path") ? theme.seal : theme.ground;
    const looks = `fill="${theme.of(kind)}" stroke="${stroke}" stroke-width="${stroke === theme.ground ? 1 : 4}"`;
    const shape = corners ? `<polygon points="${corners}" ${looks}/>` : `<circle cx="${round(place.x)}" cy="${round(place.y)}" r="${round(radius)}" ${looks}/>`;
    return shape + words(place.x, place.y + radius + 14, String(node.data("label")), Number(node.data("font")), theme.text);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" font-family="${escaped(font)}">`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${theme.ground}"/>`,
    ...lines,
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}

function words(x: number, y: number, label: string, size: number, colour: string): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="middle" fill="${colour}">${escaped(label)}</text>`;
}
