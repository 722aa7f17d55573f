/* A sentence and the words that are pressed into it; nothing here knows of the page. */

const escaped = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const alone = (pattern) => new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, "iu");

/** "dark brown hair" as what it is of, its last word, and how that is. */
function parts(words) {
  const at = words.lastIndexOf(" ");
  return { how: words.slice(0, Math.max(0, at)), noun: words.slice(at + 1) };
}

const JOINING = /(^|\s)(?:with|in|on|and|wearing|an?|the)(?=\s*(?:,|$|\s(?:with|in|on|and|wearing)\b))/giu;

/** Without what is left of a phrase that was taken out: what led to it, and doubled spaces and commas. */
function tidy(sentence) {
  const led = sentence.replace(JOINING, "$1");
  if (led !== sentence) return tidy(led);
  return sentence.replace(/\s+/g, " ").replace(/ ?,[\s,]*/g, ", ").replace(/^[\s,]+|[\s,]+$/g, "");
}

/** What stands on a chip of a group: of "red hair" only "red" where all of the group are of hair. */
export function label(words, group) {
  const { how, noun } = parts(words);
  return group.every((one) => parts(one).how && parts(one).noun === noun) ? how : words;
}

/** What `says` a chip's words in a sentence, and the sentence after the chip was `pressed`, for groups of words. */
export function createChips(groups) {
  const all = groups.flatMap(({ words }) => words);
  // The longest first: where "dark brown hair" is said, "brown hair" is not what stands there.
  const alike = (words) => all.filter((one) => one !== words && parts(one).noun === parts(words).noun).sort((a, b) => b.length - a.length);

  /** "long hair" is said in "long red hair", too, as hair can be red. */
  function finding(words) {
    const { how, noun } = parts(words);
    if (!how) return alone(escaped(noun));
    const others = alike(words).map((one) => parts(one).how).filter(Boolean).map(escaped).join("|");
    return alone(`${escaped(how)}((?:\\s+(?:${others}))*\\s+)${escaped(noun)}`);
  }

  const says = (sentence, words) => finding(words).test(sentence);

  /** Without the words; what else is said of the same thing stays. */
  function without(sentence, words) {
    const stays = alike(words).some((one) => says(sentence, one));
    return tidy(sentence.replace(finding(words), (_, between) => (stays ? between + parts(words).noun : "")));
  }

  /** Words that are said are taken out; else they take the place of others of their group that say the same thing to be
      otherwise, or stand at the end. */
  function pressed(sentence, words, group) {
    if (says(sentence, words)) return without(sentence, words);
    const { how, noun } = parts(words);
    const other = how && alike(words).find((one) => group.includes(one) && parts(one).how && says(sentence, one));
    if (other) return sentence.replace(finding(other), (_, between) => how + between + noun);
    return tidy(`${sentence}, ${words}`);
  }

  return { says, pressed };
}
