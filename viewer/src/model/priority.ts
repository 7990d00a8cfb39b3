/** Which pictures should be sharp: those in view, drawn clearly larger than their atlas cell. */
import type { Items } from "./items";

/** Beyond this enlargement of the atlas cell its pixels show. */
export const SHARP_FROM = 1.5;

export function needsSharp(sidePixels: number, cell: number): boolean {
  return sidePixels > SHARP_FROM * cell;
}

export interface Want {
  readonly row: number;
  readonly slot: number;
}

/**
 * The slots wanted, nearest to the middle first and, at the same distance, the larger picture first; each slot once.
 * `rows` are the rows in view, (x, y) the middle of the view in map units, `side` a picture's square in map units.
 */
export function sharpOrder(
  items: Items,
  positions: Float32Array,
  rows: Int32Array,
  x: number,
  y: number,
  side: number,
): Want[] {
  const scored = Array.from(rows, (row) => {
    const dx = (positions[2 * row] ?? 0) - x;
    const dy = (positions[2 * row + 1] ?? 0) - y;
    const area = ((items.aspects[2 * row] ?? 0) / 65535) * ((items.aspects[2 * row + 1] ?? 0) / 65535);
    return { row, slot: items.slots[row] ?? 0, score: Math.hypot(dx, dy) / side - 0.5 * area };
  });
  scored.sort((a, b) => a.score - b.score);
  const seen = new Set<number>();
  return scored.filter(({ slot }) => !seen.has(slot) && seen.add(slot));
}
