/** What a reader saves comes back to them: tests/hotspots/test_edited.py makes the site that the workflow makes of the same file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Hotspots } from "../src/format/manifest";
import { arranged, type Edits, groupsFile, type Held, homeOf, NO_EDITS } from "../src/model/groups";

interface Known {
  list: object[];
  members: number[];
  rows?: number[];
  ends?: number[];
  removed?: object[];
}

interface RoundTrip {
  images: string[];
  edits: Edits;
  file: object;
  before: Known;
  after: Known;
}

const path = join(import.meta.dirname, "../../tests/hotspots/round_trip.json");
const known = JSON.parse(readFileSync(path, "utf8")) as RoundTrip;

function held({ list, members, rows, ends, removed }: Known): Held {
  const placed = list.map((entry) => ({ ...entry, bounds: [0, 0, 1, 1], centre: [0, 0], outline: [] }));
  const set = { layout: "umap", list: placed, regions: null, edited: removed ? { removed } : null };
  const sets = rows && ends ? { rows: Uint32Array.from(rows), ends: Uint32Array.from(ends) } : null;
  return { set: set as unknown as Hotspots, members: Int32Array.from(members), sets };
}

function saved(site: Known, edits: Edits): unknown {
  const holding = held(site);
  const images = { count: known.images.length, of: (row: number) => known.images[row] ?? "" };
  const shown = arranged(holding.set.list, edits, (item) => Number(item.slice(0, 4)));
  return JSON.parse(groupsFile(shown, edits, holding, images));
}

it("saves what the reader changed", () => expect(saved(known.before, known.edits)).toEqual(known.file));

it("saves the same again from the site that was made of it", () =>
  expect(saved(known.after, NO_EDITS)).toEqual(known.file));

it("saves the same from there in the browser in which it was changed", () =>
  expect(saved(known.after, known.edits)).toEqual(known.file));

it("keeps words and what was removed when more is removed", () => {
  const [first, second] = known.after.list as { id: string }[];
  const after = { ...known.after, list: known.after.list.map((one) => ({ ...one, tags: ["x"] })) };
  const file = saved(after, { ...NO_EDITS, removed: [first?.id ?? "", second?.id ?? ""] }) as {
    hotspots: object[];
    removed: { id: string; images: string[] }[];
  };
  expect(file.hotspots).toMatchObject([{ tags: ["x"] }]);
  const before = (known.file as { removed: object[] }).removed;
  expect(file.removed).toHaveLength(2);
  expect(file.removed[0]).toEqual(before[0]);
  expect(file.removed[1]).toMatchObject({ id: second?.id });
  expect(file.removed[1]?.images.length).toBeGreaterThan(20);
});

it("tells the first hotspot of a picture, made by hand or not, and its place there", () => {
  const set = held({
    list: [{ id: "a" }, { id: "b" }, { id: "c" }],
    members: [0, 2, -1, 2, 0],
    rows: [1, 2],
    ends: [0, 2, 2],
    removed: [],
  });
  const shown = arranged(set.set.list, NO_EDITS, () => undefined);
  const told = [0, 1, 2, 3, 4].map((row) => homeOf(row, shown, set));
  expect(told.map((home) => home && [home.group.id, home.index])).toEqual([
    ["a", 0],
    ["b", 0],
    ["b", 1],
    ["c", 1],
    ["a", 1],
  ]);
  expect(homeOf(0, shown.slice(1), set)).toBeNull();
  expect(homeOf(1, shown, { ...set, members: null, sets: null })).toBeNull();
});
