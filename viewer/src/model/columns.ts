/** The table's columns as arrays that can be searched and counted quickly. */
import type { Column, ColumnType } from "../format/manifest";
import { fold, wordsOf } from "./fold";

/** The words of many rows (as `wordsOf` gives them) in one text, a line for each: one search of it is one of all its rows. */
export interface Chunk {
  readonly text: string;
  /** Where each row's line starts. */
  readonly starts: Uint32Array;
}
/** One text per row, in chunks of CHUNK rows. */
export interface Texts {
  readonly kind: "texts";
  readonly chunks: readonly Chunk[];
}
export const CHUNK = 1 << 14;
/** Some of a list of names per row: row i has codes[starts[i]] .. codes[starts[i + 1] - 1]. */
export interface Codes {
  readonly kind: "codes";
  readonly names: readonly string[];
  readonly words: readonly string[];
  readonly starts: Uint32Array;
  readonly codes: Uint32Array;
}
/** One number per row, NaN where none is given. Dates are years with a fraction, and keep their texts. */
export interface Numbers {
  readonly kind: "numbers";
  readonly dates: boolean;
  readonly values: Float64Array;
  readonly extent: Extent;
  readonly chunks: readonly Chunk[];
}

/** Of the finite values; `high` is below `low` where there are none. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  /** All are whole numbers. */
  readonly whole: boolean;
}

export interface Indexed {
  readonly name: string;
  readonly label: string;
  readonly role: string | null;
  /** Its values can be compared. */
  readonly ordered: boolean;
  readonly values: Texts | Codes | Numbers;
}

export interface ColumnIndex {
  readonly count: number;
  readonly columns: readonly Indexed[];
}

export type ReadCell = (column: string, row: number) => unknown;

/** What is searched besides the columns that a manifest lists. */
const FILE: Column = { name: "item", label: "File", type: "text", role: "file" };

/** The columns that are searched, in the order of an index's numbers. */
export function searched(columns: readonly Column[]): (Column & { readonly ordered: boolean })[] {
  return [...columns, FILE].map((column) => ({
    ...column,
    ordered: column.type === "number" || column.type === "date",
  }));
}

export function indexColumns(columns: readonly Column[], count: number, read: ReadCell): ColumnIndex {
  const indexed = searched(columns).map(({ name, label, type, role, ordered }) => {
    const cell = (row: number) => read(name, row);
    return { name, label, role, ordered, values: valuesOf(type, count, cell) };
  });
  return { count, columns: indexed };
}

function valuesOf(type: ColumnType, count: number, cell: (row: number) => unknown): Texts | Codes | Numbers {
  switch (type) {
    case "category":
      return codesOf(count, (row) => (isGiven(cell(row)) ? [`${cell(row)}`] : []));
    case "tags":
      return codesOf(count, (row) => listOf(cell(row)));
    case "number":
      return numbersOf(count, cell);
    case "date":
      return datesOf(count, cell);
    default:
      return { kind: "texts", chunks: chunksOf(count, cell) };
  }
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

function textOf(value: unknown): string {
  return isGiven(value) ? wordsOf(`${value}`) : "";
}

function chunksOf(count: number, cell: (row: number) => unknown): Chunk[] {
  const chunks: Chunk[] = [];
  for (let first = 0; first < count; first += CHUNK) {
    const lines: string[] = [];
    const starts = new Uint32Array(Math.min(CHUNK, count - first));
    let at = 0;
    for (let place = 0; place < starts.length; place++) {
      const line = textOf(cell(first + place));
      lines.push(line);
      starts[place] = at;
      at += line.length + 1;
    }
    chunks.push({ text: lines.join("\n"), starts });
  }
  return chunks;
}

function listOf(value: unknown): string[] {
  if (!isGiven(value)) return [];
  const tags = typeof value === "object" && value !== null && Symbol.iterator in value ? value : [value];
  return Array.from(tags as Iterable<unknown>)
    .filter(isGiven)
    .map((tag) => `${tag}`);
}

/** "A:B:C" is C below B below A, where each part is something and starts with no space: "Note: late" is one name. */
const PATH = /^[^:]*[^:\s](:[^:\s][^:]*)+$/;

/** A name and all that it lies below, the outermost first. */
export function pathOf(name: string): string[] {
  if (!PATH.test(name)) return [name];
  const parts = name.split(":");
  return parts.map((_, index) => parts.slice(0, index + 1).join(":"));
}

function codesOf(count: number, namesOf: (row: number) => string[]): Codes {
  const known = new Map<string, number>();
  const starts = new Uint32Array(count + 1);
  const codes: number[] = [];
  for (let row = 0; row < count; row++) {
    for (const name of new Set(namesOf(row).flatMap(pathOf))) {
      if (!known.has(name)) known.set(name, known.size);
      codes.push(known.get(name) ?? 0);
    }
    starts[row + 1] = codes.length;
  }
  const names = [...known.keys()];
  return { kind: "codes", names, words: names.map(wordsOf), starts, codes: Uint32Array.from(codes) };
}

function numbersOf(count: number, cell: (row: number) => unknown): Numbers {
  const values = new Float64Array(count).fill(Number.NaN);
  for (let row = 0; row < count; row++) {
    const value = cell(row);
    if (typeof value === "number") values[row] = value;
    else if (typeof value === "bigint") values[row] = Number(value);
  }
  return { kind: "numbers", dates: false, values, extent: extentOf(values), chunks: [] };
}

function datesOf(count: number, cell: (row: number) => unknown): Numbers {
  const values = new Float64Array(count).fill(Number.NaN);
  for (let row = 0; row < count; row++) {
    const value = cell(row);
    if (isGiven(value)) values[row] = spanOf(`${value}`, true)?.[0] ?? Number.NaN;
  }
  return { kind: "numbers", dates: true, values, extent: extentOf(values), chunks: chunksOf(count, cell) };
}

export function extentOf(values: Float64Array): Extent {
  let [low, high, whole] = [Infinity, -Infinity, true];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    if (!Number.isInteger(value)) whole = false;
  }
  return { low, high, whole };
}

const DATE = /^\s*(-?\d{1,6})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:T.*)?\s*$/;
const YEAR_INSIDE = /\d{4}/;

/** What a number or a date written so covers, [from, to): 1890 as a date is the whole year; null where it is none. */
export function spanOf(text: string, date: boolean): [number, number] | null {
  if (!date) {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return Number.isNaN(value) ? null : [value, nextAfter(value)];
  }
  const [, year, month, day] = DATE.exec(text) ?? ["", YEAR_INSIDE.exec(text)?.[0]];
  if (year === undefined) return null;
  const start = Number(year) + (month ? (Number(month) - 1) / 12 : 0) + (day ? (Number(day) - 1) / 372 : 0);
  // A month is taken as 31 days, so that dates keep their order.
  return [start, day ? start + 1 / 372 : month ? Number(year) + Number(month) / 12 : start + 1];
}

function nextAfter(value: number): number {
  if (!Number.isFinite(value)) return value;
  return value + Math.max(Number.MIN_VALUE, Math.abs(value) * 2 ** -52);
}

/** The column that a reader means by a name: its name or label, else the only one that begins so. */
export function columnNamed<T extends { readonly name: string; readonly label: string }>(
  { columns }: { readonly columns: readonly T[] },
  name: string,
): T | null {
  const wanted = fold(name);
  const exact = columns.find((column) => fold(column.name) === wanted || fold(column.label) === wanted);
  if (exact) return exact;
  const begun = columns.filter(
    (column) => fold(column.name).startsWith(wanted) || fold(column.label).startsWith(wanted),
  );
  return wanted.length >= 2 && begun.length === 1 ? (begun[0] ?? null) : null;
}
