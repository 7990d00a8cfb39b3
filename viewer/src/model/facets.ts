/** Filters by column with live counts, and all of a search in one answer. */
import { type Called, NONE_CALLED } from "./called";
import type { Codes, ColumnIndex, Indexed, Numbers } from "./columns";
import { evaluate, rangeMask, ranked } from "./evaluate";
import { leafMask, parseFor, titled } from "./search";

/** What was chosen in one column: some names, any or all of which a row must have; or a range, low <= value <= high. */
export type Choice =
  | { readonly kind: "names"; readonly names: readonly string[]; readonly every: boolean }
  | { readonly kind: "range"; readonly low: number; readonly high: number };

/** By column name. */
export type Choices = ReadonlyMap<string, Choice>;

export interface Option {
  readonly name: string;
  /** Rows that have it and pass all other filters. */
  readonly count: number;
}

export type Facet =
  | {
      readonly kind: "names";
      readonly name: string;
      readonly label: string;
      /** A row may have several. */
      readonly several: boolean;
      readonly options: readonly Option[];
      /** Names beyond those listed. */
      readonly more: number;
    }
  | {
      readonly kind: "range";
      readonly name: string;
      readonly label: string;
      readonly low: number;
      readonly high: number;
      /** All values are whole numbers, or years. */
      readonly whole: boolean;
      /** No digits are grouped in years. */
      readonly years: boolean;
      /** Rows per bin: all, and those that pass all other filters. */
      readonly all: Uint32Array;
      readonly counts: Uint32Array;
    };

export interface Found {
  /** 1 for each row that matches. */
  readonly mask: Uint8Array;
  /** Matching rows, the best first. */
  readonly rows: Int32Array;
  readonly facets: readonly Facet[];
  /** Whether the facets were counted: where that costs files to fetch, it is done when they are shown. */
  readonly counted: boolean;
}

const MOST_OPTIONS = 300;
const BINS = 36;

export function find(
  index: ColumnIndex,
  text: string,
  choices: Choices,
  called: Called = NONE_CALLED,
): Found {
  const query = parseFor(index, text);
  const matched = evaluate(index.count, query, called, (leaf) => leafMask(index, leaf));
  return filtered(index, matched, titled(index, query), choices);
}

/** What of the rows that match passes the filters; `index` needs only the columns that are filtered by, and those to count. */
export function filtered(
  index: ColumnIndex,
  matched: Uint8Array,
  best: Uint8Array,
  choices: Choices,
  counted = true,
): Found {
  const filters = filtersOf(index, choices);
  const fails = failures(matched, filters);
  const mask = passing(fails, 0);
  const facets = (counted ? index.columns : []).map((column) => {
    const own = filters.findIndex(({ name }) => name === column.name) + 1;
    return facetOf(column, own > 0 ? passing(fails, own) : mask, choices);
  });
  return { mask, rows: ranked(mask, best), facets: facets.filter((facet) => facet !== null), counted };
}

interface Filter {
  readonly name: string;
  readonly mask: Uint8Array;
}

/** How many filters a row fails, and the last of them (their index plus 1; 0 for the search). */
interface Failures {
  readonly count: Uint8Array;
  readonly last: Uint8Array;
}

function filtersOf(index: ColumnIndex, choices: Choices): Filter[] {
  const filters: Filter[] = [];
  for (const column of index.columns) {
    const choice = choices.get(column.name);
    const mask = choice ? choiceMask(index.count, column, choice) : null;
    if (mask) filters.push({ name: column.name, mask });
  }
  return filters;
}

function choiceMask(count: number, { values }: Indexed, choice: Choice): Uint8Array | null {
  if (choice.kind === "range") {
    return values.kind === "numbers" ? rangeMask(values.values, choice.low, choice.high + 1e-9) : null;
  }
  return values.kind === "codes" && choice.names.length > 0 ? namesMask(count, values, choice) : null;
}

function namesMask(count: number, values: Codes, choice: Choice & { kind: "names" }): Uint8Array {
  const wanted = new Set(choice.names.map((name) => values.names.indexOf(name)));
  const needed = choice.every ? wanted.size : 1;
  const mask = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    let has = 0;
    for (let at = values.starts[row] ?? 0; at < (values.starts[row + 1] ?? 0); at++) {
      if (wanted.has(values.codes[at] ?? -1)) has += 1;
    }
    if (has >= needed) mask[row] = 1;
  }
  return mask;
}

function failures(matched: Uint8Array, filters: readonly Filter[]): Failures {
  const count = new Uint8Array(matched.length);
  for (let row = 0; row < count.length; row++) count[row] = 1 - (matched[row] ?? 0);
  const last = new Uint8Array(matched.length);
  for (const [place, { mask }] of filters.entries()) {
    for (let row = 0; row < mask.length; row++) {
      if (mask[row]) continue;
      count[row] = (count[row] ?? 0) + 1;
      last[row] = place + 1;
    }
  }
  return { count, last };
}

/** Rows that pass all filters but one (its place plus 1; 0 for none). */
function passing({ count, last }: Failures, but: number): Uint8Array {
  const mask = new Uint8Array(count.length);
  for (let row = 0; row < mask.length; row++) {
    if (count[row] === 0 || (but > 0 && count[row] === 1 && last[row] === but)) mask[row] = 1;
  }
  return mask;
}

function facetOf(column: Indexed, passes: Uint8Array, choices: Choices): Facet | null {
  const { values } = column;
  if (values.kind === "codes") return namesFacet(column, values, passes, choices);
  return values.kind === "numbers" ? rangeFacet(column, values, passes) : null;
}

function namesFacet(
  { name, label }: Indexed,
  values: Codes,
  passes: Uint8Array,
  choices: Choices,
): Facet | null {
  if (values.names.length < 2) return null;
  const counts = new Uint32Array(values.names.length);
  let several = false;
  for (let row = 0; row < values.starts.length - 1; row++) {
    const [start, end] = [values.starts[row] ?? 0, values.starts[row + 1] ?? 0];
    if (end - start > 1) several = true;
    if (end > start && passes[row]) {
      for (let at = start; at < end; at++)
        counts[values.codes[at] ?? 0] = (counts[values.codes[at] ?? 0] ?? 0) + 1;
    }
  }
  const choice = choices.get(name);
  const chosen = new Set(choice?.kind === "names" ? choice.names : []);
  const options = values.names.map((option, code) => ({ name: option, count: counts[code] ?? 0 }));
  const paths = values.names.some((option) => option.includes(":"));
  const sorted = options.sort((a, b) => (paths ? 0 : b.count - a.count) || compareNames(a.name, b.name));
  const shown = sorted.filter((option, place) => place < MOST_OPTIONS || chosen.has(option.name));
  return { kind: "names", name, label, several, options: shown, more: sorted.length - shown.length };
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rangeFacet({ name, label, role }: Indexed, numbers: Numbers, passes: Uint8Array): Facet | null {
  const { extent, dates } = numbers;
  const { low, high, whole } = extent;
  if (!(high > low)) return null;
  const years = dates || role === "year";
  const { all, bins } = binned(numbers);
  // One more, for rows without a number.
  const counts = new Uint32Array(all.length + 1);
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row] ?? 0;
    if (passes[row]) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { kind: "range", name, label, low, high, whole, years, all, counts: counts.slice(0, all.length) };
}

/** The bin of each row, which stays while the reader filters; behind the last for rows without a number. */
interface Binned {
  readonly all: Uint32Array;
  readonly bins: Uint8Array;
}

const BINNED = new WeakMap<Numbers, Binned>();

function binned(numbers: Numbers): Binned {
  const known = BINNED.get(numbers);
  if (known) return known;
  const { values, extent } = numbers;
  const { low, high, whole } = extent;
  const size = whole ? Math.min(BINS, high - low + 1) : BINS;
  const all = new Uint32Array(size);
  const bins = new Uint8Array(values.length).fill(size);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(size - 1, Math.floor(((value - low) / (high - low + (whole ? 1 : 0))) * size));
    bins[row] = bin;
    all[bin] = (all[bin] ?? 0) + 1;
  }
  const made = { all, bins };
  BINNED.set(numbers, made);
  return made;
}
