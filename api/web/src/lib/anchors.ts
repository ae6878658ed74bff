// Where the fragment of the address is the view, a link within the page must not become a view of its own.

/** Whether a fragment is a view, or nothing: links within the page have others. */
export function isView(fragment: string): boolean {
  return fragment === "" || fragment === "#" || /^#[a-z]+=/.test(fragment);
}

/** Let links within the page lead to their places, and leave the address and the history alone. */
export function keepAddress(): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const fragment = (event.target as Element | null)?.closest?.('a[href^="#"]')?.getAttribute("href") ?? "";
    const place = isView(fragment) ? null : document.getElementById(decodeURIComponent(fragment.slice(1)));
    if (!place) return;
    event.preventDefault();
    if (place.tabIndex < 0) place.tabIndex = -1; // what takes no focus of itself would let it stay at the link
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  });
}
