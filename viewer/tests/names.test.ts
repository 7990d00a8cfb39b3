/** The names on the map, and outlines. */
import { describe, expect, it } from "vitest";
import type { Group } from "../src/model/groups";
import { namesOnMap, pathOf } from "../src/model/names";

function group(label: string, x0: number, x1: number, region: number): Group {
  const bounds = { x0, y0: -0.1, x1, y1: 0.1 };
  return {
    id: label,
    label,
    named: label !== "7",
    count: 9,
    item: 0,
    place: 0,
    bounds,
    outline: [],
    region,
    rows: null,
    tags: [],
  };
}

const REGIONS = [group("West", -1, -0.2, -1), group("East", 0.8, 1, -1)];
const GROUPS = [
  group("Ships", -1, -0.8, 0),
  group("Trees", -0.6, -0.2, 0),
  group("Maps", 0.8, 1, 1),
  group("Alone", 0.2, 0.3, -1),
];
const OWN: Group = { ...group("Mine", 0, 0, -1), bounds: null, rows: [1] };

function shown(k: number, side = 0.01): string[] {
  return namesOnMap([...GROUPS, OWN], REGIONS, { x: 0, y: 0, k }, side).map(({ text }) => text);
}

describe("names on the map", () => {
  it.each([
    [100, ["West", "East", "Alone"], "from afar: regions, and what is in none"],
    [600, ["East", "Ships", "Trees", "Alone"], "nearer: a wide region by its hotspots"],
    [3000, ["Ships", "Trees", "Maps", "Alone"], "all by their hotspots"],
  ])("at %f pixels a unit", (k, names) => expect(shown(k)).toEqual(names));

  it("are no numbers", () => {
    const seven = [group("7", -1, 1, 0)];
    expect(namesOnMap(seven, seven, { x: 0, y: 0, k: 100 }, 0.01)).toEqual([]);
    const region = namesOnMap(GROUPS, [group("7", -1, -0.2, -1)], { x: 0, y: 0, k: 100 }, 0.01);
    expect(region.map(({ text }) => text)).toEqual(["Ships", "Trees", "Maps", "Alone"]);
  });

  it("leave out what is hidden, and no other", () => {
    const at = (k: number, off: string[]) =>
      namesOnMap([...GROUPS, OWN], REGIONS, { x: 0, y: 0, k }, 0.01, off).map(({ text }) => text);
    expect(at(100, ["West"])).toEqual(["East", "Alone"]);
    expect(at(600, ["West", "Trees"])).toEqual(["East", "Ships", "Alone"]);
  });

  it("make room for pictures that are large", () => expect(shown(6000, 0.01)).toEqual([]));

  it("stand in the middle of the bounds", () => {
    const [west] = namesOnMap(GROUPS, REGIONS, { x: 0, y: 0, k: 100 }, 0.01);
    expect(west).toMatchObject({ x: -0.6, y: 0, of: "region" });
  });
});

describe("the path of an outline", () => {
  const toScreen = (x: number, y: number) => [100 * x, -100 * y] as const;

  it("closes each ring", () => {
    const rings = [
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      [
        [0.2, 0.1],
        [0.3, 0.1],
        [0.3, 0.2],
      ],
    ];
    expect(pathOf(rings, toScreen)).toMatch(/^M0\.0 -?0\.0L100\.0 -?0\.0L100\.0 -100\.0ZM20\.0 -10\.0L.*Z$/);
  });

  it("is empty without one", () => expect(pathOf([], toScreen)).toBe(""));
});
