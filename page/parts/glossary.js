// Behind a question mark: under its text, the words of the field that the text uses, each with its own.
import { make } from "./atelier.js";

/** Explain the words of every popover that a question mark opens, when it opens. */
export function explains() {
  const terms = JSON.parse(document.querySelector("#glossary")?.textContent ?? "{}");
  // The event does not bubble, and a text that is filled in later has other words.
  document.addEventListener("beforetoggle", ({ target, newState }) => {
    if (newState !== "open" || !(target instanceof Element) || !ofQuestionMark(target)) return;
    target.querySelector(".glossary")?.remove();
    const used = wordsIn(target.textContent, Object.keys(terms));
    if (!used.length) return;
    target.append(make("dl", { class: "glossary" }, ...used.flatMap((word) => [make("dt", {}, word), make("dd", {}, terms[word])])));
  }, true);
}

const ofQuestionMark = ({ id }) => id && document.querySelector(`.q[popovertarget="${CSS.escape(id)}"]`);

/** Those of the words that a text uses, also in the plural, in its order; of one within another the longer. */
export function wordsIn(text, words) {
  const longest = [...words].sort((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!longest.length) return [];
  const found = text.matchAll(new RegExp(`\\b(${longest.join("|")})(?:e?s)?\\b`, "gi"));
  const named = [...found].map(([, word]) => words.find((one) => one.toLowerCase() === word.toLowerCase()));
  return [...new Set(named)];
}
