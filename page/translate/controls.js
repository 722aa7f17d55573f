/* What the controls of Translate show: of the chosen weight, and of the state. The tools have a file of their own. */
import { make, mark, say, upscales } from "../parts/atelier.js";

function welcome({ target, directions, title, styled, outlined, masked }) {
  if (masked) return "Paint over what should go, and it is filled from what is around it, here on this machine.";
  if (outlined) return "It becomes a cartoon of flat colours and clear outlines, here on this machine.";
  if (styled) return "It is painted in the style of any other picture, here on this machine.";
  if (target === "chroma") return "It is coloured here, on this machine; dots of colour tell the network what you know.";
  const words = directions.length > 1 ? directions.join(", or ") : `${title}: it becomes another`;
  return `${words}, here on this machine.`;
}

/** `show(example)` opens one of the weight's own examples; `goes.back()`: whether a repair can be taken back. */
export function createControls(root, state, canvas, show, goes) {
  const $ = (selector) => root.querySelector(selector);

  /** Everything that the chosen weight decides. */
  function dress() {
    const { about, drawn, masked, posed } = state;
    root.classList.toggle("drawing", drawn);
    root.classList.toggle("posing", posed);
    $(".picture").hidden = !drawn;
    say($(".heading"), drawn ? "Picture" : masked ? "Answers" : "Before and after");
    for (const item of root.querySelectorAll(".noisy")) item.hidden = !about.noisy;
    $(".several").hidden = !about.noisy && !masked; // its place is kept: nothing jumps when there are more
    $(".direction").hidden = about.directions.length < 2;
    $("#tr-direction").replaceChildren(...about.directions.map((words, index) => make("option", { value: index }, words)));
    $(".strength").hidden = !about.degrees;
    $(".outlined").hidden = !about.outlined;
    $(".keeping").hidden = !about.whole;
    $(".working").hidden = drawn || masked || posed;
    for (const part of root.querySelectorAll(".for-mask")) part.hidden = !masked;
    $(".saw").hidden = masked;
    const sides = [...new Set([...about.sides, ...(state.set.side ? [state.set.side] : [])])].toSorted((one, other) => one - other);
    $("#tr-side").replaceChildren(...sides.map((side) => make("option", { value: side }, `${side} px`)));
    say($(".welcome h2"), about.invited);
    say($(".welcome p"), welcome(about));
    $(".examples").replaceChildren(...about.examples.map((item) =>
      make("button", { "data-example": item.name, onclick: () => show(item) }, make("img", { src: item.picture, alt: "" }), item.title)));
    $(".ways .example").hidden = !drawn && !about.examples.length;
    $(".ways .example").classList.toggle("main", drawn); // of a photograph one's own is the point
    $(".ways .outline").hidden = !drawn;
  }

  /** `filming`: whether a film is being made. */
  function refresh(filming) {
    const { about, drawn, masked, posed, photo, set, seeds } = state;
    const there = state.ready(canvas);
    const painted = Boolean(masked && photo);
    root.classList.toggle("alone", !drawn && !painted && !posed && !(about.hints && photo));
    root.classList.toggle("masked", painted);
    $(".frame").hidden = drawn || painted;
    $(".looks").hidden = masked && !photo;
    $(".undo").disabled = !canvas.undoable() && !(masked && goes.back());
    $(".redo").disabled = !canvas.redoable();
    for (const name of [".saw", ".dice"]) $(name).disabled = !there;
    for (const name of [".save", ".larger"]) $(name).disabled = !there && !(painted && photo.repairs);
    $(".larger").hidden = !upscales();
    [$(".sketch").hidden, $(".sketch").disabled] = [!drawn, !there || filming];
    [$(".film").hidden, $(".film").disabled] = [!drawn && !posed && !about.degrees, !there || filming];
    $(".dice").hidden = !about.noisy && !masked;
    $(".differ").hidden = masked || seeds.length < 2;
    for (const name of [".hold", ".again", ".mask-save"]) $(name).disabled = !there;
    for (const name of [".invert", ".mask-open", ".see-mask"]) $(name).disabled = !photo;
    $("#tr-keep-mask").checked = set.keepMask;
    mark($(".differ"), "aria-pressed", set.map);
    $(".edges").hidden = !(about.edges && photo);
    [$(".welcome").hidden, $(".viewer").hidden] = [there, !there];
    if (!there || drawn) $(".slide").hidden = true;
    say($(".paper .invite"), !drawn || !canvas.empty() ? "" : `${about.invited}${about.hints ? " Dots of colour say what colour it should have." : ""}`);
    say($(".picture .invite"), there ? "" : "The picture answers here, stroke by stroke.");
    settings();
  }

  function settings() {
    const { about, set } = state;
    const values = { "#tr-seed": set.seed, "#tr-count": set.count, "#tr-direction": set.direction, "#tr-strength": set.strength, "#tr-outlines": set.outlines, "#tr-detail": set.detail, "#tr-edges": set.detector, "#tr-side": set.side ?? about.sides[1] ?? about.sides[0] };
    for (const [name, value] of Object.entries(values)) if ($(name) !== document.activeElement || $(name).type === "range") $(name).value = value;
    say($("#tr-count ~ output"), set.count);
    say($("#tr-strength ~ span output"), set.strength.toFixed(2));
    say($("#tr-outlines ~ span output"), set.outlines.toFixed(2));
    $("#tr-keep").checked = set.keep;
    say($("#tr-detail ~ output"), set.detail.toFixed(2));
    $("#tr-detail").disabled = set.detector === "none";
  }

  return { dress, refresh };
}
