// From dropped pictures to a training: send them in pieces, show what was found, try how fast it goes, begin.
import { base64, call, make, say, toast } from "../parts/atelier.js";
import { start as copies } from "../parts/copy.js";
import { onDrop } from "../parts/drop.js";
import { newest } from "../parts/newest.js";
import { picked, walked } from "./files.js";

const PIECE = 6_000_000; // bytes in a request: 8 MB as base64
const MOST_FILES = 20_000;
const MOST_BYTES = 2_000_000_000;
const FIELDS = ["kind", "size", "minutes", "title", "by_class", "plain", "begin", "swap"];

export function start(given) {
  const { element, props, server } = given;
  const root = element.querySelector(".studio");
  const $ = (selector) => root.querySelector(selector);
  const form = $(".choices"), status = $(".status"), bar = $(".welcome progress");
  let source = null; // {id} of an upload, or {name} of a folder of the machine
  let found = null;
  let turn = 0; // of dropping: what an older drop still brings is thrown away

  copies(given);
  root.open = props.value.open;
  $(".path").hidden = !props.value.here;

  /* ---- pictures ---- */

  async function send(files) {
    const mine = ++turn;
    const { pictures, others } = picked(files);
    const total = pictures.reduce((sum, { file }) => sum + file.size, 0);
    const elsewhere = props.value.here ? "name the folder below instead" : "drop fewer";
    if (!pictures.length) return fail(files.length ? `None of ${files.length === 1 ? "it" : `these ${files.length} files`} is a picture: give JPEG, PNG or WebP, a folder of them, or a zip.` : "That folder is empty.");
    if (pictures.length > MOST_FILES) return fail(`That is ${pictures.length.toLocaleString("en")} pictures, and ${MOST_FILES.toLocaleString("en")} can be sent; ${elsewhere}.`);
    if (total > MOST_BYTES) return fail(`That is ${(total / 1e9).toFixed(1)} GB, and ${MOST_BYTES / 1e9} can be sent; ${elsewhere}.`);
    reset();
    let id = null, sent = 0;
    for (const piece of pieces(pictures)) {
      const items = [];
      for (const { name, file, at, end } of piece) {
        const data = await base64(file.slice(at, end));
        if (data === null) return fail("The browser could not read the pictures; choose them again.");
        items.push({ name, at, data });
        sent += end - at;
      }
      const answer = await call(server.put, { id, items });
      if (mine !== turn) return;
      if (answer.error) return fail(answer.error);
      id = answer.id;
      busy(`${(sent / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB sent`, total ? sent / total : 1);
    }
    const left = others ? ` (${others} other file${others > 1 ? "s" : ""} left out)` : "";
    await look({ id }, mine, `Looking through ${pictures.length.toLocaleString("en")} file${pictures.length > 1 ? "s" : ""}${left}…`, titleOf(pictures));
  }

  async function look(place, mine, words, title) {
    busy(words);
    const answer = await call(server.found, place);
    if (mine !== turn) return;
    if (answer.error) return fail(answer.error);
    [source, found] = [place, answer];
    show(title || answer.title);
  }

  function reset() {
    [source, found] = [null, null];
    $(".found").hidden = true;
    $(".welcome").hidden = false;
  }

  function busy(words, share = null) {
    say(status, words);
    bar.hidden = share === null;
    bar.value = share ?? 0;
  }

  function fail(words) {
    busy("");
    say(status, words);
  }

  /* ---- what was found, and what is chosen ---- */

  function show(title) {
    busy("");
    $(".welcome").hidden = true;
    $(".found").hidden = false;
    $(".found img").src = found.sheet;
    $(".facts").replaceChildren(...facts().map(([text, odd]) => make("p", { class: odd ? "odd" : null }, text)));
    form.kind.replaceChildren(...found.kinds.map(({ key, title: words, why }) =>
      make("option", { value: key, disabled: Boolean(why) }, why ? `${words}: ${why}` : words)));
    form.title.value = title;
    pickKind();
  }

  function facts() {
    const size = ([width, height]) => `${width} × ${height}`;
    const [small, middle, large] = found.sizes.map(size);
    const n = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
    const classes = Object.entries(found.classes).map(([name, count]) => `${name} (${count.toLocaleString("en")})`);
    return [
      [`${n(found.count, "picture")}, ${found.channels === 1 ? "gray" : "in colour"}`],
      [small === large ? `all of ${small} px` : `${small} to ${large} px, most about ${middle}`],
      classes.length ? [`${n(classes.length, "class", "classes")}: ${classes.slice(0, 8).join(", ")}${classes.length > 8 ? ", …" : ""}`] : null,
      found.pairs ? [n(found.pairs, "pair")] : null,
      found.near ? [`${n(found.near, "picture")} ${found.near === 1 ? "has" : "have"} another that is nearly the same`] : null,
      found.unreadable ? [`${found.unreadable} cannot be read and ${found.unreadable === 1 ? "is" : "are"} left out: ${found.skipped.map((one) => one.split(":")[0]).join(", ")}${found.unreadable > found.skipped.length ? ", …" : ""}`, true] : null,
      // Classes have their line above.
      ...found.told.filter((text) => !text.startsWith("folders are classes")).map((text) => [`${text[0].toUpperCase()}${text.slice(1)}.`, true]),
    ].filter(Boolean);
  }

  function pickKind() {
    const row = found.kinds.find(({ key }) => key === form.kind.value);
    // 64 px is quick; smaller pictures are not enlarged.
    const usual = row.sizes.filter((size) => size <= Math.min(64, found.natural)).at(-1) ?? row.sizes[0];
    say($(".about"), row.words);
    form.size.replaceChildren(...row.sizes.map((size) => make("option", { value: size }, `${size} px`)));
    form.size.value = String(usual);
    $(".by-class").hidden = !row.classes;
    $(".swap").hidden = !row.swaps;
    pickSize();
  }

  /** A model can begin with what another of its size has learned. */
  function pickSize() {
    const size = Number(form.size.value), row = found.kinds.find(({ key }) => key === form.kind.value);
    const begins = row.begins.filter((one) => one.size === size);
    $(".begins").hidden = !begins.length;
    form.begin.replaceChildren(make("option", { value: "" }, "new networks"),
      ...begins.map(({ name, title }) => make("option", { value: name }, `what ${title} has learned`)));
    chosen();
  }

  const settings = () => Object.fromEntries(FIELDS.map((name) => {
    const field = form[name];
    if (field.type === "checkbox") return [name, field.checked && !field.closest(".tick").hidden];
    return [name, name === "size" || name === "minutes" ? Number(field.value) : field.value];
  }));
  const request = () => ({ ...source, settings: settings() });
  /** What the speed depends on: all but the name. */
  const measured = () => JSON.stringify({ ...settings(), title: "" });

  function chosen() {
    write();
    $(".estimate").classList.remove("bad");
    say($(".estimate"), "Trying it for some seconds, to see how fast this machine is…");
    estimate();
  }

  // The newest choice is the last one answered.
  const write = newest(async () => {
    const answer = await call(server.plan, request());
    say($(".line code"), answer.command ?? "");
    if (answer.error) tell(answer.error);
  });
  const estimate = newest(async () => {
    const asked = measured(), mine = turn;
    const answer = await call(server.estimate, request());
    if (mine !== turn || !source || measured() !== asked) return;
    if (answer.error) return tell(answer.error);
    say($(".estimate"), answer.words + (answer.busy ? " Measured beside a training that runs." : ""));
  });

  function tell(words) {
    $(".estimate").classList.add("bad");
    say($(".estimate"), words);
    if (/features of the projected/i.test(words)) $(".plain").hidden = false;
  }

  /* ---- begin ---- */

  async function begin() {
    const button = $(".go");
    if (button.disabled) return;
    button.disabled = true;
    const answer = await call(server.begin, request());
    button.disabled = false;
    if (answer.error) return tell(answer.error);
    turn++;
    reset();
    root.open = false;
    // The list of runs asks every two seconds what is new.
    for (let i = 0; i < 40; i++) {
      const tile = /** @type {HTMLElement | null} */ (document.querySelector(`#training-runs [data-name="${CSS.escape(answer.run)}"]`));
      if (tile) return tile.click();
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  form.onsubmit = (event) => { event.preventDefault(); begin(); };
  form.addEventListener("input", ({ target }) => {
    if (target.name === "kind") pickKind();
    else if (target.name === "size") pickSize();
    else if (target.name === "title") write();
    else chosen();
  });
  $(".again").onclick = () => { turn++; reset(); };
  for (const input of root.querySelectorAll("input[type=file]")) {
    input.onchange = () => { send([...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }))); input.value = ""; };
  }
  $(".path").onsubmit = (event) => {
    event.preventDefault();
    const name = $(".path input").value;
    reset();
    look({ name }, ++turn, "Looking through the folder…");
  };
  const take = (files) => {
    root.open = true;
    return send(files).catch(() => toast("The browser could not read what was dropped; choose it with the buttons."));
  };
  onDrop({
    name: "training", title: "Training", root, shown: () => element.offsetParent !== null,
    folders: async (transfer) => take(await walked(transfer)),
    pictures: (files) => take(files.map((file) => ({ name: file.name, file }))),
  });
  root.dataset.ready = "yes";
}

/** Lists of [{name, file, at, end}], PIECE bytes each: a large file in several, many small ones in one. */
function* pieces(pictures) {
  let piece = [], size = 0;
  for (const { name, file } of pictures) {
    for (let at = 0; at === 0 || at < file.size; at += PIECE) {
      const end = Math.min(file.size, at + PIECE);
      if (size + end - at > PIECE && piece.length) { yield piece; piece = []; size = 0; }
      piece.push({ name, file, at, end });
      size += end - at;
    }
  }
  if (piece.length) yield piece;
}

/** What a training is called where nobody says: the one folder or zip that holds all. */
function titleOf(pictures) {
  const tops = new Set(pictures.map(({ name }) => (name.includes("/") ? name.split("/")[0] : /\.zip$/i.test(name) ? name : "")));
  return tops.size === 1 && !tops.has("") ? [...tops][0].replace(/\.zip$/i, "") : "my-pictures";
}
