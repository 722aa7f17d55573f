/* The way into Sample for components of Gradio: an output of {weight, point} opens it. */
import { visit } from "./atelier.js";

export function start({ props, watch }) {
  watch("value", () => visit(props.value));
}
