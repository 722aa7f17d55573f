/* Names that a visitor gives to directions. They stay in this browser, under the mark of the weight's own tensors,
   and go along in the files that are saved. */
import { toast } from "./atelier.js";

const SHELF = "gan-atelier-direction-names"; // {mark: {key of a direction: name}}

function all() {
  try {
    return JSON.parse(localStorage.getItem(SHELF)) || {};
  } catch {
    return {}; // no storage here, or somebody else's words in it
  }
}

/** The names given to a weight's directions, by key. */
export const namesOf = (mark) => all()[mark] || {};

/** Give a name, or take it back where it is `plain` or nothing. */
export function giveName(mark, key, name, plain) {
  const mine = { ...namesOf(mark), [key]: name };
  if (!name || name === plain) delete mine[key];
  try {
    localStorage.setItem(SHELF, JSON.stringify({ ...all(), [mark]: mine }));
  } catch {
    toast("This browser keeps nothing for the page, so the name cannot stay.");
  }
}

/** Take names out of a file, where none was given here. */
export function takeNames(mark, names = {}) {
  for (const [key, name] of Object.entries(names)) if (!(key in namesOf(mark))) giveName(mark, key, name);
}
