/* How far the network is from the truth: in words, and step by step as a line in dB. */
const [LEAST, MOST] = [10, 45]; // dB at the bottom and at the top

/** Whether the two have parted in a moment; `near` in pixels, null in a world where nothing of that can be said. */
const parted = ({ apart }, near) => near !== null && apart > near;

/** How many moments after the first the two agree. */
export function together(moments, near) {
  const lost = moments.findIndex((moment) => parted(moment, near));
  return lost < 0 ? moments.length : lost;
}

/** What is said of a play's moments so far; what changes in bold. */
export function words(moments, near) {
  const [steps, now] = [moments.length, moments.at(-1)];
  if (!now) return "Both games begin with the same two frames.";
  const same = typeof now.tiles === "number" ? `${Math.round(100 * now.tiles)}% of the tiles agree, ` : "";
  const alike = `${same}frames alike by ${now.likeness.toFixed(1)} dB`;
  if (near === null) return `After <b>${steps}</b> steps, ${alike}`;
  const agree = together(moments, near);
  const said = agree === steps ? `The games agree, for <b>${steps}</b> steps now` : `The games agreed for <b>${agree}</b> of ${steps} steps`;
  return `${said}; ${now.apart.toFixed(0)} px apart, ${alike}`;
}

/** A line of how alike the frames were, in another colour where the two have parted; `at`: the moment that is shown. */
export function drawCurve(canvas, moments, at, near) {
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width) return;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const style = getComputedStyle(canvas);
  const draw = canvas.getContext("2d");
  draw.setTransform(scale, 0, 0, scale, 0, 0);
  draw.clearRect(0, 0, width, height);
  const x = (step) => (step / Math.max(60, moments.length)) * (width - 2) + 1;
  const y = (likeness) => height - 3 - ((Math.min(MOST, Math.max(LEAST, likeness)) - LEAST) / (MOST - LEAST)) * (height - 6);
  draw.lineWidth = 2;
  for (const lost of [false, true]) {
    draw.strokeStyle = style.getPropertyValue(lost ? "--accent" : "--faint");
    draw.beginPath();
    moments.forEach((moment, n) => {
      if (parted(moment, near) !== lost) return;
      draw.moveTo(x(n), y(moments[Math.max(0, n - 1)].likeness));
      draw.lineTo(x(n + 1), y(moment.likeness));
    });
    draw.stroke();
  }
  draw.fillStyle = style.getPropertyValue("--ink");
  draw.fillRect(x(at) - 0.5, 0, 1, height);
}
