/* The Upscale tab: pictures, what was chosen for them, what of them is shown, and what is made of them. */
import * as atelier from "../parts/atelier.js";
import { ask, make, say } from "../parts/atelier.js";
import { createCamera } from "../parts/camera.js";
import { onPaste, pasted } from "../parts/clipboard.js";
import { onDrop } from "../parts/drop.js";
import { keep as keepFor, kept } from "../parts/kept.js";
import { createPicker } from "../parts/picker.js";
import * as trail from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { createAlbum } from "./album.js";
import { createChoice } from "./choice.js";
import { createEnlarging } from "./enlarging.js";
import { createResults } from "./results.js";
import { createSaving } from "./saving.js";
import { createViewer } from "./viewer.js";

export function start({ element, server }) {
  const root = element.querySelector(".upscale");
  const $ = (selector) => root.querySelector(selector);
  let known = { networks: [], examples: [], crop: 160, large: 40 };
  let sought = null; // a recipe that needs its picture

  const choice = createChoice(root, (network) => picker.show(network));
  const results = createResults();
  const album = createAlbum(root, server, {
    added: ({ sha256 }) => (sha256 === sought?.source ? restore(sought) : viewer.showPicture()),
    turned: () => viewer.showPicture(),
    look: () => (viewer.view() === "whole" && viewer.there() ? (viewer.showWhole(), refresh()) : viewer.showPicture()),
  });
  const viewer = createViewer(root, server, { album, choice, results }, { crop: () => known.crop, shown: refresh, rested: () => enlarging.estimate() });
  const enlarging = createEnlarging(root, server, { album, choice, results, viewer }, { large: () => known.large, refresh });
  const saving = createSaving(root, server, { album, choice, viewer }, { refresh });
  const picker = createPicker($(".picker"), {
    list: async () => ((await look()) ? { models: known.networks, refused: known.refused } : null),
    chosen: () => choice.network()?.name,
    takes: ({ task }) => task === "upscale",
    choose: pick,
  }, { heading: "Networks that enlarge", label: "Network" });

  /* ---- what is chosen ---- */

  /** Whether there is a network, also one that was exported since this tab was opened. */
  async function there(name) {
    if (!choice.find(name)) await look();
    if (!choice.find(name)) atelier.toast(`There is no network ${name} here now.`);
    return Boolean(choice.find(name));
  }

  /** A visitor's choice, here or on another tab. */
  async function pick(name) {
    if (!(await there(name))) return;
    choice.choose(name);
    picker.tell(choice.network());
    chosen();
  }

  /** Something was chosen: show it where it is there or quickly made. */
  function chosen() {
    choice.dress();
    if (!album.picture()) return;
    $(".scores").hidden = true;
    if (viewer.view() === "part") viewer.bring("part");
    else if (viewer.view() === "whole" && viewer.there()) viewer.showWhole();
    enlarging.estimate();
    refresh();
  }

  /** Everything as it was when a result (`file`) was saved: the controls, and the picture that it was made from. */
  async function restore(recipe, file = null) {
    const { network: name } = recipe.settings;
    if (!(await there(name))) return;
    choice.choose(name);
    picker.tell(choice.network());
    choice.put(recipe.settings);
    sought = album.turnTo("sha256", recipe.source) ? null : recipe;
    const way = file && { words: "Enlarge this one instead", act: () => album.add({ file }) };
    if (sought) atelier.toast("This picture was enlarged from another. Open that one too, and all is as it was.", way);
    viewer.showPicture();
  }

  /** Open an example, with the network that is made for such a picture where there is one. */
  function example(name, meant) {
    if (meant) choice.choose(meant);
    choice.dress();
    return album.add({ example: name });
  }

  /* ---- what the controls show ---- */

  function refresh() {
    const view = viewer.view();
    const count = album.all().length;
    const some = count > 0;
    const busy = enlarging.busy();
    root.classList.toggle("fresh", !some);
    $(".welcome").hidden = some;
    $(".viewer").hidden = $(".again").hidden = !some;
    if (!some) say($(".what"), "No picture yet");
    $(".stale").hidden = !some || !viewer.stale();
    advise();
    $(".go").disabled = !some || busy;
    $(".go").hidden = busy;
    say($(".go"), count > 1 ? `Enlarge all ${count}` : view === "whole" ? "Enlarge again" : "Enlarge the whole");
    $(".halt").hidden = !busy;
    $(".back").hidden = view === "picture" || !some;
    $(".glass-on").hidden = view !== "whole";
    $(".save").disabled = !some || saving.busy() || !results.have(album.ids(), [viewer.wanted().settings]);
    say($(".save"), count > 1 ? `Download ${count} as a zip` : "Download");
    $(".truth").disabled = view !== "whole";
    if (!some) $(".slide").hidden = true;
    album.strip();
    tread();
    keepFor("upscale", () => ({ ...album.kept(), ...choice.kept(), view: viewer.view(), spot: viewer.spot(), size: viewer.size(), made: results.kept() }));
  }

  /** A network that suits the open picture better, where the server found blocks or noise in it: said, not taken. */
  function advise() {
    const { network: name, found } = album.picture()?.advice ?? {};
    const better = name !== choice.network()?.name && choice.find(name);
    $(".advice").hidden = !better;
    if (!better) return;
    say($(".advice span"), `This picture has ${found}.`);
    say($(".advice button"), `Take ${better.title}`);
    $(".advice button").onclick = () => pick(name);
  }

  /* ---- the way back, and a reload ---- */

  /** What is shown, for Back; another part of the same picture is no step of its own. */
  function tread() {
    if (!album.picture()) return;
    const view = viewer.view();
    const [before, what] = [trail.open("upscale"), { id: album.picture().id, view, spot: view === "part" ? viewer.spot() : null }];
    const near = !before || (before.id === what.id && before.view === what.view);
    (near ? trail.amend : trail.step)("upscale", what);
  }

  /** Back or Forward: what was shown then, where it is still there. */
  function back(what) {
    if (album.turnTo("id", what?.id)) viewer.bring(what.view, what.spot);
  }

  /** All as it was before a reload; what the server has let go of since is opened again. */
  async function resume() {
    const before = await kept("upscale");
    if (!before?.pictures.length || album.picture()) return;
    choice.bring(before);
    album.bring(before);
    viewer.place(before.spot);
    results.bring(before.made);
    await album.keep();
    if (album.picture()) viewer.bring(before.view, before.spot);
  }

  /* ---- wiring ---- */

  const visible = () => element.offsetParent !== null;
  const on = (selector, action, event = "click") => root.querySelectorAll(selector).forEach((item) => item.addEventListener(event, action));
  const paste = async () => { const file = await pasted(); if (file) album.addFiles([file]); };
  const camera = createCamera(root, { taken: (file) => album.addFiles([file]) });

  on(".choose", () => $(".files").click());
  on(".files", (event) => { album.addFiles([...event.target.files]); event.target.value = ""; }, "change");
  on(".paste", paste);
  on(".camera", camera.open);
  on("#up-against, #up-trust, .lock", chosen, "change");
  on("#up-scale, #up-fidelity", choice.dress, "input");
  on("#up-scale, #up-fidelity", chosen, "change");
  on(".go", () => enlarging.go());
  on(".yes", () => enlarging.go(true));
  on(".no", () => ($(".sure").hidden = true));
  on(".halt", enlarging.halt);
  on(".back", viewer.showPicture);
  on(".save", saving.save);
  on(".truth", () => $(".original").click());
  on(".original", (event) => { saving.score(event.target.files[0]); event.target.value = ""; }, "change");
  onPaste(visible, album.addFiles);
  listen("upscale", visible, {
    whole: () => (viewer.view() === "picture" || root.querySelector(":popover-open") ? false : void viewer.showPicture()),
    lens: () => viewer.view() === "whole" && viewer.toggleLens(),
  });
  trail.walk("upscale", back);
  onDrop({ name: "upscale", title: "Upscale", root, shown: visible, pictures: album.addFiles, first: saving.original });
  window.addEventListener("atelier:upscale", () => receive());

  /** A picture, or only the choice of a network, from another tab. */
  async function receive() {
    const place = atelier.awaited("upscale");
    if (!place) return;
    if (place.recipe) return restore(place.recipe, place.file);
    if (!place.network) return (await album.add(place)) && (place.file || enlarging.go());
    return pick(place.network);
  }

  /** Ask what there is to enlarge with. */
  async function look() {
    const reply = await ask(server.networks, {});
    if (!reply) return false;
    known = reply;
    choice.know(known.networks, known.first);
    $(".examples").replaceChildren(...known.examples.map(({ name, title, picture: face, small, network: meant }) =>
      make("button", { "data-example": name, onclick: () => example(name, meant) }, make("img", { src: face, alt: "", class: small ? "crisp" : "" }), title)));
    choice.dress();
    refresh();
    return true;
  }

  async function begin() {
    if (!(await look())) return;
    if (known.refused.length) atelier.toast(known.refused.join("\n"));
    await resume();
    enlarging.again();
    saving.again();
    receive();
    root.dataset.ready = "yes";
  }
  begin();
}
