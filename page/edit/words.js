/* A point's words changed one at a time; nothing here knows of the page. Every function gives a new point. */
const BASE = ["seed", "latent", "styles", "label"];
export const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The words of a point that say its base. */
export const base = (point) => Object.fromEntries(BASE.filter((name) => point[name] != null).map((name) => [name, point[name]]));

/** The point with a word set, or without it where the value is the default. */
export function put(point, name, value, plain) {
  const { [name]: _, ...others } = point;
  return same(value, plain) || value == null ? others : { ...others, [name]: value };
}

const isPush = ({ kind, index, layers }) => (push) => (push.kind ?? "principal") === kind && push.direction === index && same(push.layers, layers);

/** How far the point is pushed along {kind, index, layers}. */
export const pushOf = (point, which) => (point.pushes || []).find(isPush(which))?.amount ?? 0;

export function push(point, which, amount) {
  const others = (point.pushes || []).filter((one) => !isPush(which)(one));
  const words = { direction: which.index, amount };
  if (which.layers) words.layers = which.layers;
  if (which.kind !== "principal") words.kind = which.kind;
  return put(point, "pushes", amount ? [...others, words] : others, []);
}

const isMix = (other, layers) => (mix) => same(base(mix), other) && same(mix.layers, layers);

/** The share of another base over a range of layers. */
export function shareOf(point, other, layers) {
  const found = (point.mixes || []).find(isMix(other, layers));
  return found ? found.share ?? 1 : 0;
}

export function mix(point, other, layers, share) {
  const others = (point.mixes || []).filter((one) => !isMix(other, layers)(one));
  const words = { ...other, layers, ...(share === 1 ? {} : { share }) };
  return put(point, "mixes", share ? [...others, words] : others, []);
}
