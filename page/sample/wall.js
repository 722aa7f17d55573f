/* The wall: up to 64 pictures as tiles, by mouse, finger or keyboard. It knows nothing of models. */
import { focusedIn, make, mark, say } from "../parts/atelier.js";

/** The number of columns that makes `count` square tiles biggest, and their side; whole multiples for small pictures,
    so that every pixel is square. */
export function arrangement(count, width, height, gap, pixels) {
  let best = { columns: 1, side: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const side = Math.floor(Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows));
    if (side > best.side) best = { columns, side };
  }
  best.side = Math.min(best.side, Math.max(8 * pixels, 320));
  if (pixels <= 32 && best.side >= pixels) best.side -= best.side % pixels;
  return best;
}

export function createWall(root, on) {
  const PIN = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 1h6v1l-1 1v4l2 2v1H8.7L8 15l-.7-5H4V9l2-2V3L5 2z"/></svg>';
  const tiles = []; // by picture number, whatever the order on the wall
  let order = [];
  let shape = { width: 1, height: 1 };

  function tile(index) {
    const canvas = make("canvas");
    const see = make("button", { class: "see", tabindex: -1, onclick: () => on.open(index) }, canvas);
    const keep = make("button", { class: "mark keep", tabindex: -1, title: "Pin (P)", "aria-label": "Pin", onclick: () => on.keep(index) });
    keep.innerHTML = PIN;
    const pick = make("button", { class: "mark pick", tabindex: -1, title: "Pick for breeding (Space)", "aria-label": "Pick for breeding", onclick: () => on.pick(index) }, "✓");
    const score = make("span", { class: "score", hidden: true });
    const element = make("div", { class: "tile", "data-index": index }, see, keep, pick, score);
    return { element, see, canvas, score };
  }

  function resize(count) {
    while (tiles.length > count) tiles.pop().element.remove();
    while (tiles.length < count) tiles.push(tile(tiles.length));
  }

  function arrange(next) {
    if (next.join() === order.join() && root.children.length === next.length) return;
    const held = focusedIn(root);
    order = next;
    root.replaceChildren(...order.map((index) => tiles[index].element));
    held?.focus({ preventScroll: true });
    order.forEach((index, place) => (tiles[index].see.tabIndex = place ? -1 : 0));
  }

  function layout() {
    const box = root.parentElement;
    const style = getComputedStyle(box);
    const width = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = box.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    if (width <= 0 || height <= 0) return;
    const gap = tiles.length > 36 ? 4 : 8;
    const best = arrangement(tiles.length, width, height, gap, shape.width);
    root.style.setProperty("--columns", best.columns);
    root.style.setProperty("--tile", `${best.side}px`);
    root.style.setProperty("--gap", `${gap}px`);
    root.classList.toggle("small", best.side < 72);
  }

  /** Paint a sheet of pictures, `columns` wide, onto the tiles numbered `first`, `first` + 1, ... */
  function paint(sheet, columns, width, height, first, count) {
    const changed = shape.width !== width || shape.height !== height;
    shape = { width, height };
    for (let i = 0; i < count && first + i < tiles.length; i++) {
      const { canvas } = tiles[first + i];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      canvas.classList.toggle("crisp", width <= 32);
      canvas.getContext("2d").drawImage(sheet, (i % columns) * width, Math.floor(i / columns) * height, width, height, 0, 0, width, height);
    }
    if (changed) layout();
  }

  /** Say what each tile is: names for screen readers, scores in words, what is picked and what is open. */
  function label(names, scores, picked, open) {
    tiles.forEach((item, index) => {
      const words = scores?.[index] ?? "";
      if (item.score.hidden !== !words) item.score.hidden = !words;
      say(item.score, words);
      mark(item.see, "aria-label", `${names[index]}${words && `, verdict ${words}`}${picked.includes(index) ? ", picked" : ""}`);
      item.element.classList.toggle("picked", picked.includes(index));
      item.element.classList.toggle("open", open === index);
    });
  }

  root.addEventListener("keydown", (event) => {
    const index = Number(event.target.closest?.(".tile")?.dataset.index ?? NaN);
    if (Number.isNaN(index) || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = Number(root.style.getPropertyValue("--columns")) || 1;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (step) focus(order[order.indexOf(index) + step]);
    else if (event.key === " ") on.pick(index);
    else if (event.key === "p" || event.key === "P") on.keep(index);
    else return;
    event.preventDefault();
  });

  function focus(index) {
    if (!tiles[index]) return;
    tiles.forEach((item) => (item.see.tabIndex = -1));
    tiles[index].see.tabIndex = 0;
    tiles[index].see.focus({ preventScroll: true });
    tiles[index].element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  new ResizeObserver(layout).observe(root.parentElement);
  return { resize, arrange, layout, paint, label, focus, order: () => order, canvas: (index) => tiles[index]?.canvas };
}
