// The picker of tabs that are made of Gradio's parts. value: {items, chosen, second, refused}, as page/parts/picker.py has it.
// A choice sends the value back with another `chosen`, and `followed` where another tab made it; where `second` is not
// left out, a second picker says what stands beside the first.
import { lately, make } from "./atelier.js";
import { jot, jotted } from "./kept.js";
import { createPicker } from "./picker.js";
import { began } from "./place.js";

export function start({ element, props, trigger, watch }) {
  const root = element.querySelector(".pickers");
  let whole = props.value || {};

  const own = element.closest(".block").id;
  /** What to begin with: before a reload of this very tab what was chosen on it, else what was chosen last on any. */
  const first = () => (element.closest(`#tab-${CSS.escape(began())}`) && jotted(own)) || (lately() ? { chosen: lately().name } : {});

  const item = (name) => (whole.items ?? []).find((one) => one.name === name);
  const list = () => ({ models: whole.items ?? [], refused: [] });

  function send(change) {
    whole = props.value = { ...whole, followed: false, ...change };
    trigger("input");
    show();
  }

  const takes = ({ name }) => Boolean(item(name));
  const main = createPicker(root.appendChild(make("div")), {
    list,
    takes,
    chosen: () => whole.chosen,
    choose: (chosen, followed) => send({ chosen, followed, ...(chosen === whole.second && { second: null }) }),
  });
  const place = root.appendChild(make("div", { hidden: true }));
  const beside = createPicker(place, {
    list: () => ({ models: list().models.filter(({ name }) => name !== whole.chosen), refused: [] }),
    chosen: () => whole.second,
    choose: (second) => send({ second }),
  }, { heading: "Show beside it", label: "Beside it", none: "Show another beside it" });
  const off = root.appendChild(make("button", { type: "button", class: "btn alone", hidden: true, onclick: () => send({ second: null }) }, "Only one"));

  let listed = "[]"; // the names that the lists were last filled with

  function show() {
    if (listed !== (listed = JSON.stringify((whole.items ?? []).map(({ name }) => name)))) for (const picker of [main, beside]) picker.renew();
    main.show(item(whole.chosen));
    if (item(whole.chosen)) jot(own, { chosen: whole.chosen, ...(whole.second && { second: whole.second }) });
    place.hidden = whole.second === undefined;
    off.hidden = !whole.second;
    if (!place.hidden) beside.show(item(whole.second));
    // Chosen here, by a visitor or with the tray's pictures; the first look's own choice is nobody's wish.
    if (item(whole.chosen) && told !== whole.chosen) {
      if (told !== null || !lately()) main.tell(item(whole.chosen));
      told = whole.chosen;
    }
  }

  let told = null; // the choice that the other tabs know of

  // What to begin with; null once a list was there to choose it from. The first question may leave without it.
  let wish = whole.chosen ? null : first();

  /** Choose what was wished for at the beginning, where the list has it and something else was chosen. */
  function insist() {
    if (!wish || !whole.items?.length) return;
    const { chosen, second = null } = wish;
    wish = null;
    if (item(chosen) && chosen !== whole.chosen) send({ chosen, ...(whole.second !== undefined && { second }) });
  }

  watch("value", () => {
    whole = props.value || {};
    show();
    insist();
  });
  if (wish) props.value = whole = { ...whole, ...wish };
  show();

  // While the tab is open and the window is looked at, ask now and then whether there is something new.
  // The first time at once: this script runs when the tab is first opened.
  const look = () => {
    if (!element.isConnected) return clearInterval(clock);
    if (element.offsetParent && !document.hidden) trigger("tick");
  };
  const clock = setInterval(look, 2000);
  setTimeout(look);
}
