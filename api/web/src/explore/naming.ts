// Which things have their names on them: at any zoom the best connected, as far as no name covers another.
import type { Core, NodeSingular } from "cytoscape";

/** The smallest that a name is still read at, in pixels of the screen; Chinese characters have more strokes. */
const READ = 8.5;
const READ_HAN = 9.5;
/** How many letters stand in a line, as a multiple of their size. */
export const LINE = 11;
/** How many of them the library surely puts into one line: it breaks a line before it is quite full. */
const FULL = 0.94 * LINE;
/** How far below a thing its name is. */
export const BELOW = 4;
const GAP = 3;
const CELL = 80;

/** A part of the screen that is taken. */
interface Taken {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const canvas = document.createElement("canvas").getContext("2d");

/** How wide words are, as a multiple of the size of their letters. */
function widthOf(words: string): number {
  if (!canvas) return words.length;
  canvas.font = `20px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(words).width / 20;
}

/** How wide a label is and how many lines it has, as multiples of its size; rather too much than too little. */
export function measured(label: string): { across: number; lines: number } {
  const words = (label.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? []).map((word) => (/^[\u2e80-\uffff]/.test(word) ? 1 : widthOf(word)));
  const whole = words.reduce((sum, width) => sum + width, 0);
  if (whole < FULL) return { across: whole, lines: 1 };
  let [lines, line] = [1, 0];
  for (const width of words) {
    if (line && line + width > FULL) {
      lines += 1;
      line = 0;
    }
    line += width;
  }
  return { across: Math.max(Math.min(whole, LINE), ...words), lines };
}

/** How large a name is drawn, in the units of the drawing, so that it can be read. */
export function readable(node: NodeSingular, least = node.data("han") ? READ_HAN : READ): number {
  return Math.max(Number(node.data("font")), least / node.cy().zoom());
}

/** Parts of the screen that are taken, by cells, so that few must be compared. */
class Screen {
  private readonly cells = new Map<string, Taken[]>();

  private *of({ left, right, top, bottom }: Taken): Generator<string> {
    for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) yield `${x} ${y}`;
  }

  has(room: Taken): boolean {
    for (const cell of this.of(room)) {
      for (const one of this.cells.get(cell) ?? []) {
        if (one.left < room.right && room.left < one.right && one.top < room.bottom && room.top < one.bottom) return true;
      }
    }
    return false;
  }

  take(room: Taken): void {
    for (const cell of this.of(room)) {
      const known = this.cells.get(cell);
      if (known) known.push(room);
      else this.cells.set(cell, [room]);
    }
  }
}

const weight = (node: NodeSingular) => (node.hasClass("chosen") ? 3e6 : node.hasClass("start") ? 2e6 : node.hasClass("path") ? 1e6 : 0) + Number(node.data("degree"));

/** Give the names that fit to the things, the best connected first; the others have none for now. */
export function nameWhatFits(cy: Core): void {
  const zoom = cy.zoom();
  const screen = new Screen();
  const nodes = cy.nodes().toArray().map((node) => ({ node, weight: weight(node) })).sort((one, other) => other.weight - one.weight);
  cy.batch(() => {
    for (const { node, weight } of nodes) {
      const font = readable(node);
      const { x, y } = node.position();
      const [across, high] = [Number(node.data("across")) * font * zoom, Number(node.data("lines")) * font * zoom * 1.2];
      const [middle, top] = [x * zoom, (y + Number(node.data("size")) / 2 + BELOW) * zoom];
      const room = { left: middle - across / 2 - GAP, right: middle + across / 2 + GAP, top, bottom: top + high + GAP };
      const fits = weight >= 1e6 || !screen.has(room);
      if (fits) {
        screen.take(room);
        if (node.data("drawn") !== font) node.data("drawn", font);
      }
      if (node.hasClass("mute") === fits) node.toggleClass("mute", !fits);
    }
  });
}

/** Name all things in their own size: to lay them out, and for files that are looked at more closely. */
export function nameAll(cy: Core): void {
  cy.batch(() => {
    cy.nodes().forEach((node) => {
      if (node.data("drawn") !== node.data("font")) node.data("drawn", node.data("font"));
      if (node.hasClass("mute")) node.removeClass("mute");
    });
  });
}
