// How long a search takes in the table, in its index, and by a plain scan: `node benchmarks/search.mjs FOLDER` prints one JSON object.
// FOLDER is what benchmarks/viewer_search.py writes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runnerImport } from "vite";

const folder = process.argv[2];
const load = async (path) => (await runnerImport(path)).module;
const [{ readRows }, { LocalFinder }, { openGiven }] = await Promise.all(
  ["data/table", "model/finder", "data/given"].map((name) => load(`./src/${name}.ts`)),
);
let fetched = 0;
globalThis.fetch = async (address) => {
  const bytes = readFileSync(join(folder, new URL(address).pathname));
  fetched += bytes.length;
  return new Response(bytes);
};

const { columns, index, table } = JSON.parse(readFileSync(join(folder, "told.json"), "utf-8"));
const count = table.rows;
const open = () =>
  openGiven({ columns, index: { ...index, file: `http://site.invalid/${index.file}` }, count });
const since = (start) => performance.now() - start;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const REPEATS = 7;
const none = new Map();
const chosen = new Map([["year", { kind: "range", low: 1800, high: 1850 }]]);
const QUERIES = {
  word: ["linger", none, false],
  letter: ["b", none, false],
  phrase: ['"linger wald"', none, false],
  field: ["artist:stu year<1900", none, false],
  boolean: ['(linger OR wald) -"moba" year:1800..1900', none, false],
  facets: ["linger", chosen, true],
};

const result = { rows: count };
const found = {};
// The rows that the page shows first are told before their texts come.
for (const [name, [text, choices, counted]] of Object.entries(QUERIES)) {
  fetched = 0;
  const finder = await open();
  const start = performance.now();
  const first = await finder.find(text, choices, counted);
  result[`index_${name}_first_ms`] = since(start);
  result[`index_${name}_mb`] = fetched / 1e6;
  found[name] = first.rows.length;
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const again = performance.now();
    await finder.find(text, choices, counted);
    times.push(since(again));
  }
  result[`index_${name}_ms`] = median(times);
}
fetched = 0;
const session = await open();
for (const [text, choices, counted] of Object.values(QUERIES)) await session.find(text, choices, counted);
result.index_all_mb = fetched / 1e6;

// The same by reading the whole table, as the page does for fewer rows.
const file = readFileSync(join(folder, table.file));
const rows = readRows(file.buffer.slice(file.byteOffset, file.byteOffset + file.length), [
  "item",
  ...columns.map(({ name }) => name),
]);
result.table_mb = file.length / 1e6;
const start = performance.now();
const scan = new LocalFinder(columns, count, rows.value);
result.table_once_ms = since(start);
for (const [name, [text, choices]] of Object.entries(QUERIES)) {
  const size = scan.find(text, choices).rows.length;
  if (size !== found[name]) throw new Error(`${name}: expected ${size} rows, got ${found[name]}`);
  const times = [];
  for (let repeat = 0; repeat < 3; repeat++) {
    const again = performance.now();
    scan.find(text, choices);
    times.push(since(again));
  }
  result[`table_${name}_ms`] = median(times);
}

// The rival: what VIKUS does for each letter typed, one joined text per row and `indexOf`; no fields, folding, counts or order.
const joined = Array.from({ length: count }, (_, row) =>
  columns
    .map(({ name }) => rows.value(name, row))
    .join(" ")
    .toUpperCase(),
);
const rival = () => joined.filter((entry) => entry.indexOf("LINGER") >= 0).length;
rival();
const times = [];
for (let repeat = 0; repeat < 5; repeat++) {
  const again = performance.now();
  rival();
  times.push(since(again));
}
result.rival_ms = median(times);
console.log(JSON.stringify(result));
