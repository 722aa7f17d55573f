/* Two pictures of one size over each other with a line between them, a map above, and a lens that follows the pointer.
   on.point(x, y): clicked, as shares of width and height; on.lens(x, y) -> {before, after} or null. */
import { newest } from "./newest.js";

export function createCompare(root, on) {
  const box = root.querySelector(".compare");
  const viewer = root.querySelector(".viewer");
  const slider = root.querySelector(".slide input");
  const glass = root.querySelector(".glass");
  const lamp = root.querySelector(".glass-on");
  const [before, after, map] = ["before", "after", "map"].map((name) => box.querySelector(`.${name}`));
  let size = { width: 1, height: 1 };
  let lensed = false;

  function layout() {
    const room = [viewer.clientWidth, viewer.clientHeight];
    if (!room[0] || !room[1]) return;
    // Small pictures may grow, or there would be nothing to see; large ones fit.
    const share = Math.min(room[0] / size.width, room[1] / size.height, Math.max(1, 720 / Math.max(size.width, size.height)));
    root.style.setProperty("--w", `${Math.max(1, Math.round(size.width * share))}px`);
    root.style.setProperty("--h", `${Math.max(1, Math.round(size.height * share))}px`);
  }

  const at = (percent) => box.style.setProperty("--at", `${percent}%`);

  /** Show one picture, or two with names, and a map over them. */
  async function show({ before: left = null, after: right, map: over = null, width, height, names = ["", ""] }) {
    const load = (image, address) => {
      image.src = address;
      return image.decode().catch(() => {});
    };
    await Promise.all([load(before, left ?? right), load(after, right), over ? load(map, over) : null]);
    size = { width, height };
    map.hidden = !over;
    box.querySelector(".spot").hidden = true;
    box.classList.toggle("both", Boolean(left));
    root.querySelector(".slide").hidden = !left;
    [box.querySelector(".left").textContent, box.querySelector(".right").textContent] = names;
    glass.querySelectorAll("figcaption").forEach((caption, i) => (caption.textContent = names[i]));
    layout();
  }

  function share(event) {
    const area = box.getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    return [within((event.clientX - area.left) / area.width), within((event.clientY - area.top) / area.height)];
  }

  /* The lens: the last place asked for is the last one shown. */
  const ask = newest(async (place) => {
    const found = await on.lens(...place.share);
    if (!found || !lensed) return;
    const images = glass.querySelectorAll("img");
    images[0].src = found.before;
    images[1].src = found.after;
    glass.hidden = false;
    put(place);
  });

  function look(event) {
    const place = { share: share(event), x: event.clientX, y: event.clientY };
    put(place);
    ask(place);
  }

  /** Beside the pointer, and never outside the stage. */
  function put({ x, y }) {
    const area = viewer.getBoundingClientRect();
    const [width, height] = [glass.offsetWidth || 424, glass.offsetHeight || 236];
    const left = Math.min(Math.max(0, x - area.left - width / 2), Math.max(0, area.width - width));
    const above = y - area.top - height - 24;
    glass.style.left = `${left}px`;
    glass.style.top = `${above >= 0 ? above : Math.min(y - area.top + 28, Math.max(0, area.height - height))}px`;
  }

  function lens(yes) {
    lensed = yes;
    lamp.setAttribute("aria-pressed", String(yes));
    if (!yes) glass.hidden = true;
  }

  let held = null;
  box.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, moved: false };
    box.setPointerCapture(event.pointerId);
    if (lensed) look(event);
    else if (box.classList.contains("both")) slide(event);
  });
  box.addEventListener("pointermove", (event) => {
    if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > 4) held.moved = true;
    if (lensed) look(event);
    else if (held && box.classList.contains("both")) slide(event);
    else on.hover?.(...share(event));
  });
  box.addEventListener("pointerup", (event) => {
    if (held && !held.moved && !box.classList.contains("both")) on.point(...share(event));
    held = null;
  });
  box.addEventListener("pointercancel", () => (held = null));
  box.addEventListener("pointerleave", () => {
    glass.hidden = true;
    on.hover?.(null);
  });

  function slide(event) {
    slider.value = 100 * share(event)[0];
    at(slider.value);
  }

  slider.addEventListener("input", () => at(slider.value));
  lamp.addEventListener("click", () => lens(!lensed));
  at(50);
  new ResizeObserver(layout).observe(viewer);
  return { show, lens, toggle: () => lens(!lensed), box };
}
