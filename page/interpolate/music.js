/* A sound that drives the film: props.value is what a recipe says of it, and its seconds; null where there is none. */
import { ask, base64, call, mark, say, toast } from "../parts/atelier.js";
import { onDrop } from "../parts/drop.js";
import { newest } from "../parts/newest.js";
import { bars, clock } from "./pulse.js";

export function start({ element, props, server, trigger, watch }) {
  const root = element.querySelector(".music");
  const $ = (selector) => root.querySelector(selector);
  const file = $("input[type=file]");
  const strength = $("input[type=range]");
  function change(value) {
    props.value = value;
    show();
    trigger("input");
  }

  const add = newest(async (sound) => {
    if (sound.size > 20e6) return toast("The page takes sounds of 20 MB; python -m gan_models.interpolate takes larger ones with --music.");
    mark(root, "aria-busy", true);
    const data = await base64(sound);
    const reply = data && (await ask(server.add, { data, name: sound.name }));
    mark(root, "aria-busy", false);
    if (reply) change({ ...reply.music, seconds: reply.seconds, strength: Number(strength.value) });
  });

  function show() {
    const song = props.value;
    const has = Boolean(song?.pulse);
    $(".song").hidden = $(".take-out").hidden = !has;
    say($(".add"), has ? "Another" : "Add a sound");
    if (!has) return;
    say($(".called"), `${song.name}, ${clock(song.seconds)}`);
    strength.value = song.strength;
    say($("output"), Number(song.strength).toFixed(2));
    paint(song);
  }

  /** Loudness upwards, onsets as lines. */
  function paint(song) {
    const canvas = $("canvas");
    const width = (canvas.width = Math.max(120, canvas.clientWidth || 480));
    const { height } = canvas;
    const brush = canvas.getContext("2d");
    const ink = getComputedStyle(root);
    const { loudness, onsets } = bars(song.pulse, width);
    mark(canvas, "aria-label", `Loudness and onsets of ${song.name}`);
    brush.clearRect(0, 0, width, height);
    for (let x = 0; x < width; x++) {
      brush.globalAlpha = 1;
      brush.fillStyle = ink.getPropertyValue("--line");
      brush.fillRect(x, height * (1 - loudness[x]), 1, height * loudness[x]);
      brush.globalAlpha = onsets[x] ** 2;
      brush.fillStyle = ink.getPropertyValue("--accent");
      brush.fillRect(x, height * (1 - loudness[x]), 1, height * loudness[x]);
    }
  }

  $(".add").addEventListener("click", () => file.click());
  $(".take-out").addEventListener("click", () => { change(null); $(".add").focus(); });
  file.addEventListener("change", () => { if (file.files.length) add(file.files[0]); file.value = ""; });
  strength.addEventListener("input", () => say($("output"), Number(strength.value).toFixed(2)));
  strength.addEventListener("change", () => change({ ...props.value, strength: Number(strength.value) }));
  onDrop({ name: "interpolate", title: "Interpolate", root: element.closest("[role=tabpanel]") ?? element, shown: () => element.offsetParent !== null, sounds: add });
  watch("value", show);
  setInterval(() => props.value?.sha256 && call(server.keep, { ids: [props.value.sha256] }), 20000);
  new ResizeObserver(() => props.value?.pulse && paint(props.value)).observe($("canvas"));
  show();
}
