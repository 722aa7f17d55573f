/* What Translate is at: the weight, what was opened for it, the settings, and what follows from these. */

export const createState = () => ({
  about: null, // what the server says of the chosen weight
  photo: null, // {id, name, width, height, preview, sha256, wanted}: what was opened last, and of what
  picked: 0, // which of the variations is shown large
  styles: null, // the panel of those (styles.js)
  set: { seed: 0, count: 1, map: false, direction: 0, strength: 1, side: null, detector: "canny", detail: 0.3, outlines: 0.4, keep: false, keepMask: false },

  /** Whether one draws for it; else it is given a photograph. */
  get drawn() { return this.about.drawn; },
  /** Whether it repairs a photograph, on which a hole is painted. */
  get masked() { return Boolean(this.about.masked); },
  /** Whether it draws a person in the pose of a skeleton (puppet.js). */
  get posed() { return Boolean(this.about.posed); },
  get onPhoto() { return !this.drawn && this.about.hints; },
  /** The name of what is drawn upon: of drawings one for all, of labels one each, and the photograph. */
  get sheet() {
    if (this.masked) return "mask";
    if (!this.drawn) return "photo";
    return this.about.palette.length ? this.about.name : this.about.source;
  },
  get seeds() {
    return Array.from({ length: this.about.answers ?? (this.about.noisy ? this.set.count : 1) }, (_, index) => this.set.seed + index);
  },

  /** Whether there is something to make a picture of. */
  ready(canvas) {
    if (!this.about || (this.about.styled && !this.styles.there())) return false;
    if (this.posed) return true;
    if (this.masked) return Boolean(this.photo) && canvas.strokes().length > 0;
    return this.drawn ? !canvas.empty() : Boolean(this.photo);
  },

  /** What the server needs to make the picked picture. */
  request(canvas) {
    const { about, set, drawn } = this;
    const two = about.directions.length > 1;
    const given = drawn ? { ground: canvas.ground() } : { id: this.photo?.id, side: set.side };
    const settings = { seed: this.seeds[this.picked] ?? set.seed, direction: two ? set.direction : 0, strength: set.strength };
    const whole = about.whole ? { outlines: set.outlines, keep: set.keep } : {};
    const painted = about.styled ? this.styles.words() : {};
    return { weight: about.name, strokes: drawn || this.onPhoto || this.masked ? canvas.strokes() : [], ...given, ...settings, ...whole, ...painted };
  },
});
