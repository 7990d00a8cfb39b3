// How long a search takes, and what a plain scan takes: `node benchmarks/search.mjs ROWS` prints one JSON object.
import { runnerImport } from "vite";

const rows = Number(process.argv[2]);
const [{ LocalFinder }] = await Promise.all(
  ["./src/model/finder.ts"].map(async (path) => (await runnerImport(path)).module),
);

let seed = 24;
const next = (below) => {
  seed = (seed * 48271) % 2147483647;
  return seed % below;
};
const SYLLABLES = ["ba", "ré", "mo", "stu", "lin", "ger", "au", "wald", "pec", "hor", "ti", "ñan"];
const word = () => Array.from({ length: 2 + next(3) }, () => SYLLABLES[next(SYLLABLES.length)]).join("");
const vocabulary = Array.from({ length: 20_000 }, word);
const text = (words) => Array.from({ length: words }, () => vocabulary[next(vocabulary.length)]).join(" ");
const table = Array.from({ length: rows }, (_, row) => ({
  item: `folder ${row % 100}/${row}.jpg`,
  title: text(4),
  artist: vocabulary[next(2000)],
  tags: Array.from({ length: next(4) }, () => vocabulary[next(300)]),
  year: 1700 + next(320),
}));
const column = (name, type, role = null) => ({ name, label: name, type, role });
const columns = [
  column("title", "text", "title"),
  column("artist", "category"),
  column("tags", "tags"),
  column("year", "number", "year"),
];

const timed = (run, times) => {
  const taken = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)];
};

const start = performance.now();
const finder = new LocalFinder(columns, rows, (name, row) => table[row][name]);
const index_ms = performance.now() - start;
// The rival: what VIKUS does for each letter typed, one joined text per row and `indexOf`; no fields, folding, counts or order.
const joined = table.map((entry) => Object.values(entry).join(" ").toUpperCase());
const rival = () => joined.filter((entry) => entry.indexOf("LINGER") >= 0).length;

const none = new Map();
const queries = {
  word: "linger",
  field: "artist:stu year<1900",
  boolean: '(linger OR wald) -"moba" year:1800..1900',
};
const result = { rows, index_ms };
for (let warm = 0; warm < 2; warm++) rival();
result.rival_ms = timed(rival, 5);
for (const [name, query] of Object.entries(queries)) {
  finder.find(query, none);
  result[`${name}_ms`] = timed(() => finder.find(query, none), 5);
}
const chosen = new Map([["year", { kind: "range", low: 1800, high: 1850 }]]);
result.facet_ms = timed(() => finder.find("linger", chosen), 5);
console.log(JSON.stringify(result));
