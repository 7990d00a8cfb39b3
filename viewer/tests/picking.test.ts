import { describe, expect, it } from "vitest";
import { makeItems } from "../src/model/items";
import { PlaceIndex } from "../src/model/picking";
import { buildTree } from "../src/model/tree";

/** Row 0 wide at the origin, row 1 square over its right end, row 2 far away. */
const items = makeItems(
  new Uint8Array(9),
  new Uint32Array([200, 100, 100, 100, 100, 100]),
  new Uint32Array([0, 1, 2]),
  64,
);
const positions = new Float32Array([0, 0, 0.4, 0, 5, 5]);
const index = new PlaceIndex(items, positions, buildTree(positions));

describe("PlaceIndex.at, with squares of side 1", () => {
  it.each([
    [0, 0.2, 0, "inside the wide picture (and left of the square)"],
    [0.3, 0, 1, "where both are, the later row lies on top"],
    [-0.3, 0.3, -1, "above the wide picture, but inside its square"],
    [2, 2, -1, "nowhere"],
    [5.5, 5.5, 2, "the corner"],
  ])("(%f, %f) is row %i: %s", (x, y, row) => {
    expect(index.at(x - (row === 0 ? 0.2 : 0), y, 1, 0, null)).toBe(row);
  });

  it("takes the nearest within the slack", () => {
    expect(index.at(-0.3, 0.3, 1, 0.06, null)).toBe(0);
    expect(index.at(-0.3, 0.4, 1, 0.06, null)).toBe(-1);
  });

  it("prefers lit rows, which are drawn above the others", () => {
    expect(index.at(0.3, 0, 1, 0, (row) => row === 0)).toBe(0);
    expect(index.at(0.3, 0, 1, 0, (row) => row === 2)).toBe(1);
  });
});

it("gives the rows in a box in the order of drawing", () => {
  expect([...index.rowsIn({ x0: -1, y0: -1, x1: 9, y1: 9 })]).toEqual([0, 1, 2]);
  expect([...index.rowsIn({ x0: 0.1, y0: -1, x1: 9, y1: 1 })]).toEqual([1]);
});

it("finds the nearest row, however far", () => {
  expect(index.nearest(0.3, 0)).toBe(1);
  expect(index.nearest(3, 3)).toBe(2);
});

it("gives the nearest other images, each once", () => {
  const around = Array.from({ length: 3 }, (_, row) => index.around(row, 5));
  for (const [row, found] of around.entries()) {
    expect(found).not.toContain(row);
    expect(new Set(found.map((other) => index.items.slots[other])).size).toBe(found.length);
  }
  expect(index.around(0, 1)).toHaveLength(1);
});

it("points at nothing that is hidden", () => {
  const [x, y] = [index.positions[0] ?? 0, index.positions[1] ?? 0];
  expect(index.at(x, y, 0.1, 0, null, () => false)).toBe(-1);
  expect(index.at(x, y, 0.1, 0, null, (row) => row === 0)).toBe(0);
});
