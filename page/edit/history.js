/* What can be undone and done again: whole states, the many steps of one gesture as one. */
export function createHistory() {
  const MOST = 100;
  const past = [];
  let future = [];
  let moving = false;

  /** Remember `state` before it is left; `gesture`: one of many steps, of which only the first is kept. */
  function note(state, gesture = false) {
    if (!(gesture && moving)) past.push(state);
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

  return { note, rest, back, undos: () => past.length > 0, redos: () => future.length > 0 };
}
