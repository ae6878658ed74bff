// Puts what the page of another view shows in the place of what this one shows.
/** An element that the page has, whatever it shows. */
export function part<E extends HTMLElement>(id: string, within: Document = document): E {
  const found = within.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** The controls stay what they are, so that the focus does; only what they offer, and what is chosen, is new. */
function takeControls(fresh: HTMLFormElement, form: HTMLFormElement, typed: boolean): void {
  for (const select of form.querySelectorAll("select")) {
    const other = fresh.querySelector<HTMLSelectElement>(`#${CSS.escape(select.id)}`);
    if (!other) continue;
    const at = other.selectedIndex;
    select.replaceChildren(...[...other.options].map((option) => document.adoptNode(option)));
    select.selectedIndex = at;
  }
  const text = form.querySelector<HTMLInputElement>("input[name=q]");
  const other = fresh.querySelector<HTMLInputElement>("input[name=q]");
  // What is being typed is newer than the answer.
  if (text && other && !typed) text.value = other.value;
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  form.prepend(...[...fresh.querySelectorAll("input[type=hidden]")].map((each) => document.adoptNode(each)));
}

/** Put what the page of another view shows in the place of what this one shows. */
export function take(fresh: Document, typed: boolean): void {
  const focused = document.activeElement;
  const results = part("results");
  const trouble = part("trouble");
  const lost = focused !== null && (results.contains(focused) || trouble.contains(focused));
  trouble.replaceChildren();
  takeControls(part<HTMLFormElement>("filters", fresh), part<HTMLFormElement>("filters"), typed);
  results.replaceWith(document.adoptNode(part("results", fresh)));
  part("status").textContent = part("status", fresh).textContent;
  document.title = fresh.title;
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel=alternate]")) {
    const other = fresh.querySelector<HTMLLinkElement>(`link[rel=alternate][type="${CSS.escape(link.type)}"]`);
    if (other) link.href = other.getAttribute("href") ?? link.href;
  }
  if (!lost) return;
  const same = focused.id ? document.getElementById(focused.id) : null;
  if (same) return same.focus({ preventScroll: true });
  const status = part("status");
  status.tabIndex = -1;
  status.focus({ preventScroll: true });
}
