/* What a tab keeps for a reload: drawings, opened pictures, runs; in this browser, for this one window, for a day. Where a
   browser keeps no data of sites, nothing outlives the page, and everything works. */
const A_DAY = 24 * 60 * 60 * 1000;
const PAUSE = 250; // milliseconds from the last change until it is kept

/** The name of this window, which a reload does not change. */
function own() {
  const name = "gan-atelier-window";
  if (!sessionStorage.getItem(name)) sessionStorage.setItem(name, Math.random().toString(36).slice(2));
  return sessionStorage.getItem(name);
}

let opened = null;

function base() {
  opened ??= new Promise((done) => {
    const asked = indexedDB.open("gan-atelier", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(null);
  }).catch(() => null); // refused, as a browser without data of sites does
  return opened;
}

/** Do something with all that is kept; what was asked for, or undefined where that cannot be. */
async function within(mode, act) {
  const found = await base();
  return found && new Promise((done) => {
    const turn = found.transaction("kept", mode);
    const asked = act(turn.objectStore("kept"));
    turn.oncomplete = () => done(asked?.result);
    turn.onabort = () => done(undefined);
  }).catch(() => undefined);
}

/** Forget what no window has asked for since yesterday. */
function sweep(store) {
  store.openCursor().onsuccess = ({ target: { result: row } }) => {
    if (!row) return;
    if (!(Date.now() - row.value.at < A_DAY)) row.delete();
    row.continue();
  };
}

const waiting = new Map(); // by name: what makes the value, and the clock until it is kept

function write(name) {
  const { make, clock } = waiting.get(name);
  clearTimeout(clock);
  waiting.delete(name);
  const row = { at: Date.now(), value: make() };
  return within("readwrite", (store) => {
    const asked = store.put(row, `${own()} ${name}`);
    store.transaction.commit(); // at once: what waits for its own end is given up with a page that is left
    return asked;
  });
}

/** Keep what `make()` gives under a name, a moment after the last change. */
export function keep(name, make) {
  clearTimeout(waiting.get(name)?.clock);
  waiting.set(name, { make, clock: setTimeout(write, PAUSE, name) });
}

/** What was kept under a name before a reload; undefined where there is nothing. */
export async function kept(name) {
  return (await within("readonly", (store) => store.get(`${own()} ${name}`)))?.value;
}

/** The same for what is short, and at once: words and numbers, `undefined` where there are none. */
export function jot(name, value) {
  try {
    sessionStorage.setItem(`gan-atelier-${name}`, JSON.stringify(value));
  } catch {
    // Full: a reload begins anew.
  }
}

export function jotted(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`gan-atelier-${name}`)) ?? undefined;
  } catch {
    return undefined;
  }
}

window.addEventListener("pagehide", () => [...waiting.keys()].forEach(write));
setTimeout(() => within("readwrite", sweep), 5000);
