/* Which of three things is shown: the picture, a part of it enlarged, or the whole. */
import { ask, say } from "../parts/atelier.js";
import { createCompare } from "../parts/compare.js";

/** `on`: crop() side of a part in pixels; shown() when something else is; rested() when it is the picture. */
export function createViewer(root, server, { album, choice, results }, on) {
  const $ = (selector) => root.querySelector(selector);
  const { picture } = album;
  let view = "picture"; // or "part", or "whole"
  let spot = [0.5, 0.5];
  let size = null; // of the whole result that is shown
  let seen = null; // what that result was asked for with: settings may have been changed since
  let turn = 0;

  const there = () => results.have([picture().id], choice.needed());
  const request = () => ({ id: picture().id, settings: choice.settings(), against: choice.against(), trust: choice.trust() || null, faithful: choice.network().faithful });
  /** Whether the result that is shown is one of other settings, which stays until the new one is there. */
  const stale = () => view === "whole" && !there();
  /** What is shown, or would be. */
  const wanted = () => (stale() && seen ? seen : request());

  /** Show the answer of a function of the server, unless something newer was asked for meanwhile. */
  async function show(served, asked, next) {
    const mine = ++turn;
    root.classList.add("busy");
    const reply = await ask(served, asked);
    if (mine !== turn) return null;
    root.classList.remove("busy");
    if (!reply) return null;
    view = next;
    await compare.show({ ...reply, names: [choice.nameOf(choice.against()), choice.label()] });
    if (mine !== turn) return null;
    told(reply);
    on.shown();
    return reply;
  }

  async function showPicture() {
    turn++;
    view = "picture";
    compare.lens(false);
    on.shown();
    if (!picture()) return;
    say($(".what"), `${picture().name}: ${picture().width} × ${picture().height} px, ${picture().words}`);
    say($(".time"), "");
    $(".verdict").hidden = $(".scores").hidden = true;
    await compare.show({ after: picture().preview, width: picture().width, height: picture().height });
    on.rested();
  }

  async function showPart(x, y) {
    if (!picture()) return;
    spot = [x, y];
    const reply = await show(server.crop, { ...request(), x, y }, "part");
    if (!reply) return;
    say($(".what"), `A part of ${picture().name}: ${reply.width} × ${reply.height} px`);
    say($(".time"), `${reply.seconds.toFixed(2)} s`);
    root.dataset.parts = Number(root.dataset.parts || 0) + 1;
  }

  async function showWhole() {
    const asked = request();
    const reply = await show(server.show, asked, "whole");
    if (!reply) return;
    [size, seen] = [reply, asked];
    const less = reply.full ? "" : ", shown smaller; the lens and the file have every pixel";
    say($(".what"), `${picture().name}: ${reply.width} × ${reply.height} px${less}`);
    root.dataset.wholes = Number(root.dataset.wholes || 0) + 1;
  }

  /** Show one of the three: a part around `place`, the whole where it is there. */
  function bring(then, place = spot) {
    if (then === "part") showPart(...place);
    else if (then === "whole" && there()) showWhole();
    else showPicture();
  }

  /** The trust view's figures in words. */
  function told({ levels, most, agreement }) {
    const note = $(".verdict");
    note.hidden = levels == null;
    if (levels == null) return;
    const far = `by ${levels.toFixed(1)} grey levels in the mean, ${most.toFixed(0)} at most`;
    if (choice.trust() === "twin") note.textContent = `It differs from ${choice.nameOf(choice.network().faithful)} ${far} (of 255).`;
    else note.textContent = `Brought back down, it differs from your picture ${far} (of 255)${agreement == null ? "" : `: ${agreement.toFixed(1)} dB`}.`;
  }

  /** The frame of the part that a click here would show. */
  function hover(x, y) {
    const frame = $(".spot");
    frame.hidden = view !== "picture" || x == null || !picture();
    if (frame.hidden) return;
    const { width, height } = picture();
    const part = [Math.min(1, on.crop() / width), Math.min(1, on.crop() / height)];
    const from = [x, y].map((value, i) => Math.min(Math.max(0, value - part[i] / 2), 1 - part[i]));
    Object.assign(frame.style, { left: `${100 * from[0]}%`, top: `${100 * from[1]}%`, width: `${100 * part[0]}%`, height: `${100 * part[1]}%` });
  }

  function keys(event) {
    const step = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, -0.05], ArrowDown: [0, 0.05] }[event.key];
    if (step && view !== "whole") spot = spot.map((value, i) => Math.min(1, Math.max(0, value + step[i])));
    else if (event.key !== "Enter" || view === "whole") return;
    event.preventDefault();
    showPart(...spot);
  }

  const compare = createCompare(root, {
    point: showPart,
    hover,
    lens: (x, y) => (view === "whole" ? ask(server.lens, { ...wanted(), x, y, side: 200 }) : null),
  });
  compare.box.tabIndex = 0;
  compare.box.addEventListener("keydown", keys);

  return {
    showPicture, showWhole, bring, there, stale, wanted,
    toggleLens: compare.toggle,
    turn: () => turn,
    view: () => view,
    spot: () => spot,
    size: () => size,
    place: (before) => (spot = before),
  };
}
