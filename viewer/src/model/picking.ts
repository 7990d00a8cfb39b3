/** Which pictures are where in a layout: an index over its positions, for pointing and for drawing only what is in view. */
import type KDBush from "kdbush";
import type { Box } from "./camera";
import { halfExtent, type Items } from "./items";

export type Tells = (row: number) => boolean;

export class PlaceIndex {
  readonly #tree: KDBush;

  constructor(
    readonly items: Items,
    readonly positions: Float32Array,
    tree: KDBush,
  ) {
    this.#tree = tree;
  }

  /** Rows whose middle lies in the box, ascending. */
  rowsIn(box: Box): Int32Array {
    return Int32Array.from(this.#tree.range(box.x0, box.y0, box.x1, box.y1)).sort();
  }

  /** The same rows in the order of drawing (model/blocks.ts). */
  inDrawingOrder(rows: Int32Array): Int32Array {
    return rows.sort((a, b) => this.#compare(a, b));
  }

  #compare(a: number, b: number): number {
    const { slots } = this.items;
    return (slots[a] ?? 0) - (slots[b] ?? 0) || a - b;
  }

  /**
   * The picture drawn on top at a map point, or -1. `side` is the side of a picture's square, `slack` how far outside of
   * it a pointer may be and still mean it, both in map units; `first` tells rows that are drawn above all others, `shown` those that are drawn at all.
   */
  at(
    x: number,
    y: number,
    side: number,
    slack: number,
    first: Tells | null,
    shown: Tells | null = null,
  ): number {
    const reach = side / 2 + slack;
    const all = this.#tree.range(x - reach, y - reach, x + reach, y + reach);
    const near = shown ? all.filter(shown) : all;
    const hits = near.filter((row) => this.#distance(row, x, y, side) <= 0);
    const lit = first ? hits.filter(first) : hits;
    if (hits.length > 0)
      return (lit.length > 0 ? lit : hits).reduce((top, row) => (this.#compare(row, top) > 0 ? row : top));
    return this.#closest(near, (row) => this.#distance(row, x, y, side), slack);
  }

  /** The row whose middle is nearest to a map point, or -1 where there are none. */
  nearest(x: number, y: number): number {
    for (let reach = 1 / 64; reach < 8; reach *= 2) {
      const near = this.#tree.within(x, y, reach);
      if (near.length > 0) return this.#closest(near, (row) => this.#toMiddle(row, x, y), Infinity);
    }
    return -1;
  }

  /** The `count` rows nearest to a row, itself and those that show the same image excluded, one for each image. */
  around(row: number, count: number): number[] {
    const [x, y] = [this.positions[2 * row] ?? 0, this.positions[2 * row + 1] ?? 0];
    for (let reach = 1 / 64; ; reach *= 2) {
      const found = this.#images(row, this.#tree.within(x, y, reach), x, y);
      if (found.length >= count || reach > 4) return found.slice(0, count);
    }
  }

  /** One row for each other image, the nearest first. */
  #images(row: number, rows: number[], x: number, y: number): number[] {
    const { slots } = this.items;
    const seen = new Set([slots[row]]);
    const sorted = rows
      .map((other) => ({ other, away: this.#toMiddle(other, x, y) }))
      .sort((a, b) => a.away - b.away || a.other - b.other);
    return sorted
      .map(({ other }) => other)
      .filter((other) => !seen.has(slots[other]) && seen.add(slots[other]));
  }

  /** Distance in map units from the picture's own rectangle; 0 or less is inside. */
  #distance(row: number, x: number, y: number, side: number): number {
    const [halfWidth, halfHeight] = halfExtent(this.items, row);
    const dx = Math.abs((this.positions[2 * row] ?? 0) - x) - halfWidth * side;
    const dy = Math.abs((this.positions[2 * row + 1] ?? 0) - y) - halfHeight * side;
    return Math.max(dx, dy);
  }

  #toMiddle(row: number, x: number, y: number): number {
    return Math.hypot((this.positions[2 * row] ?? 0) - x, (this.positions[2 * row + 1] ?? 0) - y);
  }

  #closest(rows: number[], distance: (row: number) => number, limit: number): number {
    let [best, least] = [-1, limit];
    for (const row of rows) {
      const away = distance(row);
      if (away <= least) [best, least] = [row, away];
    }
    return best;
  }
}
