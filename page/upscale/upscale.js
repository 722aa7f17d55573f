/* The Upscale tab: pictures, what was chosen, and which of three things is shown: the picture, a part, the whole. */
import * as atelier from "../parts/atelier.js";
import { ask, make, say } from "../parts/atelier.js";
import { createCamera } from "../parts/camera.js";
import { createCompare } from "../parts/compare.js";
import { onDrop } from "../parts/drop.js";
import { keep as keepFor, kept } from "../parts/kept.js";
import { createPicker } from "../parts/picker.js";
import * as trail from "../parts/place.js";
import { listen } from "../parts/shortcuts.js";
import { follow, scoreRows, span } from "./job.js";

export function start({ element, server }) {
  const root = element.querySelector(".upscale");
  const $ = (selector) => root.querySelector(selector);
  const MOST = 32;
  const QUICK = 8; // seconds of a run that begins by itself when a setting is changed
  let known = { networks: [], examples: [], crop: 160, large: 40 };
  let pictures = []; // {id, name, width, height, preview, words, wanted}
  let current = 0;
  let view = "picture"; // or "part", or "whole"
  let spot = [0.5, 0.5];
  let plan = null;
  let job = null;
  let size = null; // of the whole result that is shown
  let seen = null; // what that result was asked for with: settings may have been changed since
  let chosenNetwork = null; // by its name
  let own = null; // the scale that it was made for
  const made = new Set(); // picture and settings of results that the server holds

  const picture = () => pictures[current];
  const network = () => known.networks.find((item) => item.name === chosenNetwork);
  const against = () => $("#up-against").value;
  const trust = () => $("#up-trust").value;
  const nameOf = (name) => known.networks.find((item) => item.name === name)?.title ?? name;

  function settings() {
    const fidelity = Number($("#up-fidelity").value);
    const mixed = network()?.twin && fidelity > 0;
    return { network: chosenNetwork, scale: Number($("#up-scale").value), fidelity: mixed ? fidelity : null, colour_lock: $(".lock").checked };
  }

  /** Everything that has to be there to show the whole: the result, what it is compared with, what judges it. */
  function needed() {
    const first = settings();
    const plain = (name) => ({ network: name, scale: first.scale, fidelity: null, colour_lock: false });
    const list = [first];
    if (against() !== "bicubic") list.push(plain(against()));
    if (trust() === "twin" && network().faithful) list.push(plain(network().faithful));
    return list;
  }

  const mark = (id, one) => `${id} ${JSON.stringify(one)}`;
  const there = () => needed().every((one) => made.has(mark(picture().id, one)));
  const request = () => ({ id: picture().id, settings: settings(), against: against(), trust: trust() || null, judge: network().faithful });
  /** Whether the result that is shown is one of other settings, which stays until the new one is there. */
  const stale = () => view === "whole" && !there();
  const wanted = () => (stale() && seen ? seen : request());

  /** Take a network, and its own scale with it unless the visitor has set another. */
  function choose(name) {
    if (!known.networks.some((item) => item.name === name)) return;
    chosenNetwork = name;
    picker.show(network());
    const before = own;
    own = Math.min(network().scale, $("#up-scale").max);
    if (before === null || settings().scale === before) $("#up-scale").value = own;
  }

  /** A visitor's choice, here or on another tab. */
  async function pick(name) {
    if (!known.networks.some((item) => item.name === name)) await look(); // exported since this tab was opened
    if (!known.networks.some((item) => item.name === name)) return atelier.toast(`There is no network ${name} here now.`);
    choose(name);
    picker.tell(network());
    chosen();
  }

  /* ---- pictures ---- */

  /** Ask the server to open {file}, {example} or {weight, point}; what it was stays here, in case it is let go of. */
  async function opened(wanted) {
    const { file } = wanted;
    const given = file ? { data: await atelier.base64(file), name: file.name } : wanted;
    if (given.data === null) return null;
    const reply = await atelier.heard(server.open, given);
    if (reply.error) atelier.toast(file ? `${file.name}: ${reply.error}` : reply.error);
    return reply.error ? null : { ...reply, wanted };
  }

  async function add(wanted) {
    if (pictures.length >= MOST) return atelier.toast(`${MOST} pictures are made at once; remove one first.`);
    const reply = await opened(wanted);
    if (!reply) return false;
    pictures.push(reply);
    current = pictures.length - 1;
    await showPicture();
    return true;
  }

  /** Open an example, with the network that is made for such a picture where there is one. */
  function example(name, meant) {
    if (meant) choose(meant);
    dress();
    return add({ example: name });
  }

  async function addFiles(files) {
    const named = (some) => some.map(({ name }) => name).join(", ");
    const [small, large] = [[], []];
    for (const file of files) (file.size <= 20e6 ? small : large).push(file);
    if (large.length) atelier.toast(`Larger than 20 MB and left out: ${named(large)}; the command gan_models.upscale takes it.`);
    const few = small.slice(0, Math.max(0, MOST - pictures.length));
    if (few.length < small.length) atelier.toast(`${MOST} pictures are made at once; left out: ${named(small.slice(few.length))}.`);
    const before = [...pictures];
    let added = 0;
    for (const file of few) added += Number(await add({ file }));
    offerOnly(before, added);
  }

  /** New files join those that are open; one press, and they replace them. */
  function offerOnly(before, added) {
    $(".joined").hidden = !before.length || !added;
    if ($(".joined").hidden) return;
    say($(".joined span"), added === 1 ? "The new picture joined the others." : `${added} new pictures joined the others.`);
    $(".joined button").onclick = () => {
      pictures = pictures.filter((one) => !before.includes(one));
      current = Math.max(0, pictures.length - 1);
      $(".joined").hidden = true;
      showPicture();
    };
  }

  /** Dropped files: a picture as large as the result that is shown is its original, all else is to be enlarged. */
  async function dropped(files) {
    const bitmap = view === "whole" && files.length === 1 ? await createImageBitmap(files[0]).catch(() => null) : null;
    const slack = Math.max(Math.ceil(settings().scale), 2);
    const fits = bitmap && Math.abs(bitmap.width - size.width) < slack && Math.abs(bitmap.height - size.height) < slack;
    bitmap?.close();
    return fits ? score(files[0]) : addFiles(files);
  }

  let keeping = false;

  /** Tell the server that the pictures are still here, and open again what it let go of while this page was asleep. */
  async function keep() {
    if (keeping || !pictures.length) return;
    keeping = true;
    const reply = await atelier.heard(server.keep, { ids: pictures.map(({ id }) => id) });
    const gone = pictures.filter(({ id }) => reply.gone?.includes(id));
    for (const old of gone) {
      const again = await opened(old.wanted);
      pictures = pictures.flatMap((one) => (one !== old ? [one] : again ? [again] : []));
    }
    keeping = false;
    if (!gone.length) return;
    atelier.toast("This page was away for long: your pictures were opened again; their results have to be made again.");
    current = Math.max(0, Math.min(current, pictures.length - 1));
    showPicture();
  }

  function remove(index) {
    pictures.splice(index, 1);
    if (index < current) current--;
    $(".joined").hidden = true;
    current = Math.max(0, Math.min(current, pictures.length - 1));
    showPicture();
  }

  async function paste() {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith("image/"));
        if (type) return addFiles([new File([await item.getType(type)], "pasted.png", { type })]);
      }
      atelier.toast("There is no picture on the clipboard.");
    } catch {
      atelier.toast("The browser does not let the page read the clipboard; press Ctrl+V instead.");
    }
  }

  /* ---- what is shown ---- */

  let turn = 0;

  /** Show the answer of `call` unless something newer was asked for meanwhile. */
  async function shown(call, wanted, next) {
    const mine = ++turn;
    root.classList.add("busy");
    const reply = await ask(call, wanted);
    if (mine !== turn) return null;
    root.classList.remove("busy");
    if (!reply) return null;
    view = next;
    await compare.show({ ...reply, names: [nameOf(against()), label()] });
    if (mine !== turn) return null;
    told(reply);
    refresh();
    return reply;
  }

  function label() {
    const { fidelity, scale } = settings();
    return `${nameOf(network().name)}${fidelity == null ? "" : `, fidelity ${fidelity.toFixed(2)}`}, × ${scale}`;
  }

  async function showPicture() {
    turn++;
    view = "picture";
    compare.lens(false);
    refresh();
    if (!picture()) return;
    say($(".what"), `${picture().name}: ${picture().width} × ${picture().height} px, ${picture().words}`);
    say($(".time"), "");
    $(".verdict").hidden = $(".scores").hidden = true;
    await compare.show({ after: picture().preview, width: picture().width, height: picture().height });
    estimate();
  }

  async function showPart(x, y) {
    if (!picture()) return;
    spot = [x, y];
    const reply = await shown(server.crop, { ...request(), x, y }, "part");
    if (!reply) return;
    say($(".what"), `A part of ${picture().name}: ${reply.width} × ${reply.height} px`);
    say($(".time"), `${reply.seconds.toFixed(2)} s`);
    root.dataset.parts = Number(root.dataset.parts || 0) + 1;
  }

  async function showWhole() {
    const asked = request();
    const reply = await shown(server.show, asked, "whole");
    if (!reply) return;
    [size, seen] = [reply, asked];
    const less = reply.full ? "" : ", shown smaller; the lens and the file have every pixel";
    say($(".what"), `${picture().name}: ${reply.width} × ${reply.height} px${less}`);
    root.dataset.wholes = Number(root.dataset.wholes || 0) + 1;
  }

  /** The trust view's figures in words. */
  function told({ levels, most, agreement }) {
    const note = $(".verdict");
    note.hidden = levels == null;
    if (levels == null) return;
    const size = `by ${levels.toFixed(1)} grey levels in the mean, ${most.toFixed(0)} at most`;
    if (trust() === "twin") note.textContent = `It differs from ${nameOf(network().faithful)} ${size} (of 255).`;
    else note.textContent = `Brought back down, it differs from your picture ${size} (of 255)${agreement == null ? "" : `: ${agreement.toFixed(1)} dB`}.`;
  }

  /** Something was chosen: show it where it is there or quickly made. */
  function chosen() {
    dress();
    if (!picture()) return;
    $(".scores").hidden = true;
    if (view === "part") showPart(...spot);
    else if (view === "whole" && there()) showWhole();
    estimate();
    refresh();
  }

  function dress() {
    const item = network();
    if (!item) return;
    $(".fidelity").hidden = !item.twin;
    say($("#up-scale ~ output"), `× ${Number($("#up-scale").value)}`);
    say($("#up-fidelity ~ span output"), Number($("#up-fidelity").value).toFixed(2));
    $("#about-up-network").textContent = `${item.title}: ${item.words}. Other scales than its own are reached by an antialiased resize.`;
    const twin = $("#up-trust option[value=twin]");
    twin.disabled = !item.faithful;
    if (twin.disabled && trust() === "twin") $("#up-trust").value = "";
    const kept = against();
    const others = known.networks.filter(({ name }) => name !== item.name);
    $("#up-against").replaceChildren(make("option", { value: "bicubic" }, "bicubic"), ...others.map(({ name, title }) => make("option", { value: name }, title)));
    if (others.some(({ name }) => name === kept)) $("#up-against").value = kept;
  }

  function refresh() {
    const some = pictures.length > 0;
    root.classList.toggle("fresh", !some);
    $(".welcome").hidden = some;
    $(".viewer").hidden = $(".again").hidden = !some;
    if (!some) say($(".what"), "No picture yet");
    $(".stale").hidden = !some || !stale();
    advise();
    $(".go").disabled = !some || Boolean(job);
    $(".go").hidden = Boolean(job);
    say($(".go"), pictures.length > 1 ? `Enlarge all ${pictures.length}` : view === "whole" ? "Enlarge again" : "Enlarge the whole");
    $(".halt").hidden = !job;
    $(".back").hidden = view === "picture" || !some;
    $(".glass-on").hidden = view !== "whole";
    const ready = some && pictures.every(({ id }) => made.has(mark(id, wanted().settings)));
    $(".save").disabled = !ready;
    say($(".save"), pictures.length > 1 ? `Download ${pictures.length} as a zip` : "Download");
    $(".truth").disabled = view !== "whole";
    if (!some) $(".slide").hidden = true;
    strip();
    tread();
    keepFor("upscale", () => ({ pictures, current, view, spot, size, own, made, chosen: choices() }));
  }

  /* ---- the way back, and a reload ---- */

  /** What is shown, for Back; another part of the same picture is no step of its own. */
  function tread() {
    if (!picture()) return;
    const [before, what] = [trail.open("upscale"), { id: picture().id, view, spot: view === "part" ? spot : null }];
    const near = !before || (before.id === what.id && before.view === what.view);
    (near ? trail.amend : trail.step)("upscale", what);
  }

  /** Back or Forward: what was shown then, where it is still there. */
  function back(what) {
    const index = pictures.findIndex(({ id }) => id === what?.id);
    if (index < 0) return;
    current = index;
    bring(what.view, what.spot);
  }

  function bring(then, place) {
    if (then === "part") showPart(...place);
    else if (then === "whole" && there()) showWhole();
    else showPicture();
  }

  const CHOICES = ["#up-scale", "#up-fidelity", "#up-against", "#up-trust"];
  const choices = () => ({ network: chosenNetwork, lock: $(".lock").checked, values: CHOICES.map((name) => $(name).value) });

  /** All as it was before a reload; what the server has let go of since is opened again. */
  async function resume() {
    const before = await kept("upscale");
    if (!before?.pictures.length || pictures.length) return;
    if (known.networks.some(({ name }) => name === before.chosen.network)) {
      choose(before.chosen.network);
      dress();
      CHOICES.forEach((name, index) => ($(name).value = before.chosen.values[index]));
      $(".lock").checked = before.chosen.lock;
      own = before.own;
      dress();
    }
    ({ pictures, current, spot } = before);
    before.made.forEach((one) => made.add(one));
    await keep();
    if (picture()) bring(before.view, before.spot);
  }

  /** A network that suits the open picture better, where the server found blocks or noise in it: said, not taken. */
  function advise() {
    const { network: name, found } = picture()?.advice ?? {};
    const better = name !== chosenNetwork && known.networks.find((item) => item.name === name);
    $(".advice").hidden = !better;
    if (!better) return;
    say($(".advice span"), `This picture has ${found}.`);
    say($(".advice button"), `Take ${better.title}`);
    $(".advice button").onclick = () => pick(name);
  }

  function strip() {
    const held = [...$(".strip").querySelectorAll("button")].indexOf(document.activeElement);
    $(".strip").hidden = pictures.length < 2;
    $(".strip").replaceChildren(...pictures.map(({ name, preview }, i) => make("span", {},
      make("button", { class: "see", "aria-pressed": String(i === current), "aria-label": `Show ${name}`, title: name,
        onclick: () => { current = i; view === "whole" && there() ? (showWhole(), refresh()) : showPicture(); } }, make("img", { src: preview, alt: "" })),
      make("button", { class: "off", "aria-label": `Remove ${name}`, onclick: () => remove(i) }, "×"))));
    $(".strip").querySelectorAll("button")[held]?.focus({ preventScroll: true });
  }

  /* ---- what a run would take, the run itself, and the files that come of it ---- */

  let waiting = null;

  function estimate() {
    clearTimeout(waiting);
    plan = null;
    if (!picture()) return say($(".estimate"), "Open a picture; then click a point of it to try that part at once.");
    waiting = setTimeout(async () => {
      const whole = () => ({ ids: pictures.map(({ id }) => id), settings: needed() });
      const asked = whole();
      const reply = await ask(server.plan, asked);
      if (!reply || JSON.stringify(asked) !== JSON.stringify(whole())) return;
      plan = reply;
      const size = pictures.length > 1 ? `${pictures.length} pictures, ${plan.megapixels.toFixed(1)} megapixels` : `${plan.width} × ${plan.height} px`;
      const seams = plan.seams && plan.tiles > 1 ? ` ${plan.seams}` : "";
      const hint = view === "picture" ? " Click a point to try that part at once." : "";
      const beyond = plan.beyond ? ` ${plan.beyond}` : "";
      say($(".estimate"), `${size}: about ${span(plan.seconds)}.${beyond}${seams}${hint}`);
      if (stale() && !job && !plan.large && plan.seconds < QUICK) go();
    }, 250);
  }

  async function go(large = false) {
    if (!picture() || job) return;
    $(".sure").hidden = true;
    const sizes = pictures.map(({ width, height }) => (width * height * settings().scale ** 2) / 1e6);
    if (!large && Math.max(...sizes) > known.large) {
      const all = sizes.reduce((a, b) => a + b, 0);
      $(".sure p").textContent = `That is ${all.toFixed(0)} megapixels${plan ? ` and takes about ${span(plan.seconds)}` : ""}. Is it wanted?`;
      $(".sure").hidden = false;
      return;
    }
    const ids = pictures.map(({ id }) => id);
    const asked = needed();
    $(".go").disabled = true; // a double click is one wish: the job has no name yet
    const reply = await ask(server.start, { ids, settings: asked, large });
    if (!reply) return refresh();
    job = reply.job;
    refresh();
    const end = await follow(server.poll, job, $(".bar"));
    job = null;
    $(".bar").hidden = true;
    if (end?.state === "done") {
      for (const id of ids) for (const one of asked) made.add(mark(id, one));
      const time = end.rate ? `${end.seconds.toFixed(1)} s, ${end.rate.toFixed(2)} MP/s` : "";
      if (picture() && there()) {
        await showWhole();
        say($(".time"), time);
      } else if (view === "whole") estimate(); // settings were changed meanwhile: those are next
      else if (picture()) atelier.toast("That run is done: go back to its picture and settings, and Enlarge shows it at once.");
    } else if (end?.state === "failed") atelier.toast(end.error);
    else if (end) atelier.toast("Stopped; nothing of it was kept.");
    refresh();
  }

  /* ---- files ---- */

  async function save() {
    $(".save").disabled = true;
    say($(".save"), "Writing the file");
    const reply = await ask(server.save, { ids: pictures.map(({ id }) => id), settings: wanted().settings, kind: $(".kind").value });
    refresh();
    if (reply) make("a", { href: atelier.address(reply.path), download: reply.name }).click();
  }

  async function score(file) {
    if (!file) return;
    const mine = turn;
    const of = wanted();
    const data = await atelier.base64(file);
    const reply = data === null ? null : await ask(server.reference, { ...of, data });
    if (!reply || mine !== turn) return;
    $(".scores").replaceChildren(...scoreRows(reply.scores, nameOf(of.against), nameOf(of.settings.network)));
    $(".scores").hidden = false;
  }

  /* ---- wiring ---- */

  const visible = () => element.offsetParent !== null;
  const on = (selector, action, event = "click") => root.querySelectorAll(selector).forEach((item) => item.addEventListener(event, action));

  const compare = createCompare(root, {
    point: showPart,
    hover: (x, y) => {
      const frame = $(".spot");
      frame.hidden = view !== "picture" || x == null || !picture();
      if (frame.hidden) return;
      const { width, height } = picture();
      const part = [Math.min(1, known.crop / width), Math.min(1, known.crop / height)];
      const from = [x, y].map((value, i) => Math.min(Math.max(0, value - part[i] / 2), 1 - part[i]));
      Object.assign(frame.style, { left: `${100 * from[0]}%`, top: `${100 * from[1]}%`, width: `${100 * part[0]}%`, height: `${100 * part[1]}%` });
    },
    lens: (x, y) => (view === "whole" ? ask(server.lens, { ...wanted(), x, y, side: 200 }) : null),
  });
  const camera = createCamera(root, { taken: (file) => addFiles([file]) });
  const picker = createPicker($(".picker"), {
    list: async () => ((await look()) ? { models: known.networks, refused: known.refused } : null),
    chosen: () => chosenNetwork,
    takes: ({ task }) => task === "upscale",
    choose: pick,
  }, { heading: "Networks that enlarge", label: "Network" });

  on(".choose", () => $(".files").click());
  on(".files", (event) => { addFiles([...event.target.files]); event.target.value = ""; }, "change");
  on(".paste", paste);
  on(".camera", camera.open);
  on("#up-against, #up-trust, .lock", chosen, "change");
  on("#up-scale, #up-fidelity", dress, "input");
  on("#up-scale, #up-fidelity", chosen, "change");
  on(".go", () => go());
  on(".yes", () => go(true));
  on(".no", () => ($(".sure").hidden = true));
  on(".halt", () => ask(server.stop, { job }));
  on(".back", showPicture);
  on(".save", save);
  on(".truth", () => $(".original").click());
  on(".original", (event) => { score(event.target.files[0]); event.target.value = ""; }, "change");
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])].filter((file) => file.type.startsWith("image/"));
    if (visible() && files.length) { event.preventDefault(); addFiles(files); }
  });
  listen("upscale", visible, {
    whole: () => (view === "picture" || root.querySelector(":popover-open") ? false : void showPicture()),
    lens: () => view === "whole" && compare.toggle(),
  });
  trail.walk("upscale", back);
  compare.box.tabIndex = 0;
  compare.box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, -0.05], ArrowDown: [0, 0.05] }[event.key];
    if (step && view !== "whole") spot = spot.map((value, i) => Math.min(1, Math.max(0, value + step[i])));
    else if (event.key !== "Enter" || view === "whole") return;
    event.preventDefault();
    showPart(...spot);
  });
  onDrop(root, visible, (_, files) => dropped(files));
  window.addEventListener("atelier:upscale", () => receive());
  setInterval(keep, 20000);
  document.addEventListener("visibilitychange", () => document.hidden || keep());

  /** A picture, or only the choice of a network, from another tab. */
  async function receive() {
    const place = atelier.awaited();
    if (!place) return;
    if (!place.network) return (await add(place)) && go();
    return pick(place.network);
  }

  /** Ask what there is to enlarge with; what is chosen stays so while it is there. */
  async function look() {
    const reply = await ask(server.networks, {});
    if (!reply) return false;
    known = reply;
    const kept = network()?.name ?? known.first;
    choose(known.networks.some(({ name }) => name === kept) ? kept : known.first);
    $(".examples").replaceChildren(...known.examples.map(({ name, title, picture: face, small, network: meant }) =>
      make("button", { "data-example": name, onclick: () => example(name, meant) }, make("img", { src: face, alt: "", class: small ? "crisp" : "" }), title)));
    dress();
    refresh();
    return true;
  }

  async function begin() {
    if (!(await look())) return;
    if (known.refused.length) atelier.toast(known.refused.join("\n"));
    await resume();
    receive();
    root.dataset.ready = "yes";
  }
  begin();
}
