/** What is drawn of every row, as arrays: the one source of both the point and the quad attributes. */
import { fitSide } from "./fit";

export interface Items {
  readonly count: number;
  /** Mean sRGB colours, 3 per row. */
  readonly colours: Uint8Array;
  /** Width and height in pixels, 2 per row. */
  readonly sizes: Uint32Array;
  /** Atlas slot per row; rows of one image share it, so it also names the image. */
  readonly slots: Uint32Array;
  /** Width and height as shares of the longer side, 2 per row, 65535 = 1. */
  readonly aspects: Uint16Array;
  /** Drawn width and height in the atlas cell, in pixels less 1 (so that 256 fits), 2 per row. */
  readonly fits: Uint8Array;
}

/** Items of which only the colours are known yet: squares, whose slots are still to come. */
export function plainItems(colours: Uint8Array): Items {
  const count = colours.length / 3;
  return {
    count,
    colours,
    sizes: new Uint32Array(2 * count).fill(1),
    slots: new Uint32Array(count),
    aspects: new Uint16Array(2 * count).fill(65535),
    fits: new Uint8Array(2 * count),
  };
}

export function makeItems(colours: Uint8Array, sizes: Uint32Array, slots: Uint32Array, cell: number): Items {
  const items = plainItems(colours);
  fillItems(items, sizes, slots, cell);
  return items;
}

/** Put sizes and slots into items that had none; `cell` is the side of the atlas's cells in pixels. */
export function fillItems(items: Items, sizes: Uint32Array, slots: Uint32Array, cell: number): void {
  const { aspects, fits } = items;
  items.sizes.set(sizes);
  items.slots.set(slots);
  for (let i = 0; i < 2 * items.count; i += 2) {
    const width = sizes[i] ?? 1;
    const height = sizes[i + 1] ?? 1;
    const longest = Math.max(width, height, 1);
    aspects[i] = Math.round((65535 * width) / longest);
    aspects[i + 1] = Math.round((65535 * height) / longest);
    fits[i] = fitSide(cell, width, longest) - 1;
    fits[i + 1] = fitSide(cell, height, longest) - 1;
  }
}

/** Half the width and half the height of a row's picture, as shares of its square's side (0.5 for the longer). */
export function halfExtent(items: Items, row: number): [number, number] {
  return [(items.aspects[2 * row] ?? 0) / 131070, (items.aspects[2 * row + 1] ?? 0) / 131070];
}

/** A row's picture in pixels. */
export function sizeOf(items: Items, row: number): [number, number] {
  return [items.sizes[2 * row] ?? 1, items.sizes[2 * row + 1] ?? 1];
}
