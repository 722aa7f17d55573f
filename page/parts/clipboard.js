/* The clipboard: links that are copied from here, pictures that are pasted. Browsers give it to pages over https alone. */
import { toast } from "./atelier.js";
import { write } from "./place.js";

/** Put the address of `what` on the clipboard, or into the address bar. */
export async function copyLink(href, what) {
  try {
    await navigator.clipboard.writeText(href);
    toast(`The link to this ${what} is on the clipboard.`);
  } catch {
    write(href);
    toast(`Copy the link from the address bar: it holds this ${what}.`);
  }
}

/** The picture on the clipboard as a file; null, and a toast, where there is none. */
export async function pasted() {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) return new File([await item.getType(type)], "pasted.png", { type });
    }
    toast("There is no picture on the clipboard.");
  } catch {
    toast("The browser does not let the page read the clipboard; press Ctrl+V instead.");
  }
  return null;
}

/** Take the pictures that are pasted with the keyboard while `shown()`. */
export function onPaste(shown, take) {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])].filter(({ type }) => type.startsWith("image/"));
    if (!files.length || !shown()) return;
    event.preventDefault();
    take(files);
  });
}
