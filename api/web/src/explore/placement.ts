// Where things are drawn. Two ways, both the same every time: a flower for many things at once, in which each thing has
// what it brought around it; and free places near what brought them, for things that come to others.
export interface Place {
  x: number;
  y: number;
}

/** How far apart things are, labels included. */
const STEP = 74;
/** The same where there are so many that their labels are not shown. */
export const CLOSE = 46;
/** How far apart flowers are sown, as a multiple of the widest. */
const APART = 1.3;
/** What is left free between a thing and the name of another. */
const GAP = 6;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** The place of the n-th seed of a sunflower. */
function seed(n: number, step: number, turn = 0): Place {
  const radius = step * Math.sqrt(n);
  return { x: radius * Math.cos(n * GOLDEN + turn), y: radius * Math.sin(n * GOLDEN + turn) };
}

/** How large a flower is: that of its single seeds, and where the flowers in it begin and end. */
interface Size {
  step: number;
  first: number;
  radius: number;
}

/** Places for a whole scene: what brings nothing is a seed around what brought it, what brings something a flower there. */
export function flower(order: readonly string[], bringers: ReadonlyMap<string, string | null>, step = STEP): Map<string, Place> {
  const children = childrenOf(order, bringers);
  const sizes = new Map<string, Size>();
  // The breadth-first order has what brings before what is brought; backwards, the inner ones are known first.
  for (const id of [...order].reverse()) {
    const own = children.get(id) ?? [];
    const flowers = own.filter((child) => children.has(child)).map((child) => sizes.get(child)?.radius ?? step);
    const core = step * (0.75 + Math.sqrt(own.length - flowers.length));
    const widest = Math.max(0, ...flowers);
    const apart = APART * widest;
    const first = flowers.length ? Math.ceil(((core + widest) / apart) ** 2) : 0;
    const radius = flowers.length ? apart * Math.sqrt(first + flowers.length - 1) + widest : core;
    sizes.set(id, { step: apart, first, radius });
  }
  const places = new Map<string, Place>();
  const put = (id: string, place: Place) => {
    places.set(id, place);
    const { step: apart, first } = sizes.get(id) ?? { step, first: 0 };
    let [leaf, bloom] = [1, first];
    for (const child of children.get(id) ?? []) {
      const at = children.has(child) ? seed(bloom++, apart) : seed(leaf++, step);
      put(child, { x: place.x + at.x, y: place.y + at.y });
    }
  };
  let right = 0;
  for (const id of children.get(null) ?? []) {
    const radius = sizes.get(id)?.radius ?? step;
    put(id, { x: right + radius, y: 0 });
    right += 2 * radius + step;
  }
  return places;
}

/** What each thing brought, of what is shown; what a thing brought that is not shown itself counts for its own bringer. */
function childrenOf(order: readonly string[], bringers: ReadonlyMap<string, string | null>): Map<string | null, string[]> {
  const shown = new Set(order);
  const children = new Map<string | null, string[]>();
  for (const id of order) {
    let bringer = bringers.get(id) ?? null;
    while (bringer !== null && !shown.has(bringer)) bringer = bringers.get(bringer) ?? null;
    const own = children.get(bringer);
    if (own) own.push(id);
    else children.set(bringer, [id]);
  }
  return children;
}

/** What a thing takes around its place, its name included. */
export interface Room {
  across: number;
  above: number;
  below: number;
}

/** Seeds that are tried for one thing. */
const TRIED = 2000;

/** Places for things that are new, near what brought them, where nothing is yet; the others stay where they are. */
export function beside(fresh: readonly string[], bringers: ReadonlyMap<string, string | null>, taken: ReadonlyMap<string, Place>, roomOf: (id: string) => Room): Map<string, Place> {
  const full = new Map(taken);
  const centre = middle(taken);
  const next = new Map<string, number>();
  const found = new Map<string, Place>();
  const fits = (id: string, place: Place) => {
    const room = roomOf(id);
    for (const [other, at] of full) if (overlap(room, place, roomOf(other), at)) return false;
    return true;
  };
  for (const id of fresh) {
    const bringer = bringers.get(id) ?? "";
    const near = found.get(bringer) ?? taken.get(bringer) ?? centre;
    // Seeds are sown a little outwards from the middle, where there is room.
    const away = Math.atan2(near.y - centre.y, near.x - centre.x);
    const apart = Math.hypot(near.x - centre.x, near.y - centre.y) > STEP ? 1.6 * STEP : 0;
    const sown = (n: number): Place => {
      const at = seed(n, STEP, away);
      return { x: near.x + at.x + apart * Math.cos(away), y: near.y + at.y + apart * Math.sin(away) };
    };
    let n = next.get(bringer) ?? 1;
    for (const last = n + TRIED; n < last && !fits(id, sown(n)); ) n++;
    full.set(id, sown(n));
    found.set(id, sown(n));
    next.set(bringer, n + 1);
  }
  return found;
}

/** Whether two things would cover each other, or a name of one the other. */
function overlap(one: Room, at: Place, other: Room, there: Place): boolean {
  return Math.abs(at.x - there.x) < one.across + other.across + GAP && at.y - there.y < one.above + other.below + GAP && there.y - at.y < other.above + one.below + GAP;
}

function middle(taken: ReadonlyMap<string, Place>): Place {
  const sum = { x: 0, y: 0 };
  for (const place of taken.values()) {
    sum.x += place.x;
    sum.y += place.y;
  }
  const count = Math.max(1, taken.size);
  return { x: sum.x / count, y: sum.y / count };
}
