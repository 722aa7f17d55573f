/* The link: the state of the Sample tab in the address, readable where it can be. */
import { pack, toast, unpack } from "../parts/atelier.js";

const KEYS = ["model", "seed", "n", "psi", "class", "text", "open", "d", "x", "bred", "base"];
const KINDS = [["d", "directions"], ["x", "coordinates"]];

/** The address of a state. Sliders are written picture.slider:value, as in d=0.3:1.5,0.4:-2 */
export function write(state) {
  const address = new URL(location.href);
  for (const key of KEYS) address.searchParams.delete(key);
  const set = (key, value) => address.searchParams.set(key, value);
  set("model", state.weight);
  set("seed", state.seed);
  set("n", state.count);
  if (state.psi !== 1) set("psi", state.psi);
  if (state.label !== "each") set("class", state.label);
  if (state.text != null) set("text", state.text);
  if (state.open != null) set("open", state.open);
  if (state.bred) set("bred", pack(state.bred));
  else if (state.base) set("base", pack(state.base));
  for (const [key, kind] of KINDS) {
    const parts = Object.entries(state.edits).flatMap(([i, mine]) => Object.entries(mine[kind] || {}).map(([k, v]) => `${i}.${k}:${v}`));
    if (parts.length) set(key, parts.join(","));
  }
  return address.href;
}

/** Points as they stand in a link; throws for anything else. */
function points(list) {
  const are = Array.isArray(list) && list.length && list.every((point) => Array.isArray(point?.latent) || Number.isInteger(point?.seed) || typeof point?.styles === "string");
  if (!are || list.length > 64) throw new Error("no points");
  return list;
}

/** What the address says of the state; nothing impossible gets through. */
export function read() {
  const get = new URLSearchParams(location.search);
  const whole = (key, least, most) => {
    const value = Number.parseInt(get.get(key), 10);
    return Number.isNaN(value) ? null : Math.min(most, Math.max(least, value));
  };
  const state = { weight: get.get("model"), count: whole("n", 1, 64) ?? 12, edits: {} };
  state.seed = whole("seed", 0, 2 ** 53 - 65) ?? 1; // as far as all seeds of a wall are whole numbers
  state.label = whole("class", 0, 9999) ?? "each";
  state.text = get.get("text");
  const psi = Number.parseFloat(get.get("psi"));
  if (psi >= 0 && psi <= 1.5) state.psi = psi;
  for (const [key, kind] of KINDS) {
    for (const [, i, k, v] of (get.get(key) || "").matchAll(/(\d+)\.(\d+):(-?[\d.]+)/g)) {
      if (Number.isFinite(Number(v))) state.edits[i] = { ...state.edits[i], [kind]: { ...state.edits[i]?.[kind], [k]: Number(v) } };
    }
  }
  try {
    const [bred, base] = ["bred", "base"].map((key) => get.get(key) && unpack(get.get(key)));
    if (bred) state.bred = { ...bred, parents: points(bred.parents), strength: Number(bred.strength) };
    else if (base) state.base = points(base);
  } catch {
    toast("The link is damaged; the page opens without what was bred.");
  }
  if (state.base) state.count = state.base.length;
  state.open = whole("open", 0, state.count - 1);
  return state;
}
