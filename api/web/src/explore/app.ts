// The page: takes steps, asks for what they need, and lets the parts show the outcome.
import { html, nothing, render } from "lit-html";
import { isView } from "../lib/anchors";
import { Failure, json } from "../lib/api";
import { clipped } from "../lib/clipping";
import { colours } from "../lib/looks";
import { t, text, type Labels } from "../lib/page";
import { save } from "../lib/save";
import { ARROWS, towards } from "./arrows";
import { addressOf, viewAt } from "./address";
import { Drawing } from "./drawing";
import { graphml, svgFile } from "./files";
import { countWords, filters, spoken } from "./filters";
import type { Finder } from "./finding";
import { Knowledge } from "./knowledge";
import { panel, type More } from "./panel";
import { Past } from "./past";
import { brings, sceneOf, type Scene } from "./scene";
import { tables, type Pages } from "./tables";
import { banner, heading, tools, type Format } from "./tools";
import { reduce, undoable, ALL, type Action, type Selection, type View } from "./view";

export interface Places {
  heading: HTMLElement;
  tools: HTMLElement;
  banner: HTMLElement;
  canvas: HTMLElement;
  count: HTMLElement;
  waiting: HTMLElement;
  panel: HTMLElement;
  filters: HTMLElement;
  tables: HTMLElement;
  status: HTMLElement;
}

export class App {
  private view: View;
  private scene: Scene | null = null;
  private known: Knowledge;
  private readonly all = new Map<boolean, Knowledge>();
  private readonly more = new Map<string, More | Failure>();
  /** Things of which more is asked. */
  private readonly asking = new Set<string>();
  private readonly past: Past;
  readonly drawing: Drawing;
  private pages: Pages = { things: 0, relations: 0 };
  private steering = false;
  private pathFrom: string | null = null;
  private failure: Failure | null = null;
  private waiting = false;
  private turn = 0;

  constructor(
    private readonly places: Places,
    private readonly opened: { root: string; depth: number; inferred: boolean; relations: Record<string, Labels> },
  ) {
    this.view = viewAt(opened.root, opened.depth, opened.inferred, location.hash);
    this.known = this.knowledge(this.view.inferred);
    this.past = new Past(() => this.returned());
    this.drawing = new Drawing(places.canvas, {
      select: (selected) => this.select(selected),
      open: (node) => this.toggle(node),
    });
    places.canvas.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", (event) => this.shortcut(event));
  }

  /** Take a step. */
  readonly act = (action: Action): void => {
    const view = reduce(this.view, action);
    if (view === this.view) return;
    this.view = view;
    if (action.do === "path" || action.do === "start") this.pathFrom = null;
    const address = addressOf(view, new URLSearchParams(location.search));
    if (undoable(action)) this.past.push(address);
    else this.past.replace(address);
    if (action.do === "select" && this.scene && !this.failure && this.known.knows(view)) this.chosen(this.scene);
    else void this.sync();
  };

  /** Show what is chosen: nothing else has changed, and among thousands of things to look anew takes long. */
  private chosen(scene: Scene): void {
    this.drawing.mark(scene, this.view);
    this.draw();
    if (this.view.selected && !this.steering) this.showPanel();
    void this.learnMore();
  }

  /** Bring what is said of the chosen thing into sight: it may stand far above a table, or below the drawing. */
  private showPanel(): void {
    const { top } = this.places.panel.getBoundingClientRect();
    if (top >= 0 && top < 0.8 * innerHeight) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.places.panel.scrollIntoView({ block: top < 0 ? "start" : "nearest", behavior: still ? "auto" : "smooth" });
  }

  private knowledge(inferred: boolean): Knowledge {
    const known = this.all.get(inferred) ?? new Knowledge(inferred, this.opened.relations);
    this.all.set(inferred, known);
    return known;
  }

  /** The browser went back or forward. */
  private returned(): void {
    if (!isView(location.hash)) {
      // Written by hand: links within the page leave the address alone.
      this.past.replace(addressOf(this.view, new URLSearchParams(location.search)));
      return;
    }
    const query = new URLSearchParams(location.search);
    const root = query.get("root") ?? this.opened.root;
    // The address as the page was opened with may name the thing in words; what it meant is known.
    const named = root.includes("/") ? root : this.opened.root;
    this.view = viewAt(named, Number(query.get("depth")) || 1, query.get("inferred") === "true", location.hash);
    void this.sync();
  }

  /** Ask for what the view needs, and show it. */
  async sync(): Promise<void> {
    const turn = ++this.turn;
    this.known = this.knowledge(this.view.inferred);
    this.failure = null;
    this.waiting = !this.known.knows(this.view);
    if (this.waiting) this.draw();
    try {
      await this.known.learn(this.view);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (turn === this.turn) this.failure = error;
    }
    if (turn !== this.turn) return;
    this.waiting = false;
    if (this.known.things.size) {
      this.scene = sceneOf(this.view, this.known);
      this.drawing.show(this.scene, this.view, (node) => this.degree(node));
    }
    this.draw();
    void this.learnMore();
  }

  private degree(node: string): number {
    let sum = 0;
    for (const count of this.known.totals.get(node)?.values() ?? []) sum += count;
    return sum;
  }

  private select(selected: Selection | null): void {
    this.act({ do: "select", selected });
  }

  private toggle(node: string): void {
    if (this.scene && brings(this.scene, node)) this.act({ do: "collapse", node });
    else this.act({ do: "expand", node, relation: ALL, direction: "both" });
  }

  /** What the page of the chosen thing says besides. */
  private async learnMore(): Promise<void> {
    const selected = this.view.selected;
    if (selected?.what !== "node" || this.more.has(selected.id) || this.asking.has(selected.id)) return;
    this.asking.add(selected.id);
    try {
      const address = selected.id.split("/").map(encodeURIComponent).join("/");
      const found = await json<Partial<More>>(`/doc/${address}`, { format: "json" });
      this.more.set(selected.id, { ...found, description: found.description ?? null, evidence: found.evidence ?? [] });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.more.set(selected.id, error);
    } finally {
      this.asking.delete(selected.id);
    }
    this.draw();
  }

  /** Ask once more for what did not come of the chosen thing. */
  private again(): void {
    this.more.delete(this.view.selected?.id ?? "");
    this.draw();
    void this.learnMore();
  }

  /** Show a thing: in the middle where it is in view, and else added. */
  private readonly find = (node: string): void => {
    if (this.scene?.nodes.some((thing) => thing.id === node)) {
      this.select({ what: "node", id: node });
      this.drawing.focus(node);
    } else this.act({ do: "add", node });
  };

  private readonly from = (node: string | null): void => {
    this.pathFrom = node;
    this.draw();
  };

  private draw(): void {
    const focused = document.activeElement;
    const row = focused?.closest<HTMLElement>("tr[data-id]")?.dataset["id"];
    const within = focused && this.places.panel.contains(focused) ? this.places.panel : null;
    this.drawParts();
    if (!focused || focused.isConnected) return;
    // What had the focus is gone: it goes to what stands for the same thing, and not to the top of the page.
    if (within) within.querySelector<HTMLElement>(".panel-title")?.focus();
    else if (row) this.places.tables.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(row)}"] button`)?.focus();
  }

  private drawParts(): void {
    const { view, known, scene, places } = this;
    const shared = { view, scene, known, act: this.act };
    render(
      tools({
        ...shared,
        canUndo: this.past.canUndo,
        canRedo: this.past.canRedo,
        undo: () => this.past.undo(),
        redo: () => this.past.redo(),
        fit: () => this.drawing.fit(),
        arrange: () => scene && this.drawing.arrange(scene),
        zoom: (factor) => this.drawing.zoom(factor),
        save: (format) => this.save(format),
      }),
      places.tools,
    );
    render(
      banner({ ...shared, waiting: this.waiting, failure: this.failure, pathFrom: this.pathFrom, from: this.from, again: () => void this.sync() }),
      places.banner,
    );
    render(this.waiting ? html`<span class="loading">${t("Loading …", "正在载入……")}</span>` : nothing, places.waiting);
    if (!scene) {
      // What the server wrote is then all that there is.
      if (this.failure) document.getElementById("plain")?.removeAttribute("hidden");
      return;
    }
    render(heading(shared), places.heading);
    document.title = `${clipped(text(known.things.get(view.root)?.label) || view.root)} · ${t("Explore the graph", "图谱浏览")}`;
    const words = countWords(scene);
    if (places.count.textContent !== words) places.count.textContent = words;
    places.canvas.setAttribute("aria-label", spoken(view, scene, known));
    const more = view.selected?.what === "node" ? this.more.get(view.selected.id) : undefined;
    render(panel({ view, scene, known, more, pathFrom: this.pathFrom }, { act: this.act, pathFrom: this.from, again: () => this.again() }), places.panel);
    render(filters(view, scene, known, this.act), places.filters);
    const turn = (which: keyof Pages, page: number) => {
      this.pages = { ...this.pages, [which]: page };
      this.draw();
    };
    render(tables({ view, scene, known, pages: this.pages, act: this.act, turn }), places.tables);
  }

  /** For the box that finds things. */
  finder(): Finder {
    return {
      scene: () => this.scene,
      choose: (node) => {
        if (this.pathFrom && this.pathFrom !== node) this.act({ do: "path", from: this.pathFrom, to: node });
        else this.find(node);
      },
    };
  }

  private async save(format: Format): Promise<void> {
    if (!this.scene) return;
    const cy = this.drawing.core;
    const name = `${this.view.root.replace(/[^\w-]+/g, "-")}.${format}`;
    if (format === "graphml") save(name, new Blob([graphml(this.scene, cy)], { type: "application/graphml+xml" }));
    else if (format === "svg") save(name, new Blob([svgFile(cy, colours(), getComputedStyle(document.body).fontFamily)], { type: "image/svg+xml" }));
    else save(name, await this.drawing.png());
  }

  private key(event: KeyboardEvent): void {
    const step = ARROWS[event.key];
    const at = this.view.selected?.what === "node" ? this.view.selected.id : null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) {
      const next = at ? towards(this.drawing.core, at, step) : this.view.root;
      if (next) {
        this.steering = true; // who goes from thing to thing looks at the drawing
        this.select({ what: "node", id: next });
        this.steering = false;
        this.drawing.focus(next);
        this.say(next);
      }
    } else if (event.key === "Enter" && at) this.toggle(at);
    else if (event.key === "Escape") this.select(null);
    else if (event.key === "+" || event.key === "=") this.drawing.zoom(1.25);
    else if (event.key === "-") this.drawing.zoom(0.8);
    else return;
    event.preventDefault();
  }

  private shortcut(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if ((event.target as Element | null)?.closest("input, textarea, select")) return; // they have their own undoing
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.past.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) this.past.redo();
    else return;
    event.preventDefault();
  }

  private say(node: string): void {
    const thing = this.known.things.get(node);
    const name = clipped(text(thing?.label) || node);
    const many = this.degree(node);
    this.places.status.textContent = t(`${name}, ${many} ${many === 1 ? "relation" : "relations"}`, `${name}，${many} 条关系`);
  }
}
