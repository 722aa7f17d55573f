// The pointer over a chart: a line at the nearest row, and its numbers in the legend.
// Listens on the element that stays, since the drawings inside are replaced while a run goes on.
export function start({ element }) {
  const rest = (svg) => {
    svg.querySelector(".cursor").setAttribute("transform", "");
    const chart = svg.closest(".chart");
    chart.querySelectorAll(".legend b[data-last]").forEach((b) => { b.textContent = b.dataset.last; });
    chart.querySelector(".where")?.remove();
  };

  const read = (svg, clientX) => {
    const box = svg.getBoundingClientRect();
    const x = ((clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const rows = JSON.parse(svg.dataset.rows);
    const row = rows.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
    const chart = svg.closest(".chart");
    svg.querySelector(".cursor").setAttribute("transform", `translate(${row[0] + 9} 0)`);
    chart.querySelectorAll(".legend b").forEach((b, i) => {
      b.dataset.last ??= b.textContent;
      b.textContent = row[i + 2];
    });
    let at = chart.querySelector(".where");
    if (!at) { at = document.createElement("span"); at.className = "where"; chart.querySelector(".legend").append(at); }
    at.textContent = `at ${row[1]} images`;
  };

  let over = null;
  element.addEventListener("pointermove", (event) => {
    const svg = event.target.closest(".chart svg");
    if (over && over !== svg) { if (over.isConnected) rest(over); over = null; }
    if (svg) { over = svg; read(svg, event.clientX); }
  });
  element.addEventListener("pointerleave", () => { if (over?.isConnected) rest(over); over = null; });
}
