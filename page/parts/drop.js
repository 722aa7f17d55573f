/* Files dropped on the page, or chosen on a tab: one of ours opens its own tab (page/restore.py says which), with all in
   place; any other is for the tab that is shown. */
import { ask, base64, open, press, toast, upscale, upscales } from "./atelier.js";

const MOST = 20e6; // bytes of a file that the server takes
const HEAD = 4e6; // of a film that is larger: its recipe stands before its pictures
const HEADED = ["video/mp4", "image/gif"];
const takers = [];
let restore = null;

/** A tab as a place to drop files on: {name, root, shown()}, and where it takes any pictures `pictures(files)`.
    `sounds(file)` takes one that is a sound and none of ours.
    `first(file)` may take a single one before it is looked into, and says whether it did; `folders(transfer)` takes
    several files and folders as they are dropped. */
export const onDrop = (taker) => takers.push(taker);

const below = () => takers.find(({ shown }) => shown());

/** Files for whichever tab is theirs. */
export async function give(files) {
  const tab = below();
  if (!files.length) return;
  if (files.length > 1 && tab?.pictures) return tab.pictures(files);
  const [file] = files;
  if (await tab?.first?.(file)) return;
  const data = await sent(file, tab);
  const reply = data && (await ask(restore, { data, name: file.name, tab: tab?.name ?? null }));
  if (reply?.tab) arrive(reply, file, tab);
  else if (reply) stay(reply, file, tab);
}

/** What the server looks into, as base64; null where the tab, or a toast, has to do with the file as it is. */
function sent(file, tab) {
  if (file.size <= MOST) return base64(file);
  if (HEADED.includes(file.type)) return base64(file.slice(0, HEAD));
  if (tab?.pictures) tab.pictures([file]);
  else toast("That file is larger than 20 MB; python -m gan_models.recipe makes it again.");
  return null;
}

function arrive({ tab: own, place }, file, tab) {
  open(own, { ...place, name: file.name, file });
  if (!tab?.pictures || tab.name === own) return;
  toast(`${file.name} carries its recipe: this is how it was made.`, {
    words: `Open the picture itself in ${tab.title}`,
    act: () => { press(`#tab-${tab.name}-button`); tab.pictures([file]); },
  });
}

const sounding = (file) => file.type.startsWith("audio/") || /\.(wav|flac|ogg|opus|mp3|aiff?)$/i.test(file.name);

function stay({ plain, why }, file, tab) {
  if (plain && tab?.sounds && sounding(file)) return tab.sounds(file);
  if (tab?.pictures) {
    if (!plain) toast(why);
    return tab.pictures([file]);
  }
  const larger = file.type.startsWith("image/") && upscales();
  toast(why, larger ? { words: "Open it in Upscale", act: () => upscale({ file }) } : null);
}

export function start({ server }) {
  const some = (event) => event.dataTransfer?.types.includes("Files");
  let over = 0;
  restore = server.restore;

  document.addEventListener("dragover", (event) => {
    const root = some(event) && below()?.root;
    if (!root) return;
    root.classList.add("dropping");
    clearTimeout(over);
    over = setTimeout(() => root.classList.remove("dropping"), 250);
  });
  document.addEventListener("drop", (event) => {
    if (!some(event)) return;
    const { dataTransfer: transfer } = event;
    const tab = below();
    tab?.root.classList.remove("dropping");
    const lone = transfer.items.length === 1 && transfer.items[0].webkitGetAsEntry?.()?.isFile !== false;
    // Folders can be walked through from here alone: once this function has waited for anything, their list is empty.
    if (tab?.folders && !lone) tab.folders(transfer);
    else give([...transfer.files]);
  });
}
