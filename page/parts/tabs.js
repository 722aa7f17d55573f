/* The row of tabs: one stop for the keyboard, arrow keys within it, and the chosen one in sight where the row scrolls. */
import { mark } from "./atelier.js";

/** The place that a key leads to from place `at` of `count`; undefined for any other key. */
export function stepped(key, at, count) {
  return { ArrowRight: (at + 1) % count, ArrowLeft: (at - 1 + count) % count, Home: 0, End: count - 1 }[key];
}

export function start() {
  const row = document.querySelector("#tabs > .tab-wrapper [role=tablist]");
  if (!row) return;
  const tabs = () => /** @type {HTMLElement[]} */ ([...row.querySelectorAll("[role=tab]")]);

  function tidy() {
    for (const tab of tabs()) {
      const chosen = tab.getAttribute("aria-selected") === "true";
      mark(tab, "tabindex", chosen ? 0 : -1);
      if (chosen) reveal(tab);
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      if (panel) mark(panel, "aria-labelledby", tab.id);
    }
    fade();
  }

  /** An end beyond which there is more fades. */
  function fade() {
    const rest = row.scrollWidth - row.clientWidth - row.scrollLeft;
    const width = (more) => `${Math.max(0, Math.min(32, more))}px`;
    /** @type {HTMLElement} */ (row).style.setProperty("--before", width(row.scrollLeft));
    /** @type {HTMLElement} */ (row).style.setProperty("--after", width(rest));
  }

  function reveal(tab) {
    const [outer, inner] = [row, tab].map((one) => one.getBoundingClientRect());
    if (inner.left < outer.left || inner.right > outer.right) row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }

  row.setAttribute("aria-label", "Tabs");
  row.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const all = tabs();
    const next = all[stepped(event.key, all.indexOf(/** @type {HTMLElement} */ (event.target)), all.length)];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.click();
    next.focus({ preventScroll: true });
  });
  new MutationObserver(tidy).observe(row, { attributes: true, attributeFilter: ["aria-selected"], childList: true, subtree: true });
  row.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(tidy).observe(row);
  tidy();
}
