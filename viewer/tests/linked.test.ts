/** A reader's own clusters in a link: there and back, bounded, and whatever a stranger writes. */
import { describe, expect, it } from "vitest";
import { arranged, type Group, NO_EDITS, without } from "../src/model/groups";
import { readLinked, writeLinked } from "../src/model/linked";
import { middleOfRows, namesOfOwn } from "../src/model/names";

const COUNT = 1000;
const MARK = "abc123";

function own(id: string, label: string, rows: number[]): Group {
  const drawn = { bounds: null, outline: [], region: -1, place: -1, tags: [], named: true };
  return { id, label, count: rows.length, item: rows[0] ?? 0, rows, ...drawn };
}

const every = (step: number) => Array.from({ length: Math.ceil(COUNT / step) }, (_, place) => place * step);

describe("clusters in a link", () => {
  it.each([
    [[own("own-1-2", "Birds: red & <b>", [1, 2, 3, 9])], "as they were"],
    [[own("own-1", "鳥 🐦", [0]), own("own-2", "Mine", [COUNT - 1])], "in their order"],
    [[own("own-1", "All", every(1))], "many that follow each other are short"],
  ])("%#", (groups, why) => {
    const { texts, left } = writeLinked(groups, MARK, COUNT);
    const { linked, strange } = readLinked(texts, MARK, COUNT);
    expect(
      linked.map(({ id, label, rows }) => [id, label, [...rows]]),
      why,
    ).toEqual(groups.map(({ id, label, rows }) => [id, label, [...(rows ?? [])]]));
    expect([left, strange]).toEqual([[], false]);
  });

  it("are the reader's alone, not the site's", () => {
    const site = { ...own("9f", "Site", [1]), rows: null };
    const taken = { ...own("own-9", "Taken up by the site", [1]), rows: null };
    expect(writeLinked([site, taken], MARK, COUNT)).toEqual({ texts: [], left: [] });
  });

  it("are told where there is no room for them", () => {
    const large = own(
      "own-1",
      "Large",
      Array.from({ length: 2 * COUNT }, (_, place) => 2 * place),
    );
    const small = own("own-2", "Small", [4]);
    const { texts, left } = writeLinked([large, small], MARK, 4 * COUNT);
    expect([texts, left]).toEqual([[`${MARK}:2:4:Small`], ["Large"]]);
    const many = Array.from({ length: 25 }, (_, place) => own(`own-${place}`, `N${place}`, [place]));
    expect(writeLinked(many, MARK, COUNT).left).toEqual(["N20", "N21", "N22", "N23", "N24"]);
    const long = Array.from({ length: 9 }, (_, place) => own(`own-${place}`, "é".repeat(60), [place]));
    const told = writeLinked(long, MARK, COUNT);
    expect(encodeURIComponent(told.texts.join("")).length).toBeLessThanOrEqual(1500);
    expect(told.texts.length + told.left.length).toBe(9);
    expect(told.left.length).toBeGreaterThan(0);
  });

  it.each([
    ["", false, "nothing"],
    ["x", false, "no parts"],
    [`${MARK}:1:0.3`, false, "no name"],
    [`${MARK}:1:0.3: \n `, false, "an empty name"],
    [`${MARK}:1:zzzzzz:Far`, false, "rows that are not there"],
    [`${MARK}:1:<b>:Rows`, false, "rows that are none"],
    [`${MARK}::0:Name`, false, "no id"],
    [`${MARK}:__proto__:0:Name`, false, "a strange id"],
    [`${MARK}:${"1".repeat(65)}:0:Name`, false, "a long id"],
    [`${MARK}:1:0.0:None`, false, "no rows"],
    [`${MARK}:1:0:${"x".repeat(1500)}`, false, "a long text"],
    ["fedcba:1:0:Other", true, "rows of another table"],
  ])("take nothing of %j, strange: %s, %s", (text, strange, why) => {
    expect(readLinked([text], MARK, COUNT), why).toEqual({ linked: [], strange });
  });

  it("are each taken once, in one line, and not too many", () => {
    const texts = [`${MARK}:1:0: A\n b `, `${MARK}:1:5:Second`];
    expect(readLinked(texts, MARK, COUNT).linked.map(({ label }) => label)).toEqual(["A b"]);
    const many = Array.from({ length: 30 }, (_, place) => `${MARK}:${place}:0:N`);
    expect(readLinked(many, MARK, COUNT).linked).toHaveLength(20);
  });

  it("never stop the page, whatever stands there", () => {
    const letters = ":::0123az.-.-<é %";
    let seed = 1;
    const draw = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    let taken = 0;
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: draw(14) }, () => letters[draw(letters.length)]).join("");
      for (const { id, label, rows } of readLinked([`${MARK}:${text}`], MARK, COUNT).linked) {
        taken += 1;
        expect(id).toMatch(/^own-[0-9A-Za-z-]+$/);
        expect(label.trim()).not.toBe("");
        expect(rows.every((row) => row >= 0 && row < COUNT)).toBe(true);
      }
    }
    expect(taken, "some of them are right").toBeGreaterThan(20);
  });
});

describe("clusters of a link among the reader's", () => {
  const { linked } = readLinked([`${MARK}:1:4.3:Theirs`], MARK, COUNT);
  const mine = { ...NO_EDITS, own: [{ id: "own-1", label: "Mine", items: ["row7"] }] };
  const rowOf = (item: string) => Number(item.slice(3));

  it("are shown, and told apart", () => {
    expect(arranged([], NO_EDITS, rowOf, linked)).toMatchObject([
      { id: "own-1", label: "Theirs", linked: true, count: 3, item: 4, named: true },
    ]);
  });

  it("never take the place of what the reader has under that id, or deleted", () => {
    const [only, ...more] = arranged([], mine, rowOf, linked);
    expect([only?.label, only?.linked, more.length]).toEqual(["Mine", undefined, 0]);
    expect(arranged([], without(mine, "own-1"), rowOf, linked)).toEqual([]);
  });
});

describe("names of a reader's clusters", () => {
  // Rows 0 to 9 lie close together, row 10 far away, 11 to 20 all over the map.
  const places = Array.from({ length: 21 }, (_, row) =>
    row < 10 ? [0.5 + row / 100, -0.2] : row === 10 ? [-1, 1] : [-1 + (row - 11) / 5, -1 + (row - 11) / 5],
  );
  const positions = Float32Array.from(places.flat());
  const near = [...Array(11).keys()];
  const wide = Array.from({ length: 10 }, (_, place) => 11 + place);

  it.each([
    [near, [0.54, -0.2], "together, but for one"],
    [wide, null, "all over the map"],
    [[10], [-1, 1], "a single one"],
  ])("%#", (rows, wanted, why) => {
    const found = middleOfRows(rows, positions);
    expect(found === null ? null : [...found].map((value) => Number(value.toFixed(2))), why).toEqual(wanted);
  });

  it("stand there, unless they are hidden or pictures are large", () => {
    const groups = [own("own-1", "Near", near), own("own-2", "Wide", wide)];
    const texts = (k: number, off: string[] = []) =>
      namesOfOwn(groups, positions, { x: 0, y: 0, k }, 0.01, off).map(({ text }) => text);
    expect(texts(100)).toEqual(["Near"]);
    expect(texts(100, ["own-1"])).toEqual([]);
    expect(texts(6000)).toEqual([]);
  });
});
