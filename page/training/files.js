// Files that somebody drops or chooses: folders with all that is in them, and which of them are pictures.

const PICTURE = /\.(jpe?g|jpe|jfif|a?png|webp|gif|bmp|dib|tiff?|tga|p[pgbn]m|avif|jp2|hei[cf]|hif|zip)$/i;
const HIDDEN = /(^|\/)(\.|__MACOSX\/|@eaDir\/)/;

/** Of [{name, file}] those that are pictures or zips, and how many are not; what systems keep for themselves is neither. */
export function picked(files) {
  const seen = files.filter(({ name }) => !HIDDEN.test(name));
  const pictures = seen.filter(({ name }) => PICTURE.test(name));
  return { pictures, others: seen.length - pictures.length };
}

/** What was dropped as [{name, file}], folders walked through. */
export async function walked(transfer) {
  // Both lists are empty once this function has waited for anything.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files].map((file) => ({ name: file.name, file }));
  return entries.length ? (await Promise.all(entries.map(walk))).flat() : plain;
}

async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    return file ? [{ name: entry.fullPath.replace(/^\//, ""), file }] : [];
  }
  const reader = entry.createReader(), found = [];
  // A hundred entries at a time, until there are none.
  for (;;) {
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) return found;
    for (const one of some) found.push(...await walk(one));
  }
}
