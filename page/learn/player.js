/* Playing: the one or two runs on the server, begun together, brought forward in step, turned singly, played again. */
import { ask, make, say } from "../parts/atelier.js";

const PICTURE = 45; // milliseconds from one picture to the next, at least: more could nobody see
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** `on`: state() with the options of the runs and what was played, sides() of it that there are, end() of the lesson in
    steps, shown(); begun(side, reply) and ready() when runs have begun, took(side, reply) and after() at each picture. */
export function createPlayer(root, server, on) {
  const $ = (selector) => root.querySelector(selector);
  const { sides } = on;
  let runs = { a: null, b: null }; // {name, reply}
  let playing = false;
  let turn = 0; // of starting anew: what an older one still brings is thrown away
  let underWay = null; // the slice that the server is at, if any

  const reply = (which) => runs[which]?.reply;
  /** Whether the state's runs have begun: between a change and the server's answer they have not. */
  const begun = () => sides().every(reply);
  const reached = () => Math.min(...sides().map((which) => reply(which)?.step ?? 0));
  const burst = () => sides().every((which) => reply(which)?.burst);

  /** Start the runs of the state anew, from their seeds; whether all of them could be. */
  async function restart({ play = false } = {}) {
    const mine = ++turn;
    playing = false;
    const old = Object.values(runs).filter(Boolean).map((run) => run.name);
    const replies = await Promise.all(sides().map((which, i) => ask(server.start, { options: on.state()[which], instead: i ? [] : old })));
    if (mine !== turn || replies.some((one) => !one)) return false;
    runs = { a: null, b: null };
    sides().forEach((which, i) => {
      runs[which] = { name: replies[i].run, reply: replies[i] };
      on.begun(which, replies[i]);
    });
    on.state().played = [];
    told([]);
    on.ready();
    if (play) run();
    return true;
  }

  /** Bring every run to step `until`, or as far as one slice of the server's time goes; whether to go on. */
  async function slice(until, mine) {
    if (!begun()) return false;
    root.dataset.waiting = true;
    const own = (underWay = advanced(until, mine));
    const goOn = await own;
    if (underWay === own) underWay = null;
    root.dataset.waiting = Boolean(underWay);
    return goOn;
  }

  async function advanced(until, mine) {
    const before = reached();
    const asked = sides().filter((which) => reply(which).step < until && !reply(which).burst);
    const replies = await Promise.all(asked.map((which) => ask(server.advance, { run: runs[which].name, until })));
    if (mine !== turn) return false;
    if (replies.some((one) => !one)) return false;
    asked.forEach((which, i) => take(which, replies[i]));
    note("b", reached() - before);
    on.after();
    return true;
  }

  function take(which, now) {
    runs[which].reply = { ...now, floor: reply(which).floor };
    on.took(which, now);
  }

  /** What was played, as [kind, count]: b for both networks, d and g for one of them alone. */
  function note(kind, count) {
    if (!count) return;
    const { played } = on.state();
    const last = played.at(-1);
    if (last?.[0] === kind) last[1] += count;
    else played.push([kind, count]);
  }

  async function run() {
    if (playing || !begun()) return;
    playing = true;
    const mine = turn;
    button();
    const end = on.end() > reached() ? on.end() : Infinity;
    let owed = 0;
    let last = performance.now();
    while (playing && mine === turn && on.shown() && !burst()) {
      const rate = Number($(".speed select").value);
      await sleep(Math.max(0, last + PICTURE - performance.now()));
      if (!playing || mine !== turn) break; // paused meanwhile: not a step more
      const now = performance.now();
      owed = Math.min(owed + ((now - last) / 1000) * rate, rate / 4 + 1);
      last = now;
      const steps = rate ? Math.floor(owed) : 500;
      const ahead = Math.max(...sides().map((which) => reply(which).step));
      const behind = ahead > reached() && !sides().some((which) => reply(which).burst);
      if (!steps && !behind) continue;
      owed -= behind ? 0 : steps;
      if (!(await slice(Math.min(end, behind ? ahead : ahead + steps), mine))) break;
      if (reached() >= end) { told([`Step ${end}: here the lesson's measured claims hold. Play on, or compare side by side.`]); break; }
    }
    if (mine === turn) playing = false;
    button();
  }

  /** One turn of the discriminator or of the generator alone. */
  async function single(network) {
    if (!begun()) return;
    playing = false;
    await underWay; // its answer would come after this one's and be the older
    const mine = turn;
    const replies = await Promise.all(sides().map((which) => ask(server.turn, { run: runs[which].name, network })));
    if (mine !== turn || replies.some((one) => !one)) return;
    sides().forEach((which, i) => take(which, replies[i]));
    note(network[0], 1);
    told(replies.map((one, i) => `${on.state().b ? `${"AB"[i]}: ` : ""}${one.told}`));
    on.after();
  }

  /** Play a saved run again up to where it was. */
  async function replay(moves) {
    const mine = turn;
    told(["Playing it again up to where it was …"]);
    for (const [kind, count] of moves) {
      const until = reached() + count;
      if (kind === "b") while (mine === turn && reached() < until && !burst()) { if (!(await slice(until, mine))) return; }
      else for (let i = 0; i < count && mine === turn; i++) await single(kind === "d" ? "discriminator" : "generator");
    }
    if (mine === turn) told([]);
  }

  function told(lines) {
    $(".told").replaceChildren(...lines.map((line) => make("p", {}, line)));
  }

  function button() {
    say($(".play"), playing ? "❚❚ Pause" : "▶ Play");
    root.dataset.playing = playing;
  }

  const pause = () => (playing = false);

  function toggle() {
    if (playing) pause();
    else run();
    button();
  }

  return { restart, run, single, replay, pause, toggle, begun, reached, reply, playing: () => playing };
}
