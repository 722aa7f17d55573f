/* Where the visitor is: the tab stands in the address and in the title, and Back and Forward walk between tabs and what
   was opened in them. Only this module writes the browser's history; tests/js/place.test.js tries what of it is pure. */
const FIRST = "sample";
const LEADING = ["edit", "learn", "sound"]; // parameters of links that lead to a tab, and belong to it alone

/** The tab that an address leads to, by its name; whether it is there is another question. */
export function tabIn(search) {
  const asked = new URLSearchParams(search);
  return asked.get("tab") || LEADING.find((name) => asked.has(name)) || FIRST;
}

/** The same address with another tab: what belongs to other tabs alone is left out. */
export function addressOf(href, tab) {
  const address = new URL(href);
  for (const name of [...LEADING, "tab"]) if (name !== tab) address.searchParams.delete(name);
  if (tab !== FIRST) address.searchParams.set("tab", tab);
  return address.href;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const button = (tab) => /** @type {HTMLElement | null} */ (document.querySelector(`#tab-${CSS.escape(tab)}-button`));

let opening = null;

/** The tab that the page was opened at. */
export const began = () => (opening ??= tabIn(location.search));

let current = FIRST;
let handed = null; // the tab that another one has just opened something in: one step of the visitor, not two
let writing = null;
const writers = new Map(); // by tab, what makes the address say what is shown there
const walkers = new Map(); // by tab, what opens again what a step of the history says
const now = new Map(); // by tab, what is open there

/** The address follows what `made()` gives for a tab, but not so often that browsers complain. */
export function follow(tab, made) {
  writers.set(tab, made);
  clearTimeout(writing);
  writing = setTimeout(settle, 300);
}

/** Put another address in the place of this one; what is open stays as it is. */
export const write = (href) => history.replaceState(history.state, "", href);

/** Write at once what waits to be written. */
export function settle() {
  if (writing === null) return;
  clearTimeout(writing);
  writing = null;
  for (const made of writers.values()) write(made());
}

/** What Back and Forward call with the `what` of their step, once they have turned to the tab. */
export const walk = (tab, open) => walkers.set(tab, open);

/** What is open in a tab, as the last step said it; undefined before the first. */
export const open = (tab) => now.get(tab);

/** Something was opened in a tab: `what` says it as plain data, and Back leads to what was open before. */
export function step(tab, what) {
  if (same(now.get(tab), what)) return;
  now.set(tab, what);
  if (tab !== current) return;
  settle();
  if (handed === tab) history.replaceState({ tab, what }, "");
  else history.pushState({ tab, what }, "");
  handed = null;
}

/** What is open in a tab is another now, without a step of its own. */
export function amend(tab, what) {
  if (same(now.get(tab), what)) return;
  now.set(tab, what);
  if (tab === current) history.replaceState({ tab, what }, "");
}

/** Turn to a tab because another one opens something there. */
export function hand(tab) {
  const turns = tab !== current;
  button(tab)?.click();
  if (turns) handed = tab;
}

function arrive(tab) {
  current = tab;
  handed = null;
  document.title = `${button(tab)?.textContent.trim() ?? tab} · GAN Atelier`;
}

function turned(tab) {
  if (tab === current) return;
  settle();
  history.pushState({ tab, what: now.get(tab) }, "", addressOf(location.href, tab));
  arrive(tab);
}

function walked({ state }) {
  const tab = state?.tab ?? tabIn(location.search);
  if (!button(tab)) return;
  clearTimeout(writing);
  writing = null;
  arrive(tab);
  button(tab).click();
  if (state?.what !== undefined) now.set(tab, state.what);
  walkers.get(tab)?.(state?.what);
  // The address of this step may tell of another tab what is no longer so.
  writing = setTimeout(settle, 300);
}

/** Turn to the tab that the address leads to, as soon as it is there; `missing(tab)` is called where it does not come. */
export function start(missing) {
  document.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest("#tabs > .tab-wrapper [role=tab]"));
    if (tab) turned(tab.dataset.tabId);
  }, true);
  window.addEventListener("popstate", walked);
  window.addEventListener("pagehide", settle);
  const led = began();
  const arriveThere = (tries) => {
    if (!button(led) && tries) return void setTimeout(arriveThere, 100, tries - 1);
    if (!button(led)) {
      history.replaceState({ tab: current, what: now.get(current) }, "", addressOf(location.href, current));
      return missing(led);
    }
    // Who turned to another tab meanwhile stays there.
    if (current !== FIRST) return;
    if (history.state?.tab === led && history.state.what !== undefined) now.set(led, history.state.what);
    arrive(led);
    history.replaceState({ tab: led, what: now.get(led) }, "", addressOf(location.href, led));
    if (led !== FIRST) button(led).click();
  };
  arriveThere(50);
}
