/* What the controls of Sample show: of the model, and of the state. The opened picture has its own (inspector.js). */
import { edits, make, say, translates, upscales } from "../parts/atelier.js";
import { nameOf } from "./points.js";

export function createControls(root) {
  const $ = (selector) => root.querySelector(selector);

  function put(selector, value) {
    if ($(selector) !== document.activeElement || $(selector).type === "range") $(selector).value = value;
  }

  /** Dress for another model, as the server describes it. */
  function dress({ labels, verdict }) {
    $(".classes").hidden = !labels.length;
    $("#at-class").replaceChildren(make("option", { value: "each" }, "each in turn"), ...labels.map((name, i) => make("option", { value: i }, name)));
    for (const box of [$(".verdict"), $(".sort")]) box.disabled = Boolean(verdict.why);
    $(".own-picture").hidden = Boolean(verdict.why);
    $(".judged").hidden = true;
    if (verdict.why) $(".verdict").checked = $(".sort").checked = false;
    $(".why").textContent = verdict.why || "";
  }

  function show(state, about, past) {
    const inspecting = state.open != null;
    root.classList.toggle("inspecting", inspecting);
    $(".for-wall").hidden = inspecting;
    $(".for-one").hidden = !inspecting;
    put("#at-seed", state.seed);
    put("#at-class", state.label);
    put("#at-count", state.count);
    put("#at-psi", state.psi);
    say($("#at-count ~ output"), state.count);
    say($("#at-psi").parentElement.querySelector("output"), `× ${state.psi.toFixed(2)}`);
    $(".undo").disabled = !past.undos();
    $(".redo").disabled = !past.redos();
    say($(".what"), `${state.count} picture${state.count > 1 ? "s" : ""}, ${about.size} × ${about.size} px`);
    $(".larger").hidden = !upscales();
    $(".translate-it").hidden = !translates();
    $(".edit-it").hidden = !(about.layers && edits());
    showBreeding(state, about);
  }

  function showBreeding(state, { labels }) {
    const { bred, picked } = state;
    $(".breed").disabled = !picked.length;
    say($(".picks"), picked.length ? picked.map((index) => nameOf(state, labels, index)).join(" and ") : "Pick one or two pictures");
    $(".lineage").hidden = !bred;
    if (bred) put("#at-strength", bred.strength);
    say($("#at-strength ~ output"), Number($("#at-strength").value).toFixed(2));
    if (bred) $(".lineage .hint").textContent = `Children of ${bred.parents.length === 1 ? "one picture" : "two pictures"}, strength ${bred.strength.toFixed(2)}`;
    $(".dice").title = bred ? "Other children of the same parents" : "Roll a new seed";
  }

  return { dress, show };
}
