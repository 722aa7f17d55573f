/* What every script of the page shares: asking the server, painting, toasts, the lamp, the way into Sample. */
import * as place from "./place.js";

/** Make an element: make("button", {class: "btn", onclick}, "text", child, ...). */
export function make(tag, attributes = {}, ...children) {
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
export function say(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

export function mark(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** The element that has the keyboard, where it lies within `box`. */
export function focusedIn(box) {
  const held = /** @type {HTMLElement | null} */ (document.activeElement);
  return held && box.contains(held) ? held : null;
}

/** Press what a selector names, where it is there. */
export function press(selector) {
  const button = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  button?.click();
}

/** Whether a key goes into a field that one types or chooses in, and is therefore no shortcut. */
export const typing = ({ target }) =>
  target instanceof Element && target.matches("textarea, select, input:not([type]), input[type=text], input[type=number]");

const MOST_TOASTS = 2;
const READ = 9000; // milliseconds that a toast stays, and again after somebody has been on it

/** Say a sentence over the page; {words, act}: with a button for what may be done about it. Two stay at most, and what is
    said again is said once. */
export function toast(text, more = null) {
  let shelf = document.querySelector(".toasts");
  if (!shelf) document.body.append((shelf = make("div", { class: "toasts", role: "alert" })));
  for (const same of [...shelf.children].filter((one) => one.firstChild.textContent === text)) same.remove();
  const way = more ? make("button", { class: "way", onclick: () => { note.remove(); more.act(); } }, more.words) : "";
  const note = make("div", {}, make("span", {}, text), way, make("button", { "aria-label": "Close", onclick: () => note.remove() }, "×"));
  shelf.append(note);
  while (shelf.children.length > MOST_TOASTS) shelf.firstChild.remove();
  let clock = setTimeout(() => note.remove(), READ);
  for (const stay of ["pointerenter", "focusin"]) note.addEventListener(stay, () => clearTimeout(clock));
  for (const go of ["pointerleave", "focusout"]) note.addEventListener(go, () => (clock = setTimeout(() => note.remove(), READ)));
}

/** What Gradio itself says comes as our toasts: its own, which look.css hides, are read and closed. */
export function takeToasts() {
  const read = () => {
    for (const words of document.querySelectorAll(".toast-message-text:not([data-read])")) {
      words.setAttribute("data-read", "");
      toast(words.textContent.trim());
      /** @type {HTMLElement | null} */ (words.closest("[data-testid=toast-body]")?.querySelector("[data-testid=toast-close]"))?.click();
    }
  };
  new MutationObserver(read).observe(document.querySelector(".toast-wrap") ?? document.body, { childList: true, subtree: true });
}

/** Call a function of the server: its reply, or {error}. Where the way to the server is broken gradio gives undefined. */
export async function call(served, request) {
  const reply = await Promise.resolve(served(request)).catch(() => undefined);
  return reply === undefined ? { error: "The server does not answer. Is it still running?", unheard: true } : reply;
}

/** The same; null, and a toast with the sentence, where it failed. */
export async function ask(served, request) {
  const reply = await call(served, request);
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

function binary(data) {
  let text = "";
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return btoa(text);
}

/** A file as base64 text; null, and a toast, where the browser cannot read it. */
export async function base64(file) {
  const content = await file.arrayBuffer().catch(() => null);
  if (!content) {
    toast(`The browser cannot read ${file.name ?? "the picture"}: it is a folder, or it was changed meanwhile; choose it again.`);
    return null;
  }
  return binary(new Uint8Array(content));
}

export const bitmap = (png) => createImageBitmap(new Blob([bytes(png)], { type: "image/png" }));

/** Hand a Blob out as a file of that name. */
export function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** The same of base64 text. */
export const download = (name, data, type) => save(name, new Blob([bytes(data)], { type }));

/** The address of a file on the server; encodeURI alone would let a # or ? in its name end the path. */
export const address = (path) => `gradio_api/file=${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;

/** JSON in an address, whatever is written in it: base64 of UTF-8 without the characters that addresses dislike. */
export const pack = (value) => binary(new TextEncoder().encode(JSON.stringify(value))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
export const unpack = (text) => JSON.parse(new TextDecoder().decode(bytes(text.replaceAll("-", "+").replaceAll("_", "/"))));

/** A number with its sign, two decimals. */
export function signed(value) {
  const text = Math.abs(value).toFixed(2);
  return text === "0.00" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** Open {weight, point} in Sample, from whichever tab. */
export function visit(wanted) {
  if (!wanted || !wanted.weight) return;
  place.hand("sample");
  window.dispatchEvent(new CustomEvent("atelier:visit", { detail: wanted }));
}

const waiting = {}; // what each tab was asked to open and has not yet taken

/** Open something in a tab by its name. Its script may run only now, when the tab is opened: it waits. */
export function open(tab, wanted) {
  if (tab === "sample") return visit(wanted);
  waiting[tab] = wanted;
  place.hand(tab);
  window.dispatchEvent(new CustomEvent(`atelier:${tab}`));
}

/** Take what waits to be opened in a tab; null where there is nothing. */
export function awaited(tab) {
  const wanted = waiting[tab] ?? null;
  delete waiting[tab];
  return wanted;
}

/** Open {weight, point}, {file}, or only {network}, in Upscale. */
export const upscale = (wanted) => open("upscale", wanted);

/** Open {weight, point} in Edit. */
export const edit = (wanted) => open("edit", wanted);

/** Open {weight}, or {picture: {weight, point}}, in Translate. */
export const translate = (wanted) => open("translate", wanted);

let model = null; // the model that was chosen last, on whichever tab: {name, task, styles}

/** Say which model was chosen, so that it goes along: other tabs that can use it turn to it when they are seen. */
export function chose(item) {
  if (model?.name === item.name) return;
  model = { name: item.name, task: item.task, styles: item.styles };
  window.dispatchEvent(new CustomEvent("atelier:model"));
}

export const lately = () => model;

/** Show a weight's card in Models. */
export function card(weight) {
  chose({ name: weight });
  place.hand("models");
}

/** Whether there is anything to upscale with. */
export const upscales = () => Boolean(document.querySelector("#tab-upscale-button"));

/** Whether there is a weight whose pictures can be edited. */
export const edits = () => Boolean(document.querySelector("#tab-edit-button"));

/** Whether there is a weight that translates. */
export const translates = () => Boolean(document.querySelector("#tab-translate-button"));

/** Put {weight, point} on the tray. */
export const pin = (wanted) => window.dispatchEvent(new CustomEvent("atelier:pin", { detail: wanted }));
