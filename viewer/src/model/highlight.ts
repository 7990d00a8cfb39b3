/** Which rows are lit: the members of the hotspot pointed at, else of the one chosen, else all. */
export class Highlight {
  readonly lit: Uint8Array;
  /** The hotspot of each row, or -1; null until it is known. */
  #members: Int32Array | null = null;
  chosen = -1;
  pointed = -1;
  #shown = -1;

  constructor(count: number) {
    this.lit = new Uint8Array(count).fill(255);
  }

  setMembers(members: Int32Array): void {
    this.#members = members;
    this.#shown = -1;
  }

  get active(): boolean {
    return this.#shown >= 0;
  }

  has(row: number): boolean {
    return this.lit[row] === 255;
  }

  /** Bring `lit` up to date; tells whether it changed. */
  update(): boolean {
    const index = this.pointed >= 0 ? this.pointed : this.chosen;
    if (index === this.#shown) return false;
    this.#shown = index;
    const { lit } = this;
    const members = this.#members;
    if (index < 0 || !members) lit.fill(255);
    else for (let row = 0; row < lit.length; row++) lit[row] = members[row] === index ? 255 : 0;
    return true;
  }
}
