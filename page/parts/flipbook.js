// A picture that has a time: one sprite of small pictures, a slider over them, a strip and a play button.
// value: {name, sprite, count, columns, width, height, at: [frame number of each picture], total, fps, labels,
//         marks, start, request, sharper, crisp}. With a `request`, the exact frame is asked of the server while the
//         nearest one is shown; `sharper` asks even for frames that are in the sprite.
import * as atelier from "./atelier.js";
import { newest } from "./newest.js";

export function start({ element, props, watch, server }) {
  const canvas = element.querySelector("canvas");
  const slider = element.querySelector("input");
  const play = element.querySelector(".flip-play");
  const strip = element.querySelector(".flip-strip");
  const words = element.querySelector("output");
  const larger = element.querySelector(".flip-larger");
  const pen = canvas.getContext("2d");
  const picture = new Image();
  let value = null, timer = null, delay = Infinity;
  const patience = 150; // ms: a slower server gets the nearest small picture shown meanwhile

  const nearest = (frame) => {
    let best = 0;
    value.at.forEach((at, i) => { if (Math.abs(at - frame) < Math.abs(value.at[best] - frame)) best = i; });
    return best;
  };

  function size(width, height) {
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.classList.toggle("crisp", value.crisp);
  }

  function draw(i) {
    const { columns, width, height } = value;
    size(width, height);
    pen.drawImage(picture, (i % columns) * width, Math.floor(i / columns) * height, width, height, 0, 0, width, height);
  }

  function show(frame, exact = true) {
    if (!value) return;
    const i = nearest(frame);
    slider.value = frame;
    words.textContent = value.labels[i] ?? `frame ${frame + 1} of ${value.total}, ${(frame / value.fps).toFixed(1)} s`;
    slider.setAttribute("aria-valuetext", words.textContent);
    [...strip.children].forEach((b, n) => b.classList.toggle("now", n === i));
    const more = exact && value.request && (value.sharper || value.at[i] !== frame);
    if (picture.complete && picture.naturalWidth && !(more && delay < patience)) draw(i);
    if (more) ask(frame);
  }

  // The last frame asked for is always the last one answered.
  const ask = newest(async (frame) => {
    const from = value, begun = performance.now();
    const answer = (await atelier.ask(server.frame, { ...from.request, frame })) ?? {};
    const sharp = new Image();
    sharp.src = answer.picture ?? "";
    if (answer.picture) await sharp.decode().catch(() => {});
    delay = answer.picture ? performance.now() - begun : patience;
    if (from !== value || Number(slider.value) !== frame) return;
    if (!sharp.naturalWidth) return draw(nearest(frame));
    size(sharp.naturalWidth, sharp.naturalHeight);
    pen.drawImage(sharp, 0, 0);
  });

  function stop() {
    cancelAnimationFrame(timer);
    timer = null;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  function start() {
    const begun = performance.now();
    const first = Number(slider.value) >= value.total - 1 ? 0 : Number(slider.value);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    let last = -1;
    const step = (now) => {
      if (!element.isConnected || !element.offsetParent) return stop();
      const frame = (first + Math.floor(Math.max(0, now - begun) / 1000 * value.fps)) % value.total;
      // Every exact frame where the server answers within a frame's time, else the small pictures.
      if (frame !== last) show(frame, delay === Infinity || delay * value.fps < 900);
      last = frame;
      timer = requestAnimationFrame(step);
    };
    timer = requestAnimationFrame(step);
  }

  function cell(i) {
    const button = document.createElement("button");
    const rows = Math.ceil(value.count / value.columns);
    const part = (n, of) => (of > 1 ? (100 * n) / (of - 1) : 0);
    button.type = "button";
    button.tabIndex = -1; // the slider is the way by keyboard
    button.title = value.labels[i] ?? `frame ${value.at[i] + 1}`;
    button.classList.toggle("mark", value.marks.includes(i));
    button.style.aspectRatio = `${value.width} / ${value.height}`;
    button.style.backgroundImage = `url(${value.sprite})`;
    button.style.backgroundSize = `${100 * value.columns}% ${100 * rows}%`;
    button.style.backgroundPosition =
      `${part(i % value.columns, value.columns)}% ${part(Math.floor(i / value.columns), rows)}%`;
    button.onclick = () => { stop(); show(value.at[i]); };
    return button;
  }

  function load() {
    const fresh = props.value;
    element.querySelector(".flipbook").classList.toggle("empty", !fresh?.count);
    element.querySelector(".flip-empty").textContent = fresh?.empty ?? "";
    if (!fresh?.count) { stop(); value = null; return; }
    // Of the same name the moment that was chosen stays, and the last one is the last one still.
    const same = value && value.name === fresh.name;
    const last = same && Number(slider.value) >= value.total - 1 && fresh.start === 1;
    const share = same && !last ? Number(slider.value) / Math.max(1, value.total - 1) : fresh.start ?? 0;
    const kept = same && !last && fresh.start === 1 ? Number(slider.value) : null;
    value = fresh;
    larger.hidden = !(value.request?.points && atelier.upscales());
    picture.onload = () => show(Number(slider.value));
    picture.src = value.sprite;
    slider.max = value.total - 1;
    slider.value = kept ?? Math.round(share * (value.total - 1));
    strip.replaceChildren(...value.at.map((_, i) => cell(i)));
    if (timer) { stop(); start(); }
  }

  // A frame of a walk has a point: the server's answer says it, and Upscale opens it.
  larger.onclick = async () => {
    const answer = await atelier.ask(server.frame, { ...value.request, frame: Number(slider.value) });
    if (answer) atelier.upscale({ weight: answer.weight, point: answer.point });
  };
  play.onclick = () => {
    if (!timer) return value && start();
    stop();
    show(Number(slider.value));
  };
  slider.oninput = () => { stop(); show(Number(slider.value)); };
  watch("value", load);
  load();
}
