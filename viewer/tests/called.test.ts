import { describe, expect, it } from "vitest";
import { isCalled, keyOf, offersFor, rowsCalled } from "../src/model/called";
import { columnNamed } from "../src/model/columns";
import { clustersIn } from "../src/model/evaluate";
import { LocalFinder } from "../src/model/finder";
import type { Group } from "../src/model/groups";
import { type Clusters, parseQuery } from "../src/model/query";

function group(label: string, tags: string[] = [], named = true, count = 2): Group {
  const drawn = { bounds: null, outline: [], region: -1, rows: null };
  return { id: label, label, tags, named, count, item: 0, place: 0, ...drawn };
}

const COLUMNS = [
  { name: "title", label: "Title", ordered: false },
  { name: "keywords", label: "Tags", ordered: false },
];
const parse = (text: string) => parseQuery(text, (name) => columnNamed({ columns: COLUMNS }, name));
const clusters = (of: Clusters["of"], text: string, as: Clusters["as"] = "begins") =>
  ({ kind: "clusters", of, text, as }) as const;

describe("clusters in a query", () => {
  it.each([
    ["cluster:birds", clusters("all", "birds"), "by name or tag"],
    ["Gruppe:Vögel", clusters("all", "Vögel"), "in the page's language"],
    ['hotspot:"red birds"', clusters("all", "red birds", "words"), "words side by side"],
    ['cluster="Birds"', clusters("all", "Birds", "whole"), "the whole name"],
    ["schlagwörter:wings", clusters("tags", "wings"), "the tags alone"],
    ["mots-clés:ailes", clusters("tags", "ailes"), "with accents and hyphens"],
    [
      "tag:wings",
      {
        kind: "or",
        parts: [{ kind: "text", field: "keywords", text: "wings", exact: false }, clusters("tags", "wings")],
      },
      "a column of that name is asked too",
    ],
    ["cluster!=Birds", { kind: "not", part: clusters("all", "Birds", "whole") }, "without"],
    ["-cluster:birds", { kind: "not", part: clusters("all", "birds") }, "without, as ever"],
    ["cluster:", { kind: "all" }, "while it is typed"],
    [
      "cluster<5",
      { kind: "text", field: null, text: "cluster<5", exact: false },
      "clusters cannot be compared",
    ],
    [
      "clusterise:x",
      { kind: "text", field: null, text: "clusterise:x", exact: false },
      "another word is no field",
    ],
  ])("%s: %j, %s", (text, wanted, why) => {
    expect(parse(text), why).toEqual(wanted);
  });

  it("are told wherever they stand", () => {
    const found = clustersIn(parse("(a OR cluster:b) -tag:c NOT (cluster=d)"));
    expect(found.map(keyOf)).toEqual(["all begins b", "tags begins c", "all whole d"]);
  });
});

describe("which clusters are meant", () => {
  const birds = group("Birds, red & blue", ["Flügel", "in the air"]);
  it.each([
    [clusters("all", "bird"), true, "a beginning"],
    [clusters("all", "ird"), false, "the middle of a word is none"],
    [clusters("all", "fluge"), true, "a tag, without its accents"],
    [clusters("all", "red blue", "words"), true, "punctuation does not count"],
    [clusters("all", "blue red", "words"), false, "in another order"],
    [clusters("all", "red blu", "words"), false, "whole words"],
    [clusters("all", "birds RED blue", "whole"), true, "the whole name"],
    [clusters("all", "birds", "whole"), false, "a part of the name"],
    [clusters("tags", "birds"), false, "the name is no tag"],
    [clusters("tags", "air"), true, "a word of a tag"],
    [clusters("all", "&"), false, "punctuation alone"],
    [clusters("all", "&", "whole"), false, "punctuation alone, as a whole"],
  ])("%j: %s, %s", (wanted, meant, why) => {
    expect(isCalled(birds, wanted), why).toBe(meant);
  });

  it("are taken together, and are not known where one is not", () => {
    const masks: Record<string, Uint8Array | null> = {
      a: Uint8Array.of(1, 0, 0),
      ab: Uint8Array.of(0, 0, 1),
      b: null,
    };
    const rows = (text: string) =>
      rowsCalled(
        clusters("all", text),
        Object.keys(masks).map((name) => group(name)),
        3,
        ({ label }) => masks[label] ?? null,
      );
    expect(rows("a")).toEqual(Uint8Array.of(1, 0, 1));
    expect(rows("b")).toBeNull();
    expect(rows("z")).toEqual(Uint8Array.of(0, 0, 0));
  });
});

describe("a search with clusters", () => {
  const titles = ["red", "red", "blue", "blue"];
  const columns = [{ name: "title", label: "Title", type: "text" as const, role: "title" }];
  const finder = new LocalFinder(columns, 4, (name, row) =>
    name === "title" ? (titles[row] ?? null) : `${row}.jpg`,
  );
  const mask = Uint8Array.of(1, 0, 1, 0);
  const called = new Map([[keyOf(clusters("all", "x")), mask]]);
  it.each([
    ["cluster:x", [0, 2]],
    ["cluster:x red", [0]],
    ["cluster:x OR red", [0, 1, 2]],
    ["red -cluster:x", [1]],
    ["NOT (cluster:x OR red)", [3]],
    ["cluster:unknown", []],
  ])("%s", (text, rows) => {
    expect([...finder.find(text, new Map(), called).rows].sort()).toEqual(rows);
    expect(mask, "the mask is left as it was").toEqual(Uint8Array.of(1, 0, 1, 0));
  });
});

describe("offers", () => {
  const groups = [
    group("Birds", ["wings"], true, 7),
    group('Planes "Jumbo"', ["wings", "Flügel"]),
    group("Cluster 3", [], false),
  ];
  it.each([
    ["bird", [["cluster", "Birds", 7, 'cluster="Birds"']], "by the name"],
    ["wing", [["tag", "wings", 2, 'tag="wings"']], "by a tag, once, with the number of its clusters"],
    [
      "plan jumbo",
      [["cluster", 'Planes "Jumbo"', 2, 'cluster="Planes  Jumbo "']],
      "all words; quotes are no end",
    ],
    ["bird plane", [], "not all words"],
    ["cluster", [], "a number is no name"],
    ["", [], "nothing is typed"],
    ["&", [], "punctuation"],
    ["cluster:birds", [], "what is asked for is not offered"],
  ])("%s: %j, %s", (text, wanted, why) => {
    const found = offersFor(parse(text), groups);
    expect(
      found.map(({ kind, text: name, count, query }) => [kind, name, count, query]),
      why,
    ).toEqual(wanted);
  });

  it("are few", () => {
    const many = Array.from({ length: 20 }, (_, place) => group(`Birds ${place}`));
    expect(offersFor(parse("birds"), many)).toHaveLength(5);
  });

  it("find what they offer", () => {
    for (const { query, text } of offersFor(parse("plan jumbo"), groups)) {
      const [wanted] = clustersIn(parse(query));
      expect(groups.filter((one) => wanted && isCalled(one, wanted)).map(({ label }) => label)).toEqual([
        text,
      ]);
    }
  });
});
