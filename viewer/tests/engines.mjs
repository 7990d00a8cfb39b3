// Asks the index of words and the table itself the same: `node tests/engines.mjs FOLDER SEED QUERIES` prints one JSON object.
// FOLDER has what tests/site/test_search_engines.py writes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runnerImport } from "vite";

const [folder, seed, runs] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const load = async (path) => (await runnerImport(path)).module;
const [{ readRows }, { LocalFinder }, { openGiven }, { wordsOf }, { parseQuery }] = await Promise.all(
  ["data/table", "model/finder", "data/given", "model/fold", "model/query"].map((name) =>
    load(`./src/${name}.ts`),
  ),
);
const json = (name) => JSON.parse(readFileSync(join(folder, name), "utf-8"));
let fetched = 0;
globalThis.fetch = async (address) => {
  const bytes = readFileSync(join(folder, new URL(address).pathname));
  fetched += bytes.length;
  return new Response(bytes);
};

// How each character is folded here and there.
const folded = json("folded.json");
const differing = Object.entries(folded).filter(([text, words]) => wordsOf(text).trim() !== words);

const { columns, index, table } = json("told.json");
const file = readFileSync(join(folder, table));
const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
const names = ["item", ...columns.map(({ name }) => name)];
const rows = readRows(bytes, names);
const scan = new LocalFinder(columns, rows.count, rows.value);
const given = { columns, index: { ...index, file: `http://site.invalid/${index.file}` }, count: rows.count };
const asked = await openGiven(given);

let state = seed;
const next = (below) => {
  state = (state * 48271) % 2147483647;
  return state % below;
};
const pick = (list) => list[next(list.length)];
const cellText = () => {
  const value = rows.value(pick(names), next(rows.count));
  if (value === null || value === undefined) return "none";
  return typeof value === "object" ? Array.from(value).join(" ") : `${value}`;
};
const someWord = () => pick(cellText().split(/[\s/.:,]+/)) || "x";
const characters = (text) => Array.from(text);
const leaf = () => {
  const kind = next(9);
  if (kind === 0)
    return characters(someWord())
      .slice(0, 1 + next(3))
      .join("");
  if (kind === 1) return `"${cellText().replaceAll('"', "")}"`;
  if (kind === 2) {
    const words = cellText().split(/\s+/);
    const start = next(words.length);
    return `"${words
      .slice(start, start + 2 + next(2))
      .join(" ")
      .replaceAll('"', "")}"`;
  }
  if (kind === 3) return `${pick(names)}:${someWord()}`;
  if (kind === 4)
    return `${pick(["year", "made", "title"])}${pick(["<", ">", "<=", ">=", "=", "!=", ":"])}${1800 + next(120)}`;
  if (kind === 5) return `${pick(["year", "made"])}:${pick(["", 1850])}..${pick(["", 1900, "x"])}`;
  if (kind === 6) {
    const letters = characters(cellText());
    const start = next(letters.length);
    return letters.slice(start, start + 1 + next(4)).join("");
  }
  if (kind === 7) return `${pick(names)}="${someWord()}"`;
  return someWord();
};
const query = (depth) => {
  if (depth === 0 || next(3) === 0) return leaf();
  const [a, b] = [query(depth - 1), query(depth - 1)];
  return pick([`${a} ${b}`, `${a} OR ${b}`, `(${a}) -${b}`, `NOT (${a} ${b})`, `${a} AND ${b}`]);
};
const choice = () => {
  if (next(2)) return new Map();
  const [low, high] = [1800 + next(50), 1850 + next(70)];
  const tags = Array.from({ length: 1 + next(2) }, () =>
    pick(["red", "bird", "place", "place:town", "gone"]),
  );
  return new Map([
    pick([
      ["year", { kind: "range", low, high }],
      ["made", { kind: "range", low, high }],
      ["tags", { kind: "names", names: tags, every: next(2) === 1 }],
      ["artist", { kind: "names", names: [pick(["Rosa", "Ralph Earl"])], every: false }],
    ]),
  ]);
};

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const plain = ({ rows, facets }) => ({
  rows: Array.from(rows),
  facets: facets.map((facet) =>
    facet.kind === "range"
      ? { ...facet, all: Array.from(facet.all), counts: Array.from(facet.counts) }
      : facet,
  ),
});
const mismatches = [];
let hits = 0;
for (let run = 0; run < runs; run++) {
  const text = query(2);
  const choices = choice();
  const [expected, found] = [plain(scan.find(text, choices)), plain(await asked.find(text, choices, true))];
  if (expected.rows.length > 0 && expected.rows.length < rows.count) hits += 1;
  if (!same(expected, found))
    mismatches.push({
      text,
      choices: [...choices],
      query: parseQuery(text, () => null),
      missing: expected.rows.filter((row) => !found.rows.includes(row)).slice(0, 5),
      extra: found.rows.filter((row) => !expected.rows.includes(row)).slice(0, 5),
      facets: same(expected.facets, found.facets),
    });
}
const inks = [];
for (const { name } of columns) {
  const [a, b] = [scan.inks(name), await asked.inks(name)];
  if (!same(a && [Array.from(a.inks), a.legend], b && [Array.from(b.inks), b.legend])) inks.push(name);
}
console.log(JSON.stringify({ differing, mismatches, inks, hits, fetched }));
