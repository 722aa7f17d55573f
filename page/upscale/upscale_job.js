/* The Upscale tab: what a run would take, the run itself, and the files that come of it. */

let waiting = null;

function estimate() {
  clearTimeout(waiting);
  plan = null;
  if (!picture()) return say($(".estimate"), "Open a picture; then click a point of it to try that part at once.");
  waiting = setTimeout(async () => {
    const whole = () => ({ ids: pictures.map(({ id }) => id), settings: needed() });
    const asked = whole();
    const reply = await ask(server.plan, asked);
    if (!reply || JSON.stringify(asked) !== JSON.stringify(whole())) return;
    plan = reply;
    const size = pictures.length > 1 ? `${pictures.length} pictures, ${plan.megapixels.toFixed(1)} megapixels` : `${plan.width} × ${plan.height} px`;
    const seams = plan.seams && plan.tiles > 1 ? ` ${plan.seams}` : "";
    const hint = view === "picture" ? " Click a point to try that part at once." : "";
    const beyond = plan.beyond ? ` ${plan.beyond}` : "";
    say($(".estimate"), `${size}: about ${span(plan.seconds)}.${beyond}${seams}${hint}`);
  }, 250);
}

const span = (seconds) => (seconds < 1 ? "a second" : seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

async function go(large = false) {
  if (!picture() || job) return;
  $(".sure").hidden = true;
  const sizes = pictures.map(({ width, height }) => (width * height * settings().scale ** 2) / 1e6);
  if (!large && Math.max(...sizes) > known.large) {
    const all = sizes.reduce((a, b) => a + b, 0);
    $(".sure p").textContent = `That is ${all.toFixed(0)} megapixels${plan ? ` and takes about ${span(plan.seconds)}` : ""}. Is it wanted?`;
    $(".sure").hidden = false;
    return;
  }
  const ids = pictures.map(({ id }) => id);
  const wanted = needed();
  $(".go").disabled = true; // a double click is one wish: the job has no name yet
  const reply = await ask(server.start, { ids, settings: wanted, large });
  if (!reply) return refresh();
  job = reply.job;
  refresh();
  const end = await follow();
  job = null;
  $(".bar").hidden = true;
  if (end?.state === "done") {
    for (const id of ids) for (const one of wanted) made.add(mark(id, one));
    const time = end.rate ? `${end.seconds.toFixed(1)} s, ${end.rate.toFixed(2)} MP/s` : "";
    if (picture() && there()) {
      await showWhole();
      say($(".time"), time);
    } else if (picture()) atelier.toast("That run is done: go back to its picture and settings, and Enlarge shows it at once.");
  } else if (end?.state === "failed") atelier.toast(end.error);
  else if (end) atelier.toast("Stopped; nothing of it was kept.");
  refresh();
}

/** Ask how far the job is until it is over; what it came to. */
async function follow() {
  $(".bar").hidden = false;
  for (;;) {
    const reply = await ask(patient, { job });
    if (!reply || reply.state !== "running") return reply;
    $(".bar progress").value = reply.total ? reply.done / reply.total : 0;
    const many = reply.pictures > 1 ? `${reply.picture} of ${reply.pictures}: ` : "";
    say($(".bar span"), reply.total ? `${many}tile ${reply.done} of ${reply.total}, ${reply.seconds.toFixed(1)} s, ${reply.rate.toFixed(2)} MP/s` : "beginning");
    await pause(150);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Ask about a job, for a while also where the network is not back yet after a sleep. */
async function patient(request) {
  for (let tries = 10; tries; tries--) {
    const reply = await atelier.heard(server.poll, request);
    if (!reply.unheard) return reply;
    await pause(1000);
  }
  return server.poll(request);
}

/* ---- files ---- */

async function save() {
  $(".save").disabled = true;
  say($(".save"), "Writing the file");
  const reply = await ask(server.save, { ids: pictures.map(({ id }) => id), settings: settings(), kind: $(".kind").value });
  refresh();
  if (reply) make("a", { href: atelier.address(reply.path), download: reply.name }).click();
}

async function score(file) {
  if (!file) return;
  const mine = turn;
  const wanted = { ...request(), data: await atelier.base64(file) };
  const reply = wanted.data === null ? null : await ask(server.reference, wanted);
  if (!reply || mine !== turn) return;
  const number = (value, digits) => (value == null ? "equal" : value.toFixed(digits));
  const row = (name, { psnr, ssim }) => make("tr", {}, make("td", { title: name }, name), make("td", {}, number(psnr, 2)), make("td", {}, number(ssim, 4)));
  $(".scores").replaceChildren(
    make("tr", {}, ...["", "PSNR, dB", "SSIM"].map((text) => make("th", {}, text))),
    row(nameOf(against()), reply.scores.before), row(nameOf(network().name), reply.scores.after));
  $(".scores").hidden = false;
}
