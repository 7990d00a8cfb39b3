/** The rows most like a row: the whole array while it is small, else the few bytes of each row asked for. */
import type { ArrayRef } from "../format/manifest";
import { fetchArray, fetchRange } from "./fetch";

/** Bytes that may be fetched at once. */
const SMALL = 1 << 20;

export class Neighbours {
  #all: Promise<Uint32Array> | null = null;
  /** Set when a server sent all though a part was asked for. */
  #rangeless = false;

  constructor(readonly ref: ArrayRef) {}

  async of(row: number): Promise<number[]> {
    const width = this.ref.shape[1] ?? 0;
    if (this.ref.bytes > SMALL && !this.#rangeless) {
      const part = await fetchRange(this.ref.file, 4 * width * row, 4 * width);
      if (part) return Array.from(new Uint32Array(part));
      this.#rangeless = true;
    }
    this.#all ??= fetchArray(this.ref, "u32");
    return Array.from((await this.#all).subarray(width * row, width * (row + 1)));
  }
}
