/* What a photograph is painted like: one style or two, from our own, from the tray, or any picture that is given. */
import { ask, base64, focusedIn, make, mark, say, toast } from "../parts/atelier.js";

const MOST = 20e6; // bytes of a file that the server takes

/** The panel `.painted` of `root`; `changed()` after every choice, `pinned()`: pictures on the tray. */
export function createStyles(root, { server, changed, pinned }) {
  const panel = root.querySelector(".painted");
  const $ = (selector) => panel.querySelector(selector);
  let about = null;
  let chosen = []; // one or two of {sha256, copy, name}
  let active = 0; // the slot that the next style goes into
  let turn = 0; // how often a style was asked for: only the last answer counts
  const set = { mix: 0.5 };

  const picture = ({ copy }) => `data:image/webp;base64,${copy}`;

  /** A style into the active slot: {data, name}, {manner} or {weight, point}. */
  async function take(wish) {
    const [mine, place] = [(turn += 1), active];
    const reply = await ask(server.style, wish);
    if (!reply || mine !== turn) return;
    const { told, ...style } = reply;
    if (told) toast(`${style.name || "The style"}: ${told}.`);
    chosen[Math.min(place, chosen.length)] = style;
    show();
    changed();
  }

  async function takeFile(file) {
    if (!file) return;
    if (file.size > MOST) return toast("That file is larger than 20 MB; the command gan_models.translate takes it.");
    const data = await base64(file);
    if (data != null) await take({ data, name: file.name });
  }

  function remove(index) {
    chosen.splice(index, 1);
    active = 0;
    show();
    changed();
  }

  function slot(index) {
    const style = chosen[index];
    const name = style ? `Style ${index + 1}: ${style.name || "a picture"}` : "A second style, to mix";
    const button = make("button", { class: "slot", "aria-pressed": String(index === active), "aria-label": name, title: name, onclick: () => { active = index; show(); } },
      style ? make("img", { src: picture(style), alt: "" }) : "+");
    const off = index && style ? make("button", { class: "off", "aria-label": "Leave the second style out", title: "Leave it out", onclick: () => remove(index) }, "×") : "";
    return make("div", {}, button, off);
  }

  function show() {
    const held = [...$(".slots").querySelectorAll(".slot")].indexOf(focusedIn($(".slots")));
    $(".slots").replaceChildren(slot(0), slot(1));
    if (held >= 0) $(".slots").querySelectorAll(".slot")[held]?.focus({ preventScroll: true });
    $(".mixing").hidden = chosen.length < 2;
    $("#tr-mix").value = set.mix;
    say($("#tr-mix ~ output"), set.mix.toFixed(2));
    for (const button of $(".manners").children) mark(button, "aria-pressed", chosen[active]?.name === button.title);
  }

  /** Styles to choose from: our own, and the tray's pictures. */
  function faces() {
    if (!about?.styled) return;
    const own = about.manners.map(([manner, title, face]) => make("button", { title, "aria-label": title, onclick: () => take({ manner }) }, make("img", { src: face, alt: "" })));
    const tray = pinned().filter((item) => item.picture).map(({ weight, point, picture: face }, n) =>
      make("button", { title: weight, "aria-label": `Pinned picture ${n + 1} as the style`, onclick: () => take({ weight, point }) }, make("img", { src: face, alt: "" })));
    $(".manners").replaceChildren(...own, ...tray);
    show();
  }

  $(".own").addEventListener("click", () => $(".style-file").click());
  $(".style-file").addEventListener("change", (event) => { takeFile(event.target.files[0]); event.target.value = ""; });
  $("#tr-mix").addEventListener("input", (event) => { set.mix = Number(event.target.value); show(); changed(); });
  panel.addEventListener("dragover", (event) => { event.preventDefault(); panel.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) panel.addEventListener(name, () => panel.classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation(); // or it would be taken for a photograph
    root.classList.remove("dropping");
    takeFile(event.dataTransfer.files[0]);
  });
  window.addEventListener("atelier:tray", faces);

  return {
    /** The controls of a weight; one that paints in styles begins with the first of our own. */
    async use(task) {
      about = task;
      panel.hidden = !task.styled;
      faces();
      if (task.styled && !chosen.length) await take({ manner: task.manners[0][0] });
    },
    /** What a request says of the styles. */
    words: () => ({ styles: chosen.map(({ sha256, copy }) => ({ sha256, copy })), ...set }),
    /** All of it as it was. */
    bring(words) {
      chosen = [...words.styles];
      active = 0;
      set.mix = words.mix;
      show();
    },
    kept: () => ({ styles: chosen, ...set }),
    there: () => chosen.length > 0,
    /** Whether a picture that is pasted is meant as a style. */
    meant: () => !panel.hidden && (panel.matches(":hover") || panel.contains(document.activeElement)),
    takeFile,
  };
}
