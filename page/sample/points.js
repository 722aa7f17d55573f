/* What the pictures of a state are: each as the server's Point, and its name. */

export const PLAIN = { weight: null, seed: 1, count: 12, psi: 1, label: "each", text: null, base: null, bred: null, edits: {}, open: null, picked: [], before: null };

export const everyone = ({ count }) => Array.from({ length: count }, (_, index) => index);

/** Picture `index` of a state of a model with these `labels`, as a Point that holds only what is not by default. */
export function pointAt(state, labels, index) {
  const { label: own, text: said, ...point } = state.base ? state.base[index] : { seed: state.seed + index };
  const label = own ?? (state.base || state.label === "each" ? null : state.label);
  const edit = state.edits[index] || {};
  const text = said ?? state.text;
  if (label != null && labels.length) point.label = label;
  if (text) point.text = text;
  if (state.psi !== 1) point.truncation = state.psi;
  for (const kind of ["directions", "coordinates"]) {
    if (Object.keys(edit[kind] || {}).length) point[kind] = edit[kind];
  }
  return point;
}

export function nameOf(state, labels, index) {
  const { seed, label: own } = pointAt(state, labels, index);
  const label = labels.length ? `, ${labels[own ?? (seed || 0) % labels.length]}` : "";
  if (state.bred) return `Child ${index + 1}${label}`;
  return state.base ? `Picture ${index + 1}${label}` : `Seed ${state.seed + index}${label}`;
}

/** The same state with all of its pictures drawn from another sentence: what was bred, opened or moved stays. */
export function saying(state, text) {
  const said = ({ embedding: _, ...point }) => ({ ...point, text });
  return {
    text,
    base: state.base?.map(said) ?? null,
    bred: state.bred && { ...state.bred, parents: state.bred.parents.map(said) },
  };
}

/** Whether any picture of a state was edited. */
export const edited = ({ edits }) => Object.values(edits).some((mine) => Object.values(mine).some((values) => Object.keys(values).length));

/** A state with one picture open: {weight, point} from elsewhere. */
export function opened({ weight, point }) {
  const { truncation, directions, coordinates, text = "", ...base } = point;
  const next = { ...PLAIN, weight, psi: truncation ?? 1, text, open: 0, edits: { 0: { directions: directions || {}, coordinates: coordinates || {} } } };
  const { seed, label, ...more } = base; // of a plain seed there is nothing more
  if (seed == null || Object.keys(more).length) return { ...next, base: [base], count: 1 };
  return { ...next, seed, label: label ?? "each" };
}
