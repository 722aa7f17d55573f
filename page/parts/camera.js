/* A photograph from the visitor's camera: on.taken(file). */
import { toast } from "./atelier.js";

export function createCamera(root, on) {
  const shoot = root.querySelector(".shoot");
  const video = shoot.querySelector("video");
  let stream = null;
  let turn = 0; // of asking the browser: only the last answer counts

  const end = (tracks) => tracks?.getTracks().forEach((track) => track.stop());

  function leave() {
    turn++;
    end(stream);
    stream = video.srcObject = null;
    shoot.hidden = true;
  }

  async function open() {
    leave();
    const mine = turn;
    let found;
    try {
      found = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 } } });
    } catch {
      return toast("There is no camera here, or the browser may not use it (it wants https or this very machine).");
    }
    if (mine !== turn || !root.offsetParent) return end(found);
    stream = video.srcObject = found;
    shoot.hidden = false;
    shoot.querySelector(".take").focus();
  }

  async function take() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    leave();
    const photo = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (photo) on.taken(new File([photo], "camera.png", { type: "image/png" }));
  }

  shoot.querySelector(".take").addEventListener("click", take);
  shoot.querySelector(".leave").addEventListener("click", leave);
  // Another tab hides this one: nobody looks into the camera any more.
  new ResizeObserver(() => root.offsetParent || leave()).observe(root);
  return { open };
}
