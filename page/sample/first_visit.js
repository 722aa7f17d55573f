/* A first visit's line: what one sees, and three ways on. It goes with the first thing that one does, and stays away. */
import { press } from "../parts/atelier.js";

export function greet(root) {
  const line = root.querySelector(".first-visit");
  line.hidden = localStorage.getItem("gan-atelier-visited") !== null;
  const gone = () => {
    line.hidden = true;
    try { localStorage.setItem("gan-atelier-visited", "yes"); } catch { /* Full: it goes until the next visit. */ }
  };
  for (const side of root.querySelectorAll(".side, .wall")) side.addEventListener("click", gone, { once: true });
  line.addEventListener("click", ({ target }) => {
    const way = target.closest("[data-way]")?.dataset.way;
    if (way === undefined) return;
    gone();
    if (way) press(way === "play" ? ".sample .dice" : `#tab-${way}-button`);
  });
}
