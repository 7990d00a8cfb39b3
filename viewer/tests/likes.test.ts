import { describe, expect, it } from "vitest";
import { sharedOf } from "../src/model/likes";

describe("sharedOf", () => {
  it.each([
    ["one model shares with nobody", [[1, 2]], [[false, false]], 2],
    [
      "two share what both have, wherever it stands",
      [
        [1, 2, 3],
        [3, 4],
      ],
      [
        [false, false, true],
        [true, false],
      ],
      1,
    ],
    [
      "of three some share two, and some all",
      [
        [1, 2],
        [2, 5],
        [5, 2],
      ],
      [
        [false, true],
        [true, true],
        [true, true],
      ],
      1,
    ],
    ["none shares anything", [[1], [2]], [[false], [false]], 0],
    ["an empty list", [[], [2]], [[], [false]], 0],
  ])("%s", (_, lists, shared, all) => {
    const likes = lists.map((rows, place) => ({ model: `${place}`, rows }));
    expect(sharedOf(likes)).toEqual({ shared, all });
  });
});
