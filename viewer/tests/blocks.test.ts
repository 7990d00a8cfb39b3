import { describe, expect, it } from "vitest";
import { BLOCK, blockBounds, drawingOrder, inOrder, rangesIn, rowsOfRanges } from "../src/model/blocks";
import { FULL, Pace, STRIDES } from "../src/model/pace";

/** The same numbers each time, in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe("drawingOrder", () => {
  it.each([
    [[0, 1, 2], [0, 1, 2], "already in order"],
    [[2, 0, 1], [1, 2, 0], "by slot"],
    [[1, 0, 1, 0], [1, 3, 0, 2], "rows of one slot by row"],
    [[9_000_000, 3, 9_000_000], [1, 0, 2], "slots far apart"],
    [[], [], "nothing"],
  ])("of %j is %j: %s", (slots, order) => {
    expect([...drawingOrder(Uint32Array.from(slots))]).toEqual(order);
  });
});

it("puts values of each row in order", () => {
  const order = Uint32Array.from([2, 0, 1]);
  expect([...inOrder(Uint8Array.from([1, 2, 3, 4, 5, 6]), 2, order)]).toEqual([5, 6, 1, 2, 3, 4]);
  const values = Float32Array.from([1, 2]);
  expect(inOrder(values, 1, null)).toBe(values);
});

describe("rangesIn", () => {
  const rows = 3 * BLOCK + 100;
  const next = numbers(7);
  /** Block after block further right, with all ys. */
  const place = () =>
    Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? 2 * next() - 1 : i / rows - 1));
  const [left, entered] = [place(), place()];
  const bounds = { left: blockBounds(left), entered: blockBounds(entered) };

  it.each([0, 0.3, 1])("holds every row in the box on the way, at %f", (mix) => {
    for (let trial = 0; trial < 50; trial++) {
      const [x, y] = [2 * next() - 1, 2 * next() - 1];
      const box = { x0: x, y0: y, x1: x + next(), y1: y + next() };
      const ranges = rangesIn(bounds.left, bounds.entered, mix, box, rows);
      const at = (i: number) => (left[i] ?? 0) * (1 - mix) + (entered[i] ?? 0) * mix;
      for (let row = 0; row < rows; row++) {
        const inside =
          at(2 * row) >= box.x0 &&
          at(2 * row) <= box.x1 &&
          at(2 * row + 1) >= box.y0 &&
          at(2 * row + 1) <= box.y1;
        if (inside) expect(ranges.some(({ first, count }) => row >= first && row < first + count)).toBe(true);
      }
    }
  });

  it("leaves out what is elsewhere, and joins neighbours", () => {
    const all = rangesIn(bounds.left, bounds.entered, 1, { x0: -2, y0: -2, x1: 2, y1: 2 }, rows);
    expect(all).toEqual([{ first: 0, count: rows }]);
    const some = rangesIn(bounds.left, bounds.entered, 1, { x0: 0.95, y0: -2, x1: 2, y1: 2 }, rows);
    expect(rowsOfRanges(some)).toBeLessThan(2 * BLOCK);
    expect(rangesIn(bounds.left, bounds.entered, 1, { x0: 3, y0: 3, x1: 4, y1: 4 }, rows)).toEqual([]);
  });

  it("starts each stretch at a row that every stride meets", () => {
    for (const stride of STRIDES) expect(BLOCK % stride).toBe(0);
  });
});

describe("Pace", () => {
  const run = (pace: Pace, frames: number, each: number, from = 0) => {
    let quality = FULL;
    for (let i = 0; i < frames; i++) quality = pace.moving(from + i * each);
    return quality;
  };

  it("draws in full on a quick machine", () => {
    expect(run(new Pace(), 100, 16)).toBe(FULL);
  });

  it("gets coarser while frames are slow, down to the coarsest, and finer again", () => {
    const pace = new Pace();
    expect(run(pace, 4, 100).scale).toBe(0.5);
    expect(run(pace, 40, 100, 1000).stride).toBe(Math.max(...STRIDES));
    pace.rested();
    expect(run(pace, 200, 16, 9000)).toBe(FULL);
  });

  it("takes a rest for no slow frame", () => {
    const pace = new Pace();
    for (let i = 0; i < 10; i++) {
      pace.rested();
      expect(pace.moving(i * 5000)).toBe(FULL);
    }
  });
});
