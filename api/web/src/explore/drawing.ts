// The canvas: shows a scene, keeps places, and tells what was pointed at. It decides nothing.
import cytoscape, { type BoundingBox12, type CollectionReturnValue, type Core, type ElementDefinition, type LayoutOptions, type NodeSingular, type EdgeSingular } from "cytoscape";
import fcose from "cytoscape-fcose";
import { partLabels } from "../lib/boxes";
import { drawable } from "../lib/clipping";
import { colours, whenThemeChanges, withoutInjectedStyle } from "../lib/looks";
import { languageOf, text } from "../lib/page";
import { fontOf, sizeOf, stylesheet } from "./looks";
import { edgeId, type Thing } from "./model";
import { BELOW, measured, nameAll, nameWhatFits } from "./naming";
import { beside, CLOSE, flower, type Place, type Room } from "./placement";
import type { Scene } from "./scene";
import type { Selection, View } from "./view";

cytoscape.use(fcose);

/** With more things than that, less is drawn while they are moved, and they are laid out in one pass. */
const MANY = 400;
/** Up to so many relations all have their name on them. */
const FEW_EDGES = 30;

/** What is drawn of a thing: its name, and how large both are; `across` and `lines` as multiples of the letters. */
interface Look {
  label: string;
  degree: number;
  han: boolean;
  size: number;
  font: number;
  drawn: number;
  across: number;
  lines: number;
}

type SingularElement = NodeSingular | EdgeSingular;

interface Listeners {
  select: (selected: Selection | null) => void;
  open: (node: string) => void;
}

export class Drawing {
  private cy: Core;
  private many = false;
  private zooming = 0;
  /** What `mark` has marked, so that it need not look at thousands of things. */
  private marked: CollectionReturnValue;
  private few = false;
  private faded = false;
  private readonly sized = new Map<string, Look>();
  private readonly tip = document.createElement("div");
  /** Where things are, or were when they were last in view. */
  private readonly places = new Map<string, Place>();

  constructor(
    private readonly container: HTMLElement,
    private readonly listeners: Listeners,
  ) {
    withoutInjectedStyle();
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.tip.ariaHidden = "true";
    container.after(this.tip);
    this.cy = this.made();
    this.marked = this.cy.collection();
    whenThemeChanges(() => this.recolour());
    new ResizeObserver(() => this.cy.resize()).observe(container);
  }

  /** The library's own object, for files and tests. */
  get core(): Core {
    return this.cy;
  }

  private made(): Core {
    const cy = cytoscape({
      container: this.container,
      style: stylesheet(colours(), this.many),
      minZoom: 0.02,
      maxZoom: 4,
      boxSelectionEnabled: false,
      autounselectify: true,
      hideEdgesOnViewport: this.many,
      textureOnViewport: this.many,
      ...(this.many ? { pixelRatio: 1 } : {}),
    });
    cy.on("tap", (event) => {
      if (event.target === cy) this.listeners.select(null);
    });
    cy.on("tap", "node", (event) => this.listeners.select({ what: "node", id: (event.target as NodeSingular).id() }));
    cy.on("tap", "edge", (event) => this.listeners.select({ what: "edge", id: (event.target as NodeSingular).id() }));
    cy.on("dbltap", "node", (event) => this.listeners.open((event.target as NodeSingular).id()));
    cy.on("mouseover", "node, edge", (event) => this.point(event.target as SingularElement, true));
    cy.on("mouseout", "node, edge", (event) => this.point(event.target as SingularElement, false));
    cy.on("viewport", () => void (this.tip.hidden = true));
    cy.on("zoom", () => {
      clearTimeout(this.zooming);
      this.zooming = window.setTimeout(() => this.name(), 120);
    });
    cy.on("dragfree", "node", (event) => {
      const node = event.target as NodeSingular;
      this.places.set(node.id(), { ...node.position() });
      this.name();
    });
    return cy;
  }

  /** Name what is pointed at: among many beside the drawing, since to draw them all again would take too long. */
  private point(element: SingularElement, at: boolean): void {
    if (this.many) {
      this.tip.hidden = !at;
      if (!at) return;
      const box = element.renderedBoundingBox({ includeLabels: false });
      this.tip.textContent = String(element.data("label"));
      this.tip.style.left = `${Math.min((box.x1 + box.x2) / 2, this.cy.width() - 40)}px`;
      this.tip.style.top = `${element.isNode() ? box.y2 : (box.y1 + box.y2) / 2}px`;
    } else if (element.isNode()) element.toggleClass("hover", at);
    else if (at) element.addClass("named");
    else if (this.cy.edges().length > FEW_EDGES && !element.hasClass("near") && !element.hasClass("path")) element.removeClass("named");
  }

  /** Name what there is room for at this zoom. */
  private name(): void {
    if (!this.cy.destroyed()) nameWhatFits(this.cy);
  }

  private recolour(): void {
    this.cy.style(stylesheet(colours(), this.many));
  }

  /** Show a scene: what stays stays where it is. */
  show(scene: Scene, view: View, degrees: (node: string) => number): void {
    const many = scene.nodes.length > MANY;
    if (many !== this.many) {
      this.many = many;
      const viewport = { zoom: this.cy.zoom(), pan: { ...this.cy.pan() } };
      this.cy.destroy();
      this.cy = this.made();
      this.marked = this.cy.collection();
      this.cy.viewport(viewport);
    }
    nameAll(this.cy);
    this.sized.clear();
    const ids = new Set<string>([...scene.nodes.map((node) => node.id), ...scene.edges.map(edgeId)]);
    const before = this.placesOf(scene);
    const unplaced = scene.nodes.filter((node) => !before.has(node.id)).map((node) => node.id);
    const again = unplaced.length > before.size;
    const placed = again
      ? this.flowerOf(scene)
      : beside(unplaced, scene.bringers, before, this.roomsOf(scene, degrees));
    for (const [id, place] of placed) this.places.set(id, place);
    this.cy.batch(() => {
      this.cy.elements().filter((element) => !ids.has(element.id())).remove();
      const added: ElementDefinition[] = [];
      for (const node of scene.nodes) {
        const found = this.cy.getElementById(node.id);
        if (found.nonempty()) {
          if (again) found.position({ ...(this.places.get(node.id) ?? { x: 0, y: 0 }) });
          continue;
        }
        const data = { id: node.id, kind: node.type, ...this.look(node, degrees) };
        added.push({ group: "nodes", data, position: { ...(this.places.get(node.id) ?? { x: 0, y: 0 }) } });
      }
      for (const edge of scene.edges) {
        const id = edgeId(edge);
        if (this.cy.getElementById(id).nonempty()) continue;
        const data = { id, source: edge.subject, target: edge.object, label: drawable(text(edge.predicate.label)) };
        added.push({ group: "edges", data, classes: edge.inferred ? "inferred" : "" });
      }
      this.cy.add(added);
      this.mark(scene, view);
    });
    if (again) this.arrange();
    else if (unplaced.length) {
      this.reveal(unplaced);
    }
    this.name();
  }

  /** What a thing looks like in its own size. */
  private look(thing: Thing, degrees: (node: string) => number): Look {
    const known = this.sized.get(thing.id);
    if (known) return known;
    const [label, degree] = [drawable(text(thing.label) || thing.id), degrees(thing.id)];
    const font = fontOf(degree);
    const look = { label, degree, han: languageOf(label) === "zh", size: sizeOf(degree), font, drawn: font, ...measured(label) };
    this.sized.set(thing.id, look);
    return look;
  }

  /** The room that things take; among many, whose names are not shown, that of the things alone. */
  private roomsOf(scene: Scene, degrees: (node: string) => number): (id: string) => Room {
    const things = new Map(scene.nodes.map((node) => [node.id, node]));
    const rooms = new Map<string, Room>();
    return (id) => {
      const thing = things.get(id);
      const known = rooms.get(id);
      if (known || !thing) return known ?? { across: 0, above: 0, below: 0 };
      const { size, across, lines, font } = this.look(thing, degrees);
      const half = size / 2;
      const room = this.many ? { across: half, above: half, below: half } : { across: Math.max(half, (across * font) / 2), above: half, below: half + BELOW + lines * font * 1.2 };
      rooms.set(id, room);
      return room;
    };
  }

  private flowerOf(scene: Scene): Map<string, Place> {
    const ids = scene.nodes.map((node) => node.id);
    return this.many ? flower(ids, scene.bringers, CLOSE) : flower(ids, scene.bringers);
  }

  private placesOf(scene: Scene): Map<string, Place> {
    return new Map(scene.nodes.flatMap((node) => {
      const place = this.places.get(node.id);
      return place ? [[node.id, place] as const] : [];
    }));
  }

  /** Mark what is chosen, what is joined to it, and the path. */
  mark(scene: Scene, view: View): void {
    const cy = this.cy;
    const few = cy.edges().length <= FEW_EDGES;
    cy.batch(() => {
      this.marked.removeClass("chosen near path start named");
      if (few) cy.edges().addClass("named");
      else if (this.few) cy.edges().removeClass("named");
      if (this.faded) cy.elements().removeClass("faded");
      this.few = few;
      this.faded = scene.path.size > 0;
      const start = cy.getElementById(view.root).addClass("start");
      let path = cy.collection();
      for (const id of scene.path) path = path.union(cy.getElementById(id));
      path.addClass("path named");
      if (this.faded) cy.elements().not(path).addClass("faded");
      const chosen = view.selected ? cy.getElementById(view.selected.id) : cy.collection();
      chosen.addClass("chosen").removeClass("faded");
      const near = view.selected?.what === "node" ? chosen.connectedEdges() : cy.collection();
      near.addClass(near.length <= FEW_EDGES ? "near named" : "near").removeClass("faded");
      near.connectedNodes().removeClass("faded");
      this.marked = start.union(path).union(chosen).union(near);
    });
  }

  /** Lay everything out anew. */
  arrange(scene?: Scene): void {
    nameAll(this.cy);
    if (scene) {
      for (const [id, place] of this.flowerOf(scene)) {
        this.places.set(id, place);
        this.cy.getElementById(id).position({ ...place });
      }
    }
    if (!this.many && this.cy.nodes().length > 2) {
      const crowded = this.cy.nodes().length > 50;
      const options = {
        name: "fcose",
        quality: "proof",
        randomize: false,
        animate: false,
        fit: false,
        packComponents: false,
        nodeDimensionsIncludeLabels: true,
        idealEdgeLength: () => (crowded ? 140 : 100),
        nodeRepulsion: () => (crowded ? 40_000 : 12_000),
        gravity: crowded ? 0.12 : 0.2,
      };
      this.cy.layout(options as unknown as LayoutOptions).run();
      this.stretch();
      this.partLabels();
    }
    this.fit();
    this.name();
  }

  /** Give what is drawn the shape of the window. */
  private stretch(): void {
    const box = this.cy.nodes().boundingBox({ includeLabels: false });
    const wanted = this.cy.width() / Math.max(1, this.cy.height());
    const factor = Math.min(1.5, Math.max(0.67, Math.sqrt(wanted / (box.w / Math.max(1, box.h)))));
    this.cy.batch(() => {
      this.cy.nodes().forEach((node) => void node.position({ x: node.position("x") * factor, y: node.position("y") / factor }));
    });
  }

  private partLabels(): void {
    for (const [id, place] of partLabels(this.cy)) this.places.set(id, place);
  }

  fit(): void {
    if (this.cy.nodes().empty()) return;
    this.cy.fit(this.cy.elements(), 36);
    if (this.cy.zoom() > 1.4) {
      this.cy.zoom(1.4);
      this.cy.center();
    }
  }

  /** Bring things into the window where they are not; nothing moves that need not. */
  private reveal(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const box = this.cy.nodes().filter((node) => wanted.has(node.id())).boundingBox({ includeLabels: !this.many });
    if (!this.isInSight(box)) this.fit();
  }

  private isInSight(box: BoundingBox12): boolean {
    const window_ = this.cy.extent();
    return box.x1 >= window_.x1 && box.x2 <= window_.x2 && box.y1 >= window_.y1 && box.y2 <= window_.y2;
  }

  /** Bring one thing into the middle, unless it can be read where it is. */
  focus(id: string): void {
    const found = this.cy.getElementById(id);
    if (found.empty()) return;
    const small = this.cy.zoom() < 0.7;
    if (!small && this.isInSight(found.boundingBox())) return;
    if (small) this.cy.zoom(0.9);
    this.cy.center(found);
  }

  zoom(factor: number): void {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }

  /** The drawing as an image, with all names: it will be looked at more closely. */
  async png(): Promise<Blob> {
    nameAll(this.cy);
    const image = await this.cy.png({ output: "blob-promise", full: true, scale: 2, maxWidth: 8000, maxHeight: 8000, bg: colours().ground });
    this.name();
    return image;
  }
}
