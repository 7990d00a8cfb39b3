/** Which rows of a table that is here as a whole a query means. */
import {
  CHUNK,
  type Chunk,
  type Codes,
  type ColumnIndex,
  columnNamed,
  type Indexed,
  type Numbers,
} from "./columns";
import { boundsFor, type Compare, type Leaf, rangeMask, type Text, wordFor } from "./evaluate";
import { needleOf } from "./fold";
import { parseQuery, plainTexts, type Query } from "./query";

const SPACE = 32;

/** Columns as far as their names and what can be compared go. */
export interface Named {
  readonly columns: readonly { readonly name: string; readonly label: string; readonly ordered: boolean }[];
}

export function parseFor(named: Named, text: string): Query {
  return parseQuery(text, (name) => columnNamed(named, name));
}

export function leafMask(index: ColumnIndex, leaf: Leaf): Uint8Array {
  return leaf.kind === "text" ? textMask(index, leaf) : compareMask(index, leaf);
}

/** Rows whose title has words that are looked for in any column: they come first. */
export function titled(index: ColumnIndex, query: Query): Uint8Array {
  const title = index.columns.find(({ role }) => role === "title");
  const best = new Uint8Array(index.count);
  if (title)
    for (const { text, exact } of plainTexts(query))
      markText(title, needleOf(text, exact), best, index.count);
  return best;
}

function textMask(index: ColumnIndex, query: Text): Uint8Array {
  const mask = new Uint8Array(index.count);
  const needle = needleOf(query.text, query.exact);
  // Punctuation alone asks for nothing.
  if (needle === null) return mask.fill(query.field === null ? 1 : 0);
  const columns = index.columns.filter(({ name }) => query.field === null || name === query.field);
  for (const column of columns) markText(column, needle, mask, index.count);
  return mask;
}

function markText({ values }: Indexed, needle: string | null, mask: Uint8Array, count: number): void {
  if (needle === null) return;
  if (values.kind === "codes") markCodes(values, needle, mask, count);
  else if (values.kind === "texts") markWords(values.chunks, needle, mask);
  else markNumbers(values, needle, mask);
}

/**
 * No needle holds the end of a line, so each hit lies within one row. The space before a word is looked at afterwards: there are
 * so many that a search for them is several times slower.
 */
function markWords(chunks: readonly Chunk[], needle: string, mask: Uint8Array): void {
  const begins = needle.startsWith(" ");
  const body = begins ? needle.slice(1) : needle;
  for (const [chunk, { text, starts }] of chunks.entries()) {
    let place = 0;
    for (let at = text.indexOf(body); at >= 0; ) {
      while ((starts[place + 1] ?? Infinity) <= at) place += 1;
      const hit = !begins || text.charCodeAt(at - 1) === SPACE;
      if (hit) mask[chunk * CHUNK + place] = 1;
      at = text.indexOf(body, hit ? (starts[place + 1] ?? text.length) : at + 1);
    }
  }
}

function markCodes({ words, starts, codes }: Codes, needle: string, mask: Uint8Array, count: number): void {
  const hit = words.map((name) => name.includes(needle));
  if (!hit.includes(true)) return;
  for (let row = 0; row < count; row++) {
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      if (hit[codes[at] ?? 0]) mask[row] = 1;
    }
  }
}

function markNumbers({ values, dates, chunks }: Numbers, needle: string, mask: Uint8Array): void {
  if (dates) markWords(chunks, needle, mask);
  const number = Number(needle);
  if (dates || Number.isNaN(number)) return;
  for (let row = 0; row < values.length; row++) if (values[row] === number) mask[row] = 1;
}

function compareMask(index: ColumnIndex, query: Compare): Uint8Array {
  const values = index.columns.find(({ name }) => name === query.field)?.values;
  if (values?.kind !== "numbers") return new Uint8Array(index.count);
  const bounds = boundsFor(query, values.dates);
  return bounds ? rangeMask(values.values, ...bounds) : textMask(index, wordFor(query));
}
