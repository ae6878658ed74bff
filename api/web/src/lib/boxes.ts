// Boxes that must not cover each other: things with their labels in a drawing.
import type { Core } from "cytoscape";

interface Point {
  x: number;
  y: number;
}

/** A thing with its label, as a box around a place. */
interface Box {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const ROUNDS = 120;

/** Push boxes apart until none covers another. Changes the boxes. */
function pushApart(boxes: readonly Box[]): void {
  for (let turn = 0; turn < ROUNDS; turn++) {
    const sorted = [...boxes].sort((one, other) => one.y - one.height / 2 - (other.y - other.height / 2));
    let moved = false;
    for (let first = 0; first < sorted.length; first++) {
      const one = sorted[first] as Box;
      for (let second = first + 1; second < sorted.length; second++) {
        const other = sorted[second] as Box;
        if (other.y - other.height / 2 > one.y + one.height / 2) break; // nor do those that lie lower
        moved = part(one, other) || moved;
      }
    }
    if (!moved) return;
  }
}

function part(one: Box, other: Box): boolean {
  const wide = (one.width + other.width) / 2 - Math.abs(one.x - other.x);
  const high = (one.height + other.height) / 2 - Math.abs(one.y - other.y);
  if (wide <= 0.5 || high <= 0.5) return false;
  if (wide < high) {
    const way = one.x < other.x || (one.x === other.x && one.id < other.id) ? 1 : -1;
    one.x -= (way * wide) / 2;
    other.x += (way * wide) / 2;
  } else {
    const way = one.y < other.y || (one.y === other.y && one.id < other.id) ? 1 : -1;
    one.y -= (way * high) / 2;
    other.y += (way * high) / 2;
  }
  return true;
}

/** Move things so that no label covers another thing; tells where each is now. */
export function partLabels(cy: Core): Map<string, Point> {
  const shifts = new Map<string, Point>();
  const boxes = cy.nodes().map((node): Box => {
    const box = node.boundingBox({ includeLabels: true, includeOverlays: false });
    const at = { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 };
    shifts.set(node.id(), { x: node.position("x") - at.x, y: node.position("y") - at.y });
    return { id: node.id(), ...at, width: box.w + 8, height: box.h + 8 };
  });
  pushApart(boxes);
  const places = new Map<string, Point>();
  cy.batch(() => {
    for (const box of boxes) {
      const shift = shifts.get(box.id) ?? { x: 0, y: 0 };
      const place = { x: box.x + shift.x, y: box.y + shift.y };
      places.set(box.id, place);
      cy.getElementById(box.id).position({ ...place });
    }
  });
  return places;
}
