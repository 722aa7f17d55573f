/* The course: its list of lessons, the words of the one that is open, and the experiment behind it. */
import { make, say } from "../parts/atelier.js";

export function createLessons(root, { lessons, experiment }, enter) {
  const $ = (selector) => root.querySelector(selector);
  const of = (key) => lessons.find((one) => one.key === key);

  function row(one, i) {
    const attributes = { role: "option", "data-key": one.key, popovertarget: "learn-lessons", popovertargetaction: "hide", onclick: () => enter(one.key) };
    return make("button", attributes, make("b", {}, `${i + 1}. ${one.title}`), make("small", {}, one.question));
  }

  /** Show the words of a lesson; of none in free play. */
  function show(key) {
    const now = of(key);
    say($("button.lesson b"), now ? `${lessons.indexOf(now) + 1}. ${now.title}` : "Free play");
    $(".text").hidden = !now;
    for (const one of root.querySelectorAll(".lessons [data-key]")) one.setAttribute("aria-selected", one.dataset.key === key);
    if (!now) return;
    for (const part of ["question", "watch", "change"]) say($(`.text .${part}`), now[part]);
    say($(".paper"), now.paper);
    $(".claims").replaceChildren(...now.claims.map(({ run, words }) => make("li", {}, `After ${now.steps} steps, ${run}: ${words}.`)));
    $(".weight").hidden = !now.weight;
    say($(".weight"), `The same loss on digits: ${now.weight_title} →`);
    say($(".digits code"), now.command);
  }

  /** The experiment on samples as training data, where it was made. */
  function tell(made) {
    const box = $(".experiment");
    box.hidden = !made;
    if (!made) return;
    box.querySelector(".plot").innerHTML = made.plot;
    box.querySelector("thead tr").replaceChildren(...made.head.map((name) => make("th", {}, name)));
    box.querySelector("tbody").replaceChildren(...made.rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)))));
  }

  tell(experiment);
  $(".lessons .list").replaceChildren(...lessons.map(row));
  return { of, show, keys: lessons.map(({ key }) => key) };
}
