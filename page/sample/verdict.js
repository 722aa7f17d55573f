/* A discriminator's verdict in words: a logit as a probability, any other score as it is. */
import { signed } from "../parts/atelier.js";

const percent = (logit) => `${Math.round(100 / (1 + Math.exp(-logit)))} %`;

/** As it stands on a picture. */
export const short = (score, unit) => (unit === "logit" ? percent(score) : signed(score));

/** In a sentence, of a picture or of whatever else it is. */
export function long(score, unit, thing = "picture") {
  if (unit === "logit") return `${percent(score)} likely a real ${thing}, to this discriminator (logit ${signed(score)}).`;
  if (unit === "hinge score") return `${signed(score)}; above +1 this discriminator is sure of a real ${thing}, below −1 of a drawn one.`;
  return `${signed(score)}, a ${unit}; the higher, the more real it looks to this critic.`;
}
