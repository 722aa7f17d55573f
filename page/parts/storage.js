/* Runs before Gradio: where a browser keeps no data of sites, touching localStorage throws, and Gradio would stop there.
   The page then has a storage that lasts as long as it is open. */
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].getItem("gan-atelier");
  } catch {
    const kept = new Map();
    const storage = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => void kept.set(String(key), String(value)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
      key: (index) => [...kept.keys()][index] ?? null,
      get length() { return kept.size; },
    };
    Object.defineProperty(window, name, { value: storage, configurable: true });
  }
}
