/* What every script of the page shares: asking the server, painting, toasts, the lamp, the way into Sample. */
window.atelier = (() => {
  "use strict";

  /** Make an element: make("button", {class: "btn", onclick}, "text", child, ...). */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  /* Write only what changed: a browser lays a page out again even for the same text. */
  function say(element, text) {
    if (element.textContent !== String(text)) element.textContent = text;
  }

  function mark(element, name, value) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }

  function toast(text) {
    let shelf = document.querySelector(".toasts");
    if (!shelf) document.body.append((shelf = make("div", { class: "toasts", role: "alert" })));
    const note = make("div", {}, text, make("button", { "aria-label": "Close", onclick: () => note.remove() }, "×"));
    shelf.append(note);
    while (shelf.children.length > 3) shelf.firstChild.remove();
    setTimeout(() => note.remove(), 9000);
  }

  /** Call a server function: its reply, or {error}. Where the way to the server is broken gradio gives undefined. */
  async function heard(call, request) {
    const reply = await Promise.resolve(call(request)).catch(() => undefined);
    return reply === undefined ? { error: "The server does not answer. Is it still running?", unheard: true } : reply;
  }

  /** Call a server function; null, and a toast with its sentence, when it failed. */
  async function ask(call, request) {
    const reply = await heard(call, request);
    if (!reply?.error) return reply;
    toast(reply.error);
    return null;
  }

  function bytes(base64) {
    const text = atob(base64);
    const data = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) data[i] = text.charCodeAt(i);
    return data;
  }

  /** A file as base64 text; null, and a toast, where the browser cannot read it. */
  async function base64(file) {
    const content = await file.arrayBuffer().catch(() => null);
    if (!content) {
      toast(`The browser cannot read ${file.name ?? "the picture"}: it is a folder, or it was changed meanwhile; choose it again.`);
      return null;
    }
    const data = new Uint8Array(content);
    let text = "";
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
    return btoa(text);
  }

  const bitmap = (png) => createImageBitmap(new Blob([bytes(png)], { type: "image/png" }));

  function download(name, data, type) {
    const link = make("a", { href: URL.createObjectURL(new Blob([bytes(data)], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /** The address of a file on the server; encodeURI alone would let a # or ? in its name end the path. */
  const address = (path) => `gradio_api/file=${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;

  /** JSON in an address: base64 without the characters that addresses dislike. */
  const pack = (value) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const unpack = (text) => JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));

  /** A number with its sign, two decimals. */
  function signed(value) {
    const text = Math.abs(value).toFixed(2);
    return text === "0.00" ? text : `${value < 0 ? "−" : "+"}${text}`;
  }

  function lamp(button) {
    const saved = localStorage.getItem("gan-atelier-lamp");
    if (saved) document.body.classList.toggle("dark", saved === "dark");
    button.addEventListener("click", () => {
      const dark = document.body.classList.toggle("dark");
      localStorage.setItem("gan-atelier-lamp", dark ? "dark" : "light");
    });
  }

  /** Open {weight, point} in Sample, from whichever tab. */
  function visit(place) {
    if (!place || !place.weight) return;
    document.querySelector("#tab-sample-button")?.click();
    window.dispatchEvent(new CustomEvent("atelier:visit", { detail: place }));
  }

  /** Open {weight, point}, or only {network}, in Upscale. Its script may run only now, when the tab is opened: the picture waits. */
  function upscale(place) {
    atelier.waiting = place;
    document.querySelector("#tab-upscale-button")?.click();
    window.dispatchEvent(new CustomEvent("atelier:upscale"));
  }

  /** Open {weight} in Translate, in the same way. */
  function translate(place) {
    atelier.waiting = place;
    document.querySelector("#tab-translate-button")?.click();
    window.dispatchEvent(new CustomEvent("atelier:translate"));
  }

  /** Show a weight's card in Models, whose row comes only once the tab is opened. */
  async function card(weight) {
    document.querySelector("#tab-models-button")?.click();
    for (let look = 0; look < 100; look++) {
      const tile = document.querySelector(`#models-row .choice[data-name="${CSS.escape(weight)}"]`);
      if (tile?.offsetParent) return tile.click();
      await new Promise((done) => setTimeout(done, 100));
    }
    toast(`The weight ${weight} is not on the shelf of this page.`);
  }

  /** A link to a tab of its own (?learn=...) opens that tab, which may be in the page only now. */
  async function arrive() {
    if (!new URLSearchParams(location.search).has("learn")) return;
    for (let look = 0; look < 100; look++) {
      const tab = document.querySelector("#tab-learn-button");
      if (tab) return tab.click();
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Whether there is anything to upscale with. */
  const upscales = () => Boolean(document.querySelector("#tab-upscale-button"));

  /** Put {weight, point} on the tray. */
  const pin = (place) => window.dispatchEvent(new CustomEvent("atelier:pin", { detail: place }));

  return { make, say, mark, toast, heard, ask, base64, bitmap, download, address, pack, unpack, signed, lamp, arrive, visit, card, upscale, translate, upscales, pin };
})();
