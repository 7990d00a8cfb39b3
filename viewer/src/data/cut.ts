/** Cells out of a page of the atlas, for a worker: the page is fetched, decoded and kept for a while, in case more of it is wanted. */
import type { FileRef } from "../format/manifest";
import { fetchFile } from "./fetch";
import { EXACT } from "./pages";

/** Decoded pages kept: 16 MiB each. */
const KEPT = 3;

export interface CutMessage {
  readonly id: number;
  /** With the page's full address: a worker has another base than the page. */
  readonly page: FileRef;
  readonly cell: number;
  readonly corners: Uint16Array;
}

export class PageCutter {
  readonly #kept = new Map<string, OffscreenCanvasRenderingContext2D>();

  /** For each cell its RGBA pixels and those of its half. */
  async cut({ page, cell, corners }: CutMessage, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const context = await this.#open(page, signal);
    const [whole, half] = [4 * cell * cell, cell * cell];
    const out = new Uint8Array((corners.length / 2) * (whole + half));
    for (let at = 0; 2 * at < corners.length; at++) {
      const { data } = context.getImageData(corners[2 * at] ?? 0, corners[2 * at + 1] ?? 0, cell, cell);
      const begin = at * (whole + half);
      out.set(data, begin);
      halve(data, cell, out.subarray(begin + whole, begin + whole + half));
    }
    return out;
  }

  async #open(page: FileRef, signal: AbortSignal): Promise<OffscreenCanvasRenderingContext2D> {
    const known = this.#kept.get(page.file);
    if (known) {
      this.#keep(page.file, known);
      return known;
    }
    const bitmap = await createImageBitmap(await fetchFile(page, signal), EXACT);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
    if (!context) throw new Error("a worker's canvas: expected a context, got none.");
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.#keep(page.file, context);
    return context;
  }

  #keep(file: string, context: OffscreenCanvasRenderingContext2D): void {
    this.#kept.delete(file);
    this.#kept.set(file, context);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Each four pixels of a square of RGBA as their mean. */
export function halve(pixels: Uint8ClampedArray, side: number, out: Uint8Array): void {
  const line = 4 * side;
  for (let y = 0; y < side / 2; y++) {
    for (let x = 0; x < side / 2; x++) {
      const from = 2 * y * line + 8 * x;
      const to = 4 * ((y * side) / 2 + x);
      for (let channel = 0; channel < 4; channel++) {
        const at = from + channel;
        const sum =
          (pixels[at] ?? 0) + (pixels[at + 4] ?? 0) + (pixels[at + line] ?? 0) + (pixels[at + line + 4] ?? 0);
        out[to + channel] = (sum + 2) >> 2;
      }
    }
  }
}
