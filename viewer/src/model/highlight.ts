/** Which rows are lit, dimmed or hidden, from all that can ask for it. Masks have one byte per row, 1 for a member. */

export const LIT = 255;
export const DIMMED = 0;
/** The shaders know this value: it is drawn in no pass. */
export const HIDDEN = 64;

type Mask = Uint8Array | null;

export class Highlight {
  /** LIT, DIMMED or HIDDEN for each row. */
  readonly lit: Uint8Array;
  #spot: Mask = null;
  #group: Mask = null;
  #selection: Mask = null;
  #filter: Mask = null;
  #hide = false;
  #off: Mask = null;
  #stale = false;
  #active = false;

  constructor(count: number) {
    this.lit = new Uint8Array(count).fill(LIT);
  }

  /** What is pointed at just now; it outshines all others. */
  set spot(mask: Mask) {
    this.#stale ||= mask !== this.#spot;
    this.#spot = mask;
  }

  /** The hotspot chosen. */
  set group(mask: Mask) {
    this.#stale ||= mask !== this.#group;
    this.#group = mask;
  }

  set selection(mask: Mask) {
    this.#stale ||= mask !== this.#selection;
    this.#selection = mask;
  }

  /** What search and filters leave; the others are hidden where `hide`, else dimmed. */
  setFilter(mask: Mask, hide: boolean): void {
    this.#stale ||= mask !== this.#filter || hide !== this.#hide;
    this.#filter = mask;
    this.#hide = hide;
  }

  /** Rows that are hidden whatever else holds. */
  set off(mask: Mask) {
    this.#stale ||= mask !== this.#off;
    this.#off = mask;
  }

  /** Not all rows are lit. */
  get active(): boolean {
    return this.#active;
  }

  has(row: number): boolean {
    return this.lit[row] === LIT;
  }

  shows(row: number): boolean {
    return this.lit[row] !== HIDDEN;
  }

  /** Bring `lit` up to date; tells whether it changed. */
  update(): boolean {
    if (!this.#stale) return false;
    this.#stale = false;
    const masks = this.#spot ? [this.#spot] : [this.#group, this.#selection, this.#filter];
    const given = masks.filter((mask) => mask !== null);
    const hidden = this.#hide ? this.#filter : null;
    const off = this.#off;
    this.#active = given.length > 0 || hidden !== null || off !== null;
    for (let row = 0; row < this.lit.length; row++) {
      if ((hidden && !hidden[row]) || off?.[row]) this.lit[row] = HIDDEN;
      else this.lit[row] = given.every((mask) => mask[row]) ? LIT : DIMMED;
    }
    return true;
  }
}
