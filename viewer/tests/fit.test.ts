import { describe, expect, it } from "vitest";
import { fitCell, placeSlot } from "../src/model/fit";
import { halfExtent, makeItems } from "../src/model/items";

/** docs/format.md, section Atlas, written out once more. */
function specified(cell: number, w: number, h: number) {
  const longest = Math.max(w, h);
  const width = Math.max(1, Math.floor((cell * w) / longest + 0.5));
  const height = Math.max(1, Math.floor((cell * h) / longest + 0.5));
  return { x: Math.floor((cell - width) / 2), y: Math.floor((cell - height) / 2), width, height };
}

describe("fitCell", () => {
  it.each([
    [64, 100, 100, { x: 0, y: 0, width: 64, height: 64 }, "a square fills the cell"],
    [64, 200, 100, { x: 0, y: 16, width: 64, height: 32 }, "twice as wide: half as high"],
    [64, 65, 128, { x: 15, y: 0, width: 33, height: 64 }, "32.5 is rounded up"],
    [64, 10_000, 1, { x: 0, y: 31, width: 64, height: 1 }, "never thinner than one pixel"],
    [8, 3, 4, { x: 1, y: 0, width: 6, height: 8 }, "pictures smaller than the cell are enlarged"],
    [8, 1, 1, { x: 0, y: 0, width: 8, height: 8 }, "one pixel"],
  ])("%i px, %i x %i", (cell, w, h, expected) => {
    expect(fitCell(cell, w, h)).toEqual(expected);
  });

  it("is the specified formula for every small size", () => {
    for (const cell of [8, 16, 32, 64, 128]) {
      for (let w = 1; w < 40; w++) {
        for (let h = 1; h < 40; h++) expect(fitCell(cell, w, h)).toEqual(specified(cell, w, h));
      }
    }
  });
});

describe("placeSlot", () => {
  it.each([
    [0, { page: 0, x: 0, y: 0 }],
    [31, { page: 0, x: 31 * 64, y: 0 }],
    [32, { page: 0, x: 0, y: 64 }],
    [1024, { page: 1, x: 0, y: 0 }],
    [2047, { page: 1, x: 1984, y: 1984 }],
  ])("slot %i", (slot, expected) => {
    expect(placeSlot(slot, 2048, 64)).toEqual(expected);
  });
});

it("keeps fits up to a cell of 256 in one byte", () => {
  const items = makeItems(new Uint8Array(3), new Uint32Array([512, 256]), new Uint32Array(1), 256);
  expect([...items.fits]).toEqual([255, 127]);
  expect(halfExtent(items, 0)[0]).toBe(0.5);
  expect(halfExtent(items, 0)[1]).toBeCloseTo(0.25, 4);
});
