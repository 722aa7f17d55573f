/* A sentence and the words that are pressed into it; nothing here knows of the page. */

const escaped = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const finding = (words) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(words)}(?![\\p{L}\\p{N}])`, "iu");

/** Whether a sentence has these words as they stand. */
export const says = (sentence, words) => finding(words).test(sentence);

/** Without what is left of a word that was taken out: doubled spaces and commas, and those at either end. */
const tidy = (sentence) => sentence.replace(/\s+/g, " ").replace(/\s*,(\s*,)*\s*/g, ", ").replace(/^[\s,]+|[\s,]+$/g, "");

/** The sentence after a chip was pressed: without its words where it says them, with them in the place of another of the
    group where it says one, else with them at its end. */
export function pressed(sentence, words, group) {
  if (says(sentence, words)) return tidy(sentence.replace(finding(words), ""));
  // Of "dark brown" and "brown" the longer is the one that stands there.
  const other = [...group].sort((a, b) => b.length - a.length).find((one) => says(sentence, one));
  if (other) return sentence.replace(finding(other), () => words);
  return tidy(`${sentence}, ${words}`);
}
