/* What was chosen: a network, its scale and fidelity, what it is compared with, and how it is trusted. The controls hold it. */
import { make, say } from "../parts/atelier.js";

const KEPT = ["#up-scale", "#up-fidelity", "#up-against", "#up-trust"];

/** `shown(network)` is called when another network is chosen. */
export function createChoice(root, shown) {
  const $ = (selector) => root.querySelector(selector);
  let networks = [];
  let name = null; // of the chosen network
  let own = null; // the scale that it was made for

  const find = (wanted) => networks.find((item) => item.name === wanted);
  const network = () => find(name);
  const nameOf = (wanted) => find(wanted)?.title ?? wanted;
  const against = () => $("#up-against").value;
  const trust = () => $("#up-trust").value;

  function settings() {
    const fidelity = Number($("#up-fidelity").value);
    const mixed = network()?.twin && fidelity > 0;
    return { network: name, scale: Number($("#up-scale").value), fidelity: mixed ? fidelity : null, colour_lock: $(".lock").checked };
  }

  /** Everything that has to be there to show the whole: the result, what it is compared with, and the faithful network's. */
  function needed() {
    const first = settings();
    const plain = (other) => ({ network: other, scale: first.scale, fidelity: null, colour_lock: false });
    const list = [first];
    if (against() !== "bicubic") list.push(plain(against()));
    if (trust() === "twin" && network().faithful) list.push(plain(network().faithful));
    return list;
  }

  /** The settings in words, as a picture's name. */
  function label() {
    const { fidelity, scale } = settings();
    return `${nameOf(name)}${fidelity == null ? "" : `, fidelity ${fidelity.toFixed(2)}`}, × ${scale}`;
  }

  /** Take a network, and its own scale with it unless the visitor has set another. */
  function choose(wanted) {
    if (!find(wanted)) return;
    name = wanted;
    shown(network());
    const before = own;
    own = Math.min(network().scale, $("#up-scale").max);
    if (before === null || settings().scale === before) $("#up-scale").value = own;
  }

  /** The networks that there are now, the first one by its name; what is chosen stays so while it is there. */
  function know(list, first) {
    networks = list;
    const kept = network()?.name ?? first;
    choose(find(kept) ? kept : first);
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
    const others = networks.filter((other) => other.name !== item.name);
    $("#up-against").replaceChildren(make("option", { value: "bicubic" }, "bicubic"), ...others.map((other) => make("option", { value: other.name }, other.title)));
    if (others.some((other) => other.name === kept)) $("#up-against").value = kept;
  }

  /** Put the controls where settings say, of the network that is chosen. */
  function put({ scale, fidelity, colour_lock: lock }) {
    Object.assign($("#up-scale"), { value: scale });
    Object.assign($("#up-fidelity"), { value: fidelity ?? 0 });
    $(".lock").checked = lock;
    dress();
  }

  /** For a reload: what was chosen, and back to it where its network is still there. */
  const kept = () => ({ own, chosen: { network: name, lock: $(".lock").checked, values: KEPT.map((selector) => $(selector).value) } });

  function bring({ own: scale, chosen: { network: wanted, lock, values } }) {
    if (!find(wanted)) return;
    choose(wanted);
    dress();
    KEPT.forEach((selector, index) => ($(selector).value = values[index]));
    $(".lock").checked = lock;
    own = scale;
    dress();
  }

  return { find, network, nameOf, against, trust, settings, needed, label, choose, know, dress, put, kept, bring };
}
