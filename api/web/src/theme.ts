// Runs before the first paint, so that a page does not flash in the other theme. No imports: it is not a module.
{
  let kept: string | null = null;
  try {
    kept = localStorage.getItem("theme");
  } catch {
    // Storage may be forbidden; then the system's theme is taken.
  }
  if (kept === "light" || kept === "dark") document.documentElement.dataset["theme"] = kept;
}
