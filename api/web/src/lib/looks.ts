// How kinds look wherever they are drawn: a shape of its own for each, so that colour is never all that tells them apart;
// one table for the drawings, the legends and the SVG file.
import type { StylesheetJson } from "cytoscape";
import { html, svg, type TemplateResult } from "lit-html";

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

/** The corners of a shape for SVG, around a point; empty for a circle. */
export function cornersOf(kind: string, x: number, y: number, radius: number): string {
  const corners = SHAPES[kind] ?? [];
  const points: string[] = [];
  for (let at = 0; at + 1 < corners.length; at += 2) {
    points.push(`${round(x + (corners[at] ?? 0) * radius)},${round(y + (corners[at + 1] ?? 0) * radius)}`);
  }
  return points.join(" ");
}

export const round = (value: number) => Math.round(value * 100) / 100;

/** The rules of Cytoscape.js that give each kind its shape; nodes have the kind as data. */
export function shapeRules(): StylesheetJson {
  return Object.entries(SHAPES).flatMap(([kind, corners]) =>
    corners.length ? [{ selector: `node[kind = "${kind}"]`, style: { shape: "polygon" as const, "shape-polygon-points": [...corners] } }] : [],
  ) as unknown as StylesheetJson; // its types take the corners for a text only
}

/**
 * To be called before Cytoscape.js draws: it would write a `style` element, which the policy of the pages forbids, unless
 * something has its id. The only rule in it (the place is positioned) stands in our style sheets.
 */
export function withoutInjectedStyle(): void {
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const stand = document.createElement("meta");
  stand.id = id;
  document.head.append(stand);
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

/** Calls when other colours are on: by the switch of the page, or by the system. */
export function whenThemeChanges(changed: () => void): void {
  document.addEventListener("themechange", changed);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** The shape of a kind in its colour. */
export function swatch(kind: string): TemplateResult {
  const corners = cornersOf(kind, 8, 8, 7);
  return html`<svg class="swatch swatch-${kind}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${corners ? svg`<polygon points=${corners} />` : svg`<circle cx="8" cy="8" r="7" />`}
  </svg>`;
}
