/* What leaves the Learn tab: the run as a file, a picture of its planes, and a film of them while they are played. */
import { make, save, say, toast } from "../parts/atelier.js";
import { noted } from "./note.js";

const SIDE = 720;
const FILMS = ["video/mp4;codecs=avc1", "video/webm;codecs=vp9", "video/webm"];

/** `on`: planes() as canvases, beside each other; line() of words under them; name() of a file without its ending;
    words() of the run; play(). */
export function createSaving(root, on) {
  const button = root.querySelector(".film");
  let film = null;

  const words = (space = 0) => JSON.stringify({ "gan-atelier": "plane", ...on.words() }, null, space);
  const file = () => save(`${on.name()}.json`, new Blob([words(1)], { type: "application/json" }));

  /** The planes beside each other, with a line of words under them. */
  function compose(canvas) {
    const planes = on.planes();
    if (canvas.width !== SIDE * planes.length) Object.assign(canvas, { width: SIDE * planes.length, height: SIDE + 40 });
    const ink = canvas.getContext("2d");
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    ink.fillStyle = colour("--paper");
    ink.fillRect(0, 0, canvas.width, canvas.height);
    planes.forEach((plane, i) => ink.drawImage(plane, i * SIDE, 0, SIDE, SIDE));
    ink.fillStyle = colour("--ink");
    ink.font = "20px sans-serif";
    ink.fillText(on.line(), 12, SIDE + 27);
    return canvas;
  }

  function picture() {
    compose(make("canvas")).toBlob((blob) => blob && save(`${on.name()}.png`, noted(blob, words())), "image/png");
  }

  function shoot() {
    if (film) return film.stop();
    const canvas = compose(make("canvas"));
    const kind = FILMS.find((type) => window.MediaRecorder?.isTypeSupported(type));
    if (!kind) return toast("This browser cannot record films; save a PNG, or use another browser.");
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: kind, videoBitsPerSecond: 6e6 });
    const parts = [];
    recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
    recorder.onstop = () => parts.length && save(`${on.name()}.${kind.startsWith("video/mp4") ? "mp4" : "webm"}`, new Blob(parts, { type: kind.split(";")[0] }));
    film = { stop: () => { film = null; recorder.stop(); told("Film", false); }, paint: () => compose(canvas) };
    recorder.start();
    told("■ Stop film", true);
    on.play();
  }

  function told(words, pressed) {
    say(button, words);
    button.setAttribute("aria-pressed", pressed);
  }

  return { file, picture, shoot, paint: () => film?.paint() };
}
