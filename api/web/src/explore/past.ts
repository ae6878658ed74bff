// The steps of the reader are those of the browser: each has an entry of the history, so that "back" undoes it, the
// button does what "back" does, and both still do after the page was loaded anew.
interface Entry {
  step: number;
}

const TOP = "explore-steps";

export class Past {
  private step: number;
  private top: number;

  constructor(private readonly moved: () => void) {
    this.step = stepOf(history.state);
    this.top = Math.max(this.step, kept());
    addEventListener("popstate", (event) => {
      if (event.state !== null) this.step = stepOf(event.state);
      this.moved();
    });
  }

  get canUndo(): boolean {
    return this.step > 0;
  }

  get canRedo(): boolean {
    return this.step < this.top;
  }

  push(address: string): void {
    this.step += 1;
    this.top = this.step;
    keep(this.top);
    history.pushState({ step: this.step } satisfies Entry, "", address);
  }

  replace(address: string): void {
    history.replaceState({ step: this.step } satisfies Entry, "", address);
  }

  undo(): void {
    if (this.canUndo) history.back();
  }

  redo(): void {
    if (this.canRedo) history.forward();
  }
}

function stepOf(state: unknown): number {
  const step = (state as Entry | null)?.step;
  return typeof step === "number" ? step : 0;
}

function kept(): number {
  try {
    return history.state ? Number(sessionStorage.getItem(TOP)) || 0 : 0;
  } catch {
    return 0; // storage may be forbidden; then steps that were undone before a reload cannot be done again by the button
  }
}

function keep(top: number): void {
  try {
    sessionStorage.setItem(TOP, String(top));
  } catch {
    // as above
  }
}
