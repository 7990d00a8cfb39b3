import { describe, expect, it } from "vitest";
import type { Column, ColumnType } from "../src/format/manifest";
import { citationOf } from "../src/model/cite";
import { altOf, detailOf, fieldOf, itemName, picturePath, safeLink, titleOf } from "../src/model/detail";

const column = (type: ColumnType, role: string | null = null): Column => ({
  name: "c",
  label: "C",
  type,
  role,
});

describe("safeLink", () => {
  it.each([
    ["https://example.org/a?b", "https://example.org/a?b"],
    ["http://example.org", "http://example.org/"],
    ["javascript:alert(1)", null],
    [" JaVaScRiPt:alert(1)", null],
    ["data:text/html,<script>", null],
    ["file:///etc/passwd", null],
    ["//example.org", null],
    ["nothing", null],
  ])("%s", (text, href) => {
    expect(safeLink(text)).toBe(href);
  });
});

describe("fieldOf", () => {
  it.each([
    ["text", "<b>x</b>", { kind: "text", text: "<b>x</b>" }, "markup stays text"],
    ["number", 12345.5, { kind: "text", text: "12,345.5" }, "numbers are grouped"],
    ["number", 0, { kind: "text", text: "0" }, "nought is given"],
    [
      "link",
      "javascript:alert(1)",
      { kind: "text", text: "javascript:alert(1)" },
      "an unsafe link is only shown",
    ],
    [
      "link",
      "https://e.org/",
      { kind: "link", text: "https://e.org/", href: "https://e.org/" },
      "a safe link",
    ],
    ["tags", ["a", null, "b"], { kind: "tags", tags: ["a", "b"] }, "tags without nulls"],
  ] as const)("%s %j: %j, %s", (type, value, expected, _why) => {
    expect(fieldOf(column(type), value)).toEqual({ label: "C", ...expected });
  });

  it.each([
    ["text", null],
    ["text", undefined],
    ["text", ""],
    ["tags", []],
  ] as const)("omits %s %j", (type, value) => {
    expect(fieldOf(column(type), value)).toBeNull();
  });

  it("writes years without grouping", () => {
    expect(fieldOf(column("number", "year"), 1850)).toMatchObject({ text: "1850" });
  });
});

it("names an item by its file", () => {
  expect(itemName("room 1/a.b.jpg")).toBe("a.b");
  expect(itemName(".hidden")).toBe(".hidden");
});

it("builds the picture's path", () => {
  expect(picturePath("pictures/{prefix}/{image}.jpg", "ab12")).toBe("pictures/ab/ab12.jpg");
});

it("falls back on the item's name without a title", () => {
  const row: Record<string, unknown> = { image: "ab12", item: "x/y.jpg", title: null, c: "v" };
  const columns = [{ name: "title", label: "Title", type: "text" as const, role: "title" }, column("text")];
  const detail = detailOf(columns, 5, [4, 3], "{prefix}/{image}", (name) => row[name]);
  expect(detail).toMatchObject({
    row: 5,
    title: "y",
    description: null,
    picture: "ab/ab12",
    width: 4,
    height: 3,
  });
  expect(detail.fields).toEqual([{ kind: "text", label: "C", text: "v" }]);
});

it("cuts a title that nobody could read", () => {
  const columns = [{ name: "title", label: "Title", type: "text" as const, role: "title" }];
  expect(titleOf(columns, () => "x".repeat(100_000))).toHaveLength(241);
});

describe("what stands for a picture", () => {
  const columns: Column[] = [
    { name: "name", label: "Name", type: "text", role: "title" },
    { name: "shown", label: "Shown", type: "text", role: null },
  ];
  it.each([
    [{ name: "A", shown: "B" }, "shown", "A", "the title"],
    [{ name: null, shown: "B" }, "shown", "B", "else the column chosen"],
    [{ name: "", shown: 7 }, "shown", "7", "a number too"],
    [{ name: null, shown: "" }, "shown", null, "else nothing, for the caller to fill"],
    [{ name: null, shown: "B" }, null, null, "no column is chosen"],
    [{ name: null, shown: "x".repeat(1000) }, "shown", `${"x".repeat(240)}…`, "it is read aloud: not a book"],
  ])("%#", (row, chosen, wanted, why) => {
    expect(
      altOf(columns, chosen, (name) => (row as Record<string, unknown>)[name]),
      why,
    ).toBe(wanted);
  });
});

describe("a citation", () => {
  const column = (name: string, role: string | null = null): Column => ({
    name,
    label: name,
    type: "text",
    role,
  });
  it.each([
    [
      [column("Artist"), column("d", "date")],
      { Artist: "Ralph", d: "c. 1890" },
      "Ralph. “T”, c. 1890. C. https://a.org/#item=1",
      "all of it",
    ],
    [[column("y", "year")], { y: 1890 }, "“T”, 1890. C. https://a.org/#item=1", "a year, no maker"],
    [
      [column("Künstler")],
      { Künstler: ["A", null, "B"] },
      "A, B. “T”. C. https://a.org/#item=1",
      "several makers",
    ],
    [
      [column("author"), column("photographer")],
      { author: "", photographer: "P" },
      "P. “T”. C. https://a.org/#item=1",
      "the first that is given",
    ],
    [
      [column("creator")],
      { creator: "A.\n B." },
      "A. B. “T”. C. https://a.org/#item=1",
      "one line, no second dot",
    ],
    [
      [column("Credit line"), column("licence"), column("Rights")],
      { "Credit line": "Courtesy of X", licence: "", Rights: "CC BY 4.0" },
      "“T”. C. Courtesy of X. CC BY 4.0. https://a.org/#item=1",
      "credit and licence",
    ],
    [
      [column("rights"), column("Bildnachweis")],
      { rights: "http://creativecommons.org/licenses/by/4.0/", Bildnachweis: "Y" },
      "“T”. C. Y. http://creativecommons.org/licenses/by/4.0/ https://a.org/#item=1",
      "no dot becomes a part of an address",
    ],
    [
      [column("attribution"), column("rights")],
      { attribution: "© Z", rights: "© Z" },
      "“T”. C. © Z. https://a.org/#item=1",
      "the same is said once",
    ],
    [[], {}, "“T”. C. https://a.org/#item=1", "nothing is known"],
  ] as [Column[], Record<string, unknown>, string, string][])("%#", (columns, row, wanted, why) => {
    const read = (name: string) => row[name];
    expect(
      citationOf({
        columns,
        title: "“T”",
        collection: "C",
        rights: null,
        address: "https://a.org/#item=1",
        read,
      }),
      why,
    ).toBe(wanted);
  });

  it.each([
    [{}, { credit: "M", licence: "CC BY", address: "https://c.org/" }, "M. CC BY.", "the collection's"],
    [
      { rights: "mine" },
      { credit: "M", licence: "CC BY", address: "https://c.org/" },
      "M. mine.",
      "a picture's own licence",
    ],
    [
      { credit: "Mme" },
      { credit: "M", licence: "CC BY", address: "" },
      "Mme. CC BY.",
      "a picture's own credit",
    ],
    [{}, { credit: "", licence: "", address: "https://c.org/" }, "https://c.org/", "an address alone"],
  ])("names the collection's credit and licence: %#", (row: Record<string, string>, rights, wanted, why) => {
    const columns = [column("credit"), column("rights")];
    const read = (name: string) => row[name];
    const made = citationOf({
      columns,
      title: "T",
      collection: "C",
      rights,
      address: "https://a.org/",
      read,
    });
    expect(made, why).toBe(`T. C. ${wanted} https://a.org/`);
  });
});
