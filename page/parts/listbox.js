/* What a list box does by keyboard, for every list box of the page: one stop for the Tab key, arrow keys, Home, End and
   letters within it; one that lies in a popover takes the keyboard to the chosen option when it opens. */

/** The index that a key leads to from index `at`. boxes: {left, top} of every option; names: what stands on them. */
export function led(key, at, boxes, names) {
  const last = boxes.length - 1;
  const near = (index) => Math.abs(boxes[index].left - boxes[at].left);
  /** The option of the next row, in the direction `by`, that lies nearest under this one. */
  const row = (by) => {
    const beyond = boxes.map((_, index) => index).filter((index) => by * (boxes[index].top - boxes[at].top) > 1);
    const top = boxes[by > 0 ? beyond[0] : beyond.at(-1)]?.top;
    return beyond.filter((index) => Math.abs(boxes[index].top - top) <= 1).sort((a, b) => near(a) - near(b))[0] ?? at;
  };
  if (key === "ArrowRight") return Math.min(last, at + 1);
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "ArrowDown") return row(1);
  if (key === "ArrowUp") return row(-1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key.length !== 1 || key === " ") return undefined;
  const order = names.map((_, index) => (at + 1 + index) % names.length);
  return order.find((index) => names[index].toLowerCase().startsWith(key.toLowerCase()));
}

const optionsOf = (list) => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);

function rove(list, option) {
  for (const one of optionsOf(list)) one.tabIndex = one === option ? 0 : -1;
}

function enter(list) {
  const options = optionsOf(list);
  const chosen = options.find((one) => one.getAttribute("aria-selected") === "true") ?? options[0];
  if (!chosen) return;
  rove(list, chosen);
  chosen.focus();
}

function pressed(event) {
  const option = event.target instanceof Element && event.target.closest("[role=option]");
  const list = option && option.closest("[role=listbox]");
  if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
  const options = optionsOf(list);
  const boxes = options.map((one) => one.getBoundingClientRect());
  const index = led(event.key, options.indexOf(option), boxes, options.map((one) => one.innerText.trim()));
  if (index === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  rove(list, options[index]);
  options[index].focus();
}

/** Answer for all list boxes, those that come later too. */
export function start() {
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("toggle", (event) => {
    const box = /** @type {Element} */ (event.target);
    const list = /** @type {ToggleEvent} */ (event).newState === "open" && box.querySelector("[role=listbox]");
    if (!list) return;
    if (optionsOf(list).length) return enter(list);
    // Its options are still being asked for.
    const filled = new MutationObserver(() => { filled.disconnect(); enter(list); });
    filled.observe(list, { childList: true });
  }, true);
}
