import { describe, expect, it } from "vitest";
import type { Column } from "../src/format/manifest";
import { csvCell, toCsv, toJson } from "../src/model/export";
import {
  arranged,
  moved,
  NO_EDITS,
  readEdits,
  renamed,
  tagged,
  tagsIn,
  withOwn,
  without,
} from "../src/model/groups";
import { DIMMED, HIDDEN, Highlight, LIT } from "../src/model/highlight";
import { inside, rectangleShape } from "../src/model/lasso";
import { byKind, problemsCsv } from "../src/model/problems";
import { combined, decodeRows, encodeRows, inverted, maskOf, rowsOf, toggled } from "../src/model/selection";
import { matesOf } from "../src/model/stacks";

const grid = Float32Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? (i / 2) % 5 : Math.floor(i / 10)));
const bits = (text: string) => Uint8Array.from(text, Number);

describe("inside", () => {
  it("takes a rectangle's rows, whichever way round it was drawn", () => {
    const expected = [6, 7, 11, 12];
    expect(Array.from(rowsOf(inside(grid, rectangleShape(0.5, 0.5, 2.5, 2.5), null)))).toEqual(expected);
    expect(Array.from(rowsOf(inside(grid, rectangleShape(2.5, 2.5, 0.5, 0.5), null)))).toEqual(expected);
  });

  it("leaves out the hole of a line that runs round twice", () => {
    const outer = [-1, -1, 5, -1, 5, 5, -1, 5];
    const ring = [...outer, -1, -1, 1.5, 1.5, 2.5, 1.5, 2.5, 2.5, 1.5, 2.5, 1.5, 1.5];
    expect(rowsOf(inside(grid, ring, null))).not.toContain(12);
    expect(rowsOf(inside(grid, ring, null))).toHaveLength(24);
  });

  it("agrees with a triangle's half planes at any place", () => {
    let seed = 7;
    const next = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const places = Float32Array.from({ length: 4000 }, next);
    const [ax, ay, bx, by, cx, cy] = [0.1, 0.1, 0.9, 0.3, 0.4, 0.8];
    const side = (x: number, y: number, px: number, py: number, qx: number, qy: number) =>
      (qx - px) * (y - py) - (qy - py) * (x - px) > 0;
    const mask = inside(places, [ax, ay, bx, by, cx, cy], null);
    for (let row = 0; row < mask.length; row++) {
      const [x, y] = [places[2 * row] ?? 0, places[2 * row + 1] ?? 0];
      const expected = side(x, y, ax, ay, bx, by) && side(x, y, bx, by, cx, cy) && side(x, y, cx, cy, ax, ay);
      expect(mask[row]).toBe(expected ? 1 : 0);
    }
  });

  it("takes only rows that count, and nothing with a point or a line", () => {
    expect(Array.from(rowsOf(inside(grid, rectangleShape(-1, -1, 9, 9), maskOf(25, [3, 4]))))).toEqual([
      3, 4,
    ]);
    expect(rowsOf(inside(grid, [0, 0, 4, 4], null))).toHaveLength(0);
  });
});

describe("sets of rows", () => {
  it.each([
    ["replace", "0110"],
    ["add", "1110"],
    ["subtract", "1000"],
  ] as const)("%s", (how, expected) => {
    expect(combined(bits("1100"), bits("0110"), how)).toEqual(bits(expected));
  });

  it("inverts among all or among some", () => {
    expect(inverted(bits("1100"), null)).toEqual(bits("0011"));
    expect(inverted(bits("1100"), bits("0110"))).toEqual(bits("0010"));
    expect(toggled(bits("10"), 1)).toEqual(bits("11"));
  });

  it.each(["0000", "1111", "1000", "0001", "10110111", "0".repeat(99) + "1".repeat(50)])(
    "writes %s and reads it again",
    (text) => {
      const mask = bits(text);
      if (text.includes("1")) expect(decodeRows(encodeRows(mask), mask.length)).toEqual(mask);
      else expect(encodeRows(mask)).toBe("");
    },
  );

  it.each(["", "x y", "-1", "zzzzzz", "1.zzz", "0-", "9"])("reads nothing from %j", (text) => {
    expect(decodeRows(text, 9)).toBeNull();
  });
});

describe("export", () => {
  it.each([
    ["=1+1", "'=1+1", "a formula"],
    ["@SUM(A1)", "'@SUM(A1)", "a formula of old"],
    ["+49 30 1234", "'+49 30 1234", "a text with a sign"],
    ["-5", "-5", "a number stays one"],
    [-5.5, "-5.5", "a number"],
    ["\t=1", "'\t=1", "a tab before it"],
    ['say "a, b"', '"say ""a, b"""', "quotes and commas"],
    ["=a\nb", '"\'=a\nb"', "both"],
    [null, "", "nothing"],
    [["a", null, "b"], "a||b", "tags"],
    [["=a"], "'=a", "tags that begin so"],
  ])("%j is the cell %j: %s", (value, cell, _why) => expect(csvCell(value)).toBe(cell));

  const columns: Column[] = [
    { name: "filename", label: "File", type: "text", role: "filename" },
    { name: "year", label: "Year", type: "number", role: "year" },
    { name: "tags", label: "Tags", type: "tags", role: "tags" },
  ];
  const rows: Record<string, unknown>[] = [
    { item: "a.jpg", image: "ff", filename: "a.jpg", year: 1890, tags: ["=x"] },
    { item: "b.jpg", image: "ee", filename: "b.jpg", year: null, tags: null },
  ];
  const read = (name: string, row: number) => rows[row]?.[name];

  it("writes a header and the rows asked for", () => {
    expect(toCsv(columns, Int32Array.of(1, 0), read)).toBe(
      "\uFEFFfilename,year,tags\r\nb.jpg,,\r\na.jpg,1890,'=x\r\n",
    );
  });

  it("leaves values as they are in JSON", () => {
    expect(JSON.parse(toJson(columns, Int32Array.of(0, 1), read))).toEqual([
      { item: "a.jpg", image: "ff", filename: "a.jpg", year: 1890, tags: ["=x"] },
      { item: "b.jpg", image: "ee", filename: "b.jpg" },
    ]);
  });
});

describe("hotspots of the reader's own", () => {
  const site = ["a", "b", "c"].map((id, item) => ({
    id,
    label: id.toUpperCase(),
    count: 2,
    item,
    centre: [0, 0],
    bounds: [0, 0, 1, 1],
    outline: null,
    named: null,
    region: null,
    tags: null,
  }));
  const rowOf = (item: string) => (item.startsWith("row") ? Number(item.slice(3)) : undefined);
  const shown = (edits = NO_EDITS) => arranged(site, edits, rowOf);
  const ids = (edits = NO_EDITS) =>
    shown(edits)
      .map(({ id }) => id)
      .join("");

  it("are the site's until they are changed", () => expect(ids()).toBe("abc"));

  it("can be renamed, but not to nothing", () => {
    expect(shown(renamed(NO_EDITS, "b", " Birds "))[1]?.label).toBe("Birds");
    expect(renamed(NO_EDITS, "b", "  ")).toBe(NO_EDITS);
  });

  it("can be moved, to the ends and no further", () => {
    expect(ids(moved(NO_EDITS, shown(), "a", 1))).toBe("bac");
    expect(ids(moved(NO_EDITS, shown(), "a", 9))).toBe("bca");
    expect(ids(moved(NO_EDITS, shown(), "a", -1))).toBe("abc");
  });

  it("can be made and deleted", () => {
    const edits = withOwn(NO_EDITS, shown(), { id: "own", label: "Mine", items: ["row7", "gone", "row9"] });
    expect(ids(edits)).toBe("ownabc");
    expect(shown(edits)[0]).toMatchObject({ id: "own", label: "Mine", count: 2, item: 7, rows: [7, 9] });
    expect(ids(without(without(edits, "own"), "b"))).toBe("ac");
    expect(without(edits, "own").own).toEqual([]);
  });

  it("are read again as they were kept, and never anything else", () => {
    const edits = renamed(
      withOwn(NO_EDITS, shown(), { id: "own", label: "Mine", items: ["row7"] }),
      "a",
      "x",
    );
    expect(readEdits(JSON.stringify(edits))).toEqual(edits);
    for (const text of [
      null,
      "",
      "null",
      "[]",
      "{}",
      '{"own":[1],"removed":[],"order":[],"labels":{}}',
      '{"own":5}',
    ]) {
      expect(readEdits(text)).toEqual(NO_EDITS);
    }
  });

  it("are the site's once it has taken them up from the reader's file", () => {
    const edits = { ...NO_EDITS, own: [{ id: "b", label: "Mine", items: ["row7"] }] };
    expect(ids(edits)).toBe("abc");
    expect(shown(edits)[1]).toMatchObject({ label: "B", rows: null });
    expect(ids(without(edits, "b"))).toBe("ac");
  });
});

describe("Highlight", () => {
  it("lights what all ask for, hides what no filter leaves, and lets what is pointed at outshine the rest", () => {
    const highlight = new Highlight(4);
    expect([highlight.update(), highlight.active]).toEqual([false, false]);
    highlight.setFilter(bits("1110"), false);
    highlight.selection = bits("0111");
    expect(highlight.update()).toBe(true);
    expect(Array.from(highlight.lit)).toEqual([DIMMED, LIT, LIT, DIMMED]);
    highlight.setFilter(bits("1110"), true);
    highlight.update();
    expect(Array.from(highlight.lit)).toEqual([DIMMED, LIT, LIT, HIDDEN]);
    highlight.spot = bits("1001");
    highlight.update();
    expect(Array.from(highlight.lit)).toEqual([LIT, DIMMED, DIMMED, HIDDEN]);
    highlight.spot = null;
    highlight.selection = null;
    highlight.setFilter(null, true);
    highlight.update();
    expect([...highlight.lit, highlight.active]).toEqual([LIT, LIT, LIT, LIT, false]);
    expect(highlight.update()).toBe(false);
  });
});

it("hides what is off, whatever else is asked for", () => {
  const highlight = new Highlight(3);
  highlight.off = bits("010");
  expect([highlight.update(), highlight.active]).toEqual([true, true]);
  expect(Array.from(highlight.lit)).toEqual([LIT, HIDDEN, LIT]);
  highlight.spot = bits("110");
  highlight.update();
  expect(Array.from(highlight.lit)).toEqual([LIT, HIDDEN, DIMMED]);
  highlight.off = null;
  highlight.spot = null;
  expect([highlight.update(), highlight.active]).toEqual([true, false]);
});

describe("stacks", () => {
  it("are told by the first row, and leave out the row itself", () => {
    const stacks = Uint32Array.of(0, 1, 0, 3, 0, 1);
    expect([0, 1, 2, 3, 4, 5, 9].map((row) => matesOf(stacks, row))).toEqual([
      [2, 4],
      [5],
      [0, 4],
      [],
      [0, 2],
      [1],
      [],
    ]);
  });
});

describe("problems", () => {
  const problem = (path: string, kind: string, action: string) => ({
    path,
    stage: "ingest",
    kind,
    reason: "why",
    action,
  });
  const problems = [
    problem("a", "empty", "copy"),
    problem("b", "unreadable", "replace"),
    problem("c", "unreadable", "check"),
    problem("d", "unreadable", "check"),
  ];

  it("are put by kind, the most frequent first, each advice once", () => {
    expect(byKind(problems)).toEqual([
      { kind: "unreadable", problems: problems.slice(1), actions: ["check", "replace"] },
      { kind: "empty", problems: problems.slice(0, 1), actions: ["copy"] },
    ]);
    expect(byKind([])).toEqual([]);
  });

  it("become a table that no spreadsheet runs", () => {
    expect(problemsCsv([problem('=1+1,"x"', "empty", "")])).toBe(
      '\uFEFFpath,stage,kind,reason,action\r\n"\'=1+1,""x""",ingest,empty,why,\r\n',
    );
  });
});

describe("tagsIn", () => {
  it.each([
    ["", []],
    [" , ,", []],
    ["wings", ["wings"]],
    [" red  wings ,b,red wings", ["red wings", "b"]],
    ["<b>, 鳥", ["<b>", "鳥"]],
    ["x".repeat(300), ["x".repeat(200)]],
  ])("%j has %j", (line, tags) => expect(tagsIn(line)).toEqual(tags));

  it("gives no more than the workflow takes", () => {
    expect(tagsIn(Array.from({ length: 150 }, (_, at) => `${at}`).join(","))).toHaveLength(100);
  });
});

it("keeps words, and reads what was kept before there were any", () => {
  const edits = tagged(NO_EDITS, "a", "wings, red");
  expect(edits.tags).toEqual({ a: ["wings", "red"] });
  expect(readEdits(JSON.stringify(edits))).toEqual(edits);
  const { tags: _, ...before } = edits;
  expect(readEdits(JSON.stringify(before))).toEqual(NO_EDITS);
  expect(readEdits(JSON.stringify({ ...edits, tags: { a: "wings" } }))).toBe(NO_EDITS);
});
