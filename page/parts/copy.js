// Buttons with data-copy put the text of the <code> before them on the clipboard; those with data-sample,
// data-upscale, data-translate, data-repair, data-pose, data-sound or data-play open a weight in the tab of its task.
import * as atelier from "./atelier.js";

export function start({ element }) {
  element.addEventListener("click", async (event) => {
    const { sample, upscale, translate, repair, pose, sound, play } = event.target.closest("button")?.dataset ?? {};
    if (sample) return atelier.visit({ weight: sample, point: null });
    if (upscale) return atelier.upscale({ network: upscale });
    if (translate || repair || pose) return atelier.translate({ weight: translate || repair || pose });
    if (sound) return atelier.open("sound", { weight: sound });
    if (play) return atelier.open("play", { weight: play });
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    } catch { // no clipboard without https: leave the text selected for Ctrl-C
      getSelection().selectAllChildren(code);
    }
  });
}
