/** Searching and filtering over a small table, as a reader would type it. */
import { describe, expect, it } from "vitest";
import type { Column, ColumnType } from "../src/format/manifest";
import { columnNamed, indexColumns, pathOf, spanOf } from "../src/model/columns";
import { type Choice, type Choices, find } from "../src/model/facets";
import { fold, needleOf, wordsOf } from "../src/model/fold";
import { inksOf } from "../src/model/palette";
import { parseQuery } from "../src/model/query";

const column = (name: string, type: ColumnType, label = name, role: string | null = null): Column => ({
  name,
  type,
  label,
  role,
});
const COLUMNS = [
  column("title", "text", "Title", "title"),
  column("artist", "category", "Made by"),
  column("tags", "tags", "Tags"),
  column("year", "number", "Year", "year"),
  column("made", "date", "Made on"),
];
const ROWS = [
  {
    item: "a/one.jpg",
    title: "The Café at Night",
    artist: "Ralph Earl",
    tags: ["red", "place:town:inn"],
    year: 1890,
    made: "1890-05",
  },
  {
    item: "a/two.jpg",
    title: "Red bird",
    artist: "Ralph Blakelock",
    tags: ["bird"],
    year: 1899.5,
    made: "1899",
  },
  {
    item: "b/three.jpg",
    title: "Bird, redder",
    artist: "Rosa",
    tags: ["red", "bird"],
    year: 1910,
    made: "1910-12-31",
  },
  { item: "b/four.jpg", title: "Straße 日本の鳥", artist: null, tags: null, year: null, made: "unknown" },
  { item: "b/five.jpg", title: null, artist: "rosa", tags: ["place:town"], year: -40, made: "about 1902" },
];
const read = (name: string, row: number) => (ROWS[row] as unknown as Record<string, unknown>)[name];
const index = indexColumns(COLUMNS, ROWS.length, read);
const NONE: Choices = new Map();

describe("find", () => {
  it.each([
    ["", [0, 1, 2, 3, 4], "nothing typed is everything"],
    ["  ", [0, 1, 2, 3, 4], "blanks are nothing"],
    ["cafe", [0], "accents do not matter"],
    ["CAFÉ", [0], "nor does case"],
    ["bir", [1, 2], "the beginning of a word"],
    ["ird", [], "but not its middle"],
    ["red bird", [1, 2], "several words, in any order"],
    ["rosa bird", [2], "in any column, together"],
    ['"red bird"', [1], "side by side"],
    ["“red bird”", [1], "in the quotes of a phone"],
    ["„red bird“", [1], "of a German"],
    ["« red bird »", [1], "of a French reader"],
    ['"bird red"', [], "whole words in quotes"],
    ['"red bird', [1], "a quote that is still open"],
    ["strasse", [3], "sharp s"],
    ["鳥", [3], "scripts without spaces are searched inside"],
    ["five", [4], "the file's name"],
    ["artist:ralph", [0, 1], "a field"],
    ["ARTIST:ralph", [0, 1], "whatever its case"],
    ['artist:"ralph earl"', [0], "a phrase in a field"],
    ['"made by":rosa', [2, 4], "a field by its label"],
    ["art:rosa", [2, 4], "a field by its beginning"],
    ["nofield:rosa", [], "no field: two words side by side"],
    ["title:rosa", [], "only in that field"],
    ["year<1900", [0, 1, 4], "less"],
    ["year<=1890", [0, 4], "at most"],
    ["year>1890", [1, 2], "more"],
    ["year>=1910", [2], "at least"],
    ["year=1910", [2], "equal"],
    ["year:1890..1910", [0, 1, 2], "a range with both its ends"],
    ["year:..0", [4], "an open range"],
    ["year:1900..", [2], "open above"],
    ["year!=1910", [0, 1, 3, 4], "not equal"],
    ["year<", [0, 1, 2, 3, 4], "still typing"],
    ["1910", [2], "a number anywhere"],
    ["made:1890", [0], "a year is all its days"],
    ["made:1899..1910", [1, 2, 4], "to the end of the last year"],
    ["made<1899", [0], "dates"],
    ["made>1890", [1, 2, 4], "after the year"],
    ["made:unknown", [3], "a date that is none is a word"],
    ["red OR rosa", [0, 1, 2, 4], "or"],
    ["red AND NOT bird", [0], "and not"],
    ["red -bird", [0], "minus"],
    ["NOT (red OR bird)", [3, 4], "brackets"],
    ["rosa bird OR cafe", [0, 2], "and before or"],
    ["((red", [0, 1, 2], "brackets still open"],
    ["red)) bird", [1, 2], "brackets that close nothing"],
    ["red OR", [0, 1, 2], "still typing or"],
    ["NOT", [0, 1, 2, 3, 4], "still typing not"],
    ["or", [], "small letters are words"],
    ["!!!", [0, 1, 2, 3, 4], "punctuation asks for nothing"],
    ["place", [0, 4], "outer part of a path"],
  ])("%s: %j, %s", (text, rows) => {
    expect(Array.from(find(index, text, NONE).rows).sort()).toEqual(rows);
  });

  it("lists first what has the words in its title", () => {
    expect(Array.from(find(index, "red", NONE).rows)).toEqual([1, 2, 0]);
  });

  it("survives what a cat on the keyboard types", () => {
    let seed = 1;
    const letters = [
      "(",
      ")",
      '"',
      ":",
      "<",
      ">",
      "=",
      "..",
      "-",
      " ",
      "NOT",
      "OR",
      "AND",
      "year",
      "a",
      "\u0000",
    ];
    for (let run = 0; run < 2000; run++) {
      let text = "";
      for (let at = 0; at < 12; at++) {
        seed = (seed * 1103515245 + 12345) % 2 ** 31;
        text += letters[seed % letters.length];
      }
      expect(find(index, text, NONE).mask).toHaveLength(5);
    }
    expect(find(index, "(".repeat(100_000), NONE).rows).toHaveLength(5);
    expect(find(index, "NOT ".repeat(2000), NONE).rows).toHaveLength(5);
  });
});

const names = (...list: string[]): Choice => ({ kind: "names", names: list, every: false });
const chosen = (...pairs: [string, Choice][]): Choices => new Map(pairs);

describe("facets", () => {
  it.each([
    [chosen(["artist", names("Rosa")]), [2], "one name"],
    [chosen(["artist", names("Rosa", "rosa")]), [2, 4], "any of several"],
    [chosen(["tags", names("red", "bird")]), [0, 1, 2], "any of several tags"],
    [chosen(["tags", { kind: "names", names: ["red", "bird"], every: true }]), [2], "all of several tags"],
    [chosen(["tags", names("place")]), [0, 4], "all that lies below"],
    [chosen(["tags", names("place:town:inn")]), [0], "the innermost"],
    [chosen(["year", { kind: "range", low: 1890, high: 1910 }]), [0, 1, 2], "a range with its ends"],
    [chosen(["tags", names("red")], ["artist", names("Rosa")]), [2], "two columns"],
    [chosen(["tags", names()]), [0, 1, 2, 3, 4], "nothing chosen"],
    [chosen(["title", names("x")], ["none", names("x")]), [0, 1, 2, 3, 4], "columns without a filter"],
    [chosen(["tags", names("gone")]), [], "a name that is not there"],
  ])("%j leaves %j: %s", (choices, rows) => {
    expect(Array.from(find(index, "", choices).rows)).toEqual(rows);
  });

  const counts = (text: string, choices: Choices, name: string) => {
    const facet = find(index, text, choices).facets.find((one) => one.name === name);
    return facet?.kind === "names"
      ? Object.fromEntries(facet.options.map((option) => [option.name, option.count]))
      : null;
  };

  it("counts what each option would leave, whatever is chosen in its own column", () => {
    const choices = chosen(["artist", names("Rosa")]);
    expect(counts("", choices, "artist")).toEqual({
      "Ralph Earl": 1,
      "Ralph Blakelock": 1,
      Rosa: 1,
      rosa: 1,
    });
    expect(counts("", choices, "tags")).toEqual({
      red: 1,
      bird: 1,
      place: 0,
      "place:town": 0,
      "place:town:inn": 0,
    });
    expect(counts("bird", choices, "artist")).toEqual({
      "Ralph Earl": 0,
      "Ralph Blakelock": 1,
      Rosa: 1,
      rosa: 0,
    });
  });

  it("counts numbers in bins that hold all of them", () => {
    const facet = find(index, "bird", NONE).facets.find(({ name }) => name === "year");
    if (facet?.kind !== "range") throw new Error("expected a range");
    expect([facet.low, facet.high, facet.whole]).toEqual([-40, 1910, false]);
    expect(facet.all.reduce((a, b) => a + b)).toBe(4);
    expect(facet.counts.reduce((a, b) => a + b)).toBe(2);
  });

  it("offers no filter where there is nothing to choose", () => {
    expect(find(index, "", NONE).facets.map(({ name }) => name)).toEqual(["artist", "tags", "year", "made"]);
  });
});

it.each([
  ["Æther", "aether"],
  ["Łódź", "lodz"],
  ["ÅNGSTRÖM", "angstrom"],
  ["ﬁne", "fine"],
])("folds %s to %s", (text, folded) => expect(fold(text)).toBe(folded));

it.each([
  ["N[ew] Mex[ico], [Col]orado", " new mexico colorado "],
  ["É[glise] N[ew]Y[ork]", " eglise newyork "],
  ["[sic] wom[?]n 1[89]0 a []b", " sic wom n 1 89 0 a b "],
])("reads %s with the words whole that an editor completed", (text, words) =>
  expect(wordsOf(text)).toBe(words),
);

it("cuts words at punctuation and very long cells at their end", () => {
  expect(wordsOf("a-b, 'c'")).toBe(" a b c ");
  expect(wordsOf("x".repeat(100_000))).toHaveLength(4002);
  expect(needleOf("…", false)).toBeNull();
});

it.each([
  ["1890", [1890, 1891]],
  ["1890-01", [1890, 1890 + 1 / 12]],
  ["-44", [-44, -43]],
  ["c. 1650?", [1650, 1651]],
  ["long ago", null],
] as const)("the date %s is %j", (text, span) => expect(spanOf(text, true)).toEqual(span));

it("takes paths apart, and leaves sentences whole", () => {
  expect(pathOf("A:B c:D")).toEqual(["A", "A:B c", "A:B c:D"]);
  expect(pathOf("Note: late")).toEqual(["Note: late"]);
  expect(pathOf("a:")).toEqual(["a:"]);
});

it("takes the beginning of a column's name only where one column has it", () => {
  expect(columnNamed(index, "ye")?.name).toBe("year");
  expect(columnNamed(index, "ma")).toBeNull();
  expect(columnNamed(index, "made")?.name).toBe("made");
});

it("parses without columns", () => {
  expect(parseQuery("a:b", () => null)).toEqual({ kind: "text", field: null, text: "a:b", exact: false });
});

describe("inksOf", () => {
  const inks = (name: string) => {
    const found = index.columns.find((one) => one.name === name);
    return found ? inksOf(found, ROWS.length) : null;
  };

  it("gives each name a colour, and none to what has no name", () => {
    const found = inks("artist");
    expect(found?.legend.map(({ name, count }) => [name, count])).toEqual([
      ["Ralph Earl", 1],
      ["Ralph Blakelock", 1],
      ["Rosa", 1],
      ["rosa", 1],
    ]);
    expect(Array.from(found?.inks ?? [])).toEqual([1, 2, 3, 0, 4]);
  });

  it("orders numbers by their colours", () => {
    const found = inks("year");
    const shown = [4, 0, 1, 2].map((row) => found?.inks[row] ?? 0);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(found?.inks[3]).toBe(0);
    expect(found?.legend.every(({ low, high }) => (low ?? 0) <= (high ?? 0))).toBe(true);
    expect(found?.legend.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  });

  it("has none for free texts", () => expect(inks("title")).toBeNull());
});
