/* How alike the two games are, step by step: a line in dB, and where the boats have parted. */
const [LEAST, MOST] = [10, 45]; // dB at the bottom and at the top

export function drawCurve(canvas, moments, at) {
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
  for (const apart of [false, true]) {
    draw.strokeStyle = style.getPropertyValue(apart ? "--accent" : "--faint");
    draw.beginPath();
    moments.forEach((moment, n) => {
      if ((moment.apart > 4) !== apart) return;
      draw.moveTo(x(n), y(moments[Math.max(0, n - 1)].likeness));
      draw.lineTo(x(n + 1), y(moment.likeness));
    });
    draw.stroke();
  }
  draw.fillStyle = style.getPropertyValue("--ink");
  draw.fillRect(x(at) - 0.5, 0, 1, height);
}
