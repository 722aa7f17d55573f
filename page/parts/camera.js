/* A photograph from the visitor's camera: on.taken(file). */
atelier.camera = (root, on) => {
  "use strict";
  const shoot = root.querySelector(".shoot");
  const video = shoot.querySelector("video");
  let stream = null;

  function leave() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    shoot.hidden = true;
  }

  async function open() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 } } });
    } catch {
      return atelier.toast("There is no camera here, or the browser may not use it (it wants https or this very machine).");
    }
    video.srcObject = stream;
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
  return { open };
};
