/* What can be undone and done again: whole states, the many steps of one gesture as one. */
export function createHistory() {
  const MOST = 100;
  const PAUSE = 1500; // milliseconds after which the next key on a slider is a step of its own
  const past = [];
  let future = [];
  let moving = /** @type {boolean | string} */ (false);
  let last = 0;

  /** Remember `state` before it is left; `gesture` (true, or a name): one of its many steps, of which only the first is
      kept. */
  function note(state, gesture = /** @type {boolean | string} */ (false)) {
    const now = performance.now();
    if (!(gesture && moving === gesture && now - last < PAUSE)) past.push(state);
    last = now;
    if (past.length > MOST) past.shift();
    future = [];
    moving = gesture;
  }

  const rest = () => (moving = false);

  /** The state before `state`, or after it (`again`); null where there is none. */
  function back(state, again = false) {
    moving = false;
    const [from, to] = again ? [future, past] : [past, future];
    if (!from.length) return null;
    to.push(state);
    return from.pop();
  }

  /** All that can be undone, the oldest first. */
  const states = () => [...past];

  /** Go on where somebody left off: with what could be undone there. */
  function begin(states) {
    past.splice(0, past.length, ...states.slice(-MOST));
    future = [];
  }

  return { note, rest, back, states, begin, undos: () => past.length > 0, redos: () => future.length > 0 };
}

/** Tell `rest` when a gesture on a control is over: it is let go of, or left. A run of keys on it is one gesture. */
export function onRest(control, rest) {
  let keyed = false;
  control.addEventListener("keydown", () => (keyed = true));
  control.addEventListener("pointerdown", () => (keyed = false));
  control.addEventListener("change", () => keyed || rest());
  control.addEventListener("blur", rest);
}
