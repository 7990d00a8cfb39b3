/** The order of drawing, and which stretches of it a view needs: bounds of blocks of rows, so that no frame looks at every row. */
import type { Box } from "./camera";

/** Rows in a block; a power of two, so that every STRIDES-th row of a block is a whole number of rows. */
export const BLOCK = 1024;

/**
 * Rows by slot, and by row where they share one: the last is drawn on top. Slots lie along the first map, so that rows that follow
 * each other are near each other.
 */
export function drawingOrder(slots: Uint32Array): Uint32Array {
  const most = slots.reduce((top, slot) => Math.max(top, slot), 0);
  // Slots are few more than rows; where that does not hold, sorting costs less than counting.
  if (most > 4 * slots.length + 1024) {
    const order = Uint32Array.from(slots.keys());
    return order.sort((a, b) => (slots[a] ?? 0) - (slots[b] ?? 0) || a - b);
  }
  const starts = new Uint32Array(most + 2);
  for (const slot of slots) starts[slot + 1] = (starts[slot + 1] ?? 0) + 1;
  for (let slot = 1; slot < starts.length; slot++)
    starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
  const order = new Uint32Array(slots.length);
  for (let row = 0; row < slots.length; row++) {
    const slot = slots[row] ?? 0;
    const place = starts[slot] ?? 0;
    order[place] = row;
    starts[slot] = place + 1;
  }
  return order;
}

/** Values of `width` per row, in the order given; the order null keeps them as they are. */
export function inOrder<T extends Float32Array | Uint32Array | Uint16Array | Uint8Array>(
  values: T,
  width: number,
  order: Uint32Array | null,
): T {
  if (!order) return values;
  const out = values.slice() as T;
  for (let place = 0; place < order.length; place++) {
    const from = width * (order[place] ?? 0);
    for (let at = 0; at < width; at++) out[width * place + at] = values[from + at] ?? 0;
  }
  return out;
}

/** Bounds of each block of a layout, [x0, y0, x1, y1]; `positions` are in drawing order. */
export function blockBounds(positions: Float32Array): Float32Array {
  const count = positions.length / 2;
  const bounds = new Float32Array(4 * Math.ceil(count / BLOCK));
  for (let block = 0; 4 * block < bounds.length; block++) {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    const end = Math.min(count, (block + 1) * BLOCK);
    for (let row = block * BLOCK; row < end; row++) {
      const x = positions[2 * row] ?? 0;
      const y = positions[2 * row + 1] ?? 0;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y);
    }
    bounds.set([x0, y0, x1, y1], 4 * block);
  }
  return bounds;
}

/** A stretch of rows in drawing order. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/**
 * The stretches that hold every row whose middle is in the box, when the rows are on their way from the one layout (`mix` 0) to the
 * other (1): a block then lies in the mix of its two bounds.
 */
export function rangesIn(
  left: Float32Array,
  entered: Float32Array,
  mix: number,
  box: Box,
  rows: number,
): Range[] {
  const ranges: { first: number; count: number }[] = [];
  const side = (at: number) => (left[at] ?? 0) * (1 - mix) + (entered[at] ?? 0) * mix;
  for (let block = 0; block * BLOCK < rows; block++) {
    const at = 4 * block;
    if (side(at) > box.x1 || side(at + 2) < box.x0 || side(at + 1) > box.y1 || side(at + 3) < box.y0)
      continue;
    const first = block * BLOCK;
    const count = Math.min(BLOCK, rows - first);
    const last = ranges.at(-1);
    if (last && last.first + last.count === first) last.count += count;
    else ranges.push({ first, count });
  }
  return ranges;
}

export function rowsOfRanges(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
