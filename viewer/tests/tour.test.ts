/** Stories, the tour and where a kiosk goes. */
import { describe, expect, it } from "vitest";
import { FormatError } from "../src/format/errors";
import { readStories } from "../src/format/stories";
import { HOME, readAddress, writeAddress } from "../src/model/address";
import type { Group } from "../src/model/groups";
import { kioskSeconds, readTold, stopsOf, tourOf, writeTold } from "../src/model/tour";

const group = (id: string): Group => ({
  id,
  label: `Group ${id}`,
  named: true,
  count: 3,
  item: 0,
  place: 0,
  bounds: null,
  outline: [],
  region: -1,
  rows: null,
  tags: [],
});

describe("the place in a story", () => {
  it.each([
    ["1.1", { story: "1", slide: 0 }],
    ["12.30", { story: "12", slide: 29 }],
    ["tour.2", { story: "tour", slide: 1 }],
  ])("%s, there and back", (text, told) => {
    expect(readTold(text)).toEqual(told);
    expect(writeTold(told)).toBe(text);
    expect(readAddress(`#story=${text}`)).toEqual({ ...HOME, told });
    expect(writeAddress({ ...HOME, told })).toBe(`#story=${text}`);
  });

  it.each([null, "", "1", "0.1", "1.0", "-1.2", "x.1", "1.1.1", "tour", "1e3.1", "1.99999"])(
    "%j is none",
    (text) => expect(readTold(text)).toBeNull(),
  );
});

describe("stories", () => {
  const slide = { title: "a", text: "b", view: null, hotspot: null, item: null };

  it("are read as they were written", () => {
    const stories = [{ title: "S", slides: [slide, { ...slide, view: "layout=umap" }] }];
    expect(readStories(stories)).toEqual(stories);
  });

  it.each([
    {},
    [{}],
    [{ title: "S", slides: [] }],
    [{ title: "S", slides: [{ title: 1 }] }],
    [{ title: 1, slides: [slide] }],
  ])("%j are none", (value) => expect(() => readStories(value)).toThrow(FormatError));
});

it("leads through all groups, in their order", () => {
  const tour = tourOf("Tour", [group("b"), group("a")], ({ count }) => `${count} pictures`);
  expect(tour.slides.map(({ title, text, hotspot }) => [title, text, hotspot])).toEqual([
    ["Group b", "3 pictures", "b"],
    ["Group a", "3 pictures", "a"],
  ]);
});

describe("a kiosk", () => {
  it("goes from hotspot to hotspot", () => {
    expect(stopsOf([group("b"), group("a")], 9)).toEqual([{ hotspot: "b" }, { hotspot: "a" }]);
  });

  it("goes to pictures from all over the collection where there are none", () => {
    const rows = stopsOf([], 1000).map((stop) => ("row" in stop ? stop.row : -1));
    expect(rows).toHaveLength(24);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
    expect([Math.min(...rows) >= 0, Math.max(...rows) < 1000]).toEqual([true, true]);
    expect(stopsOf([], 2)).toEqual([{ row: 0 }, { row: 1 }]);
    expect(stopsOf([], 0)).toEqual([]);
  });

  it.each([
    [null, null],
    ["1", 10],
    ["", 10],
    ["yes", 10],
    ["0", null],
    ["-5", null],
    ["20", 20],
    ["1.5", 2],
    ["1e9", 600],
  ])("%j asks for %j seconds", (text, seconds) => expect(kioskSeconds(text)).toBe(seconds));
});
