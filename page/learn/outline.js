/* A run in words, as links and files hold it: the lesson, the options of one or two runs, and what was played of them. */
const MOST_MOVES = 200;
const MOST_STEPS = { b: 20000, d: 200, g: 200 }; // of one move: of both networks, or turns of one of them

export const whole = ({ lesson, a, b, played }) => ({ lesson, a, ...(b && { b }), ...(played.length && { played }) });

const plain = (value) => value && typeof value === "object" && !Array.isArray(value);
const isMove = (move) => Array.isArray(move) && Object.hasOwn(MOST_STEPS, move[0]) && Number.isInteger(move[1]) && move[1] > 0 && move[1] <= MOST_STEPS[move[0]];

/** A state of words from outside; throws where they are none. The options in it are the server's to check. */
export function outline(words, lessons) {
  if (!plain(words) || !plain(words.a) || (words.b != null && !plain(words.b))) throw new Error("no run");
  const played = Array.isArray(words.played) ? words.played : [];
  if (played.length > MOST_MOVES || !played.every(isMove)) throw new Error("no moves");
  return { lesson: lessons.includes(words.lesson) ? words.lesson : null, a: words.a, b: words.b ?? null, side: "a", played };
}
