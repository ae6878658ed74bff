// The arrow keys: from a thing to the neighbour that lies the most in their direction.
import type { Core } from "cytoscape";

export const ARROWS: Record<string, readonly [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function towards(cy: Core, id: string, [dx, dy]: readonly [dx: number, dy: number]): string | null {
  const from = cy.getElementById(id);
  if (from.empty()) return null;
  const start = from.position();
  let best: string | null = null;
  let most = 0.2;
  from.neighborhood("node").forEach((node) => {
    const [x, y] = [node.position("x") - start.x, node.position("y") - start.y];
    const far = Math.hypot(x, y) || 1;
    const along = (x * dx + y * dy) / far - far / 100_000; // of two in the same direction, the nearer
    if (along > most) [best, most] = [node.id(), along];
  });
  return best;
}
