/**
 * Blocks of an index of words: which terms stand in which columns, rows and places. docs/format.md, "Search", has the bytes.
 * What is read comes from a server: whatever it holds, reading ends, and rows beyond the table are left out.
 */

/** Before terms that are single characters, and numbers. */
export const CHARACTER = "\u0001";
export const NUMBER = "\u0002";

const RUNS = 1;
const BITMAP = 2;
const SINGLE = 3;

/** The rows of a term in a column, as they are written. */
export interface Postings {
  readonly column: number;
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Numbers read one after the other: LEB128. Beyond the end all are 0. */
export class Numbers {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  next(): number {
    let value = 0;
    for (let scale = 1; this.at < this.end; scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
    }
    return value;
  }

  get over(): boolean {
    return this.at >= this.end;
  }

  /** The start of as many bytes, which are passed over. */
  skip(length: number): number {
    const start = this.at;
    this.at = Math.min(this.end, start + length);
    return start;
  }
}

/** The first of so many places at which something holds, that then holds at all that follow; their number where it never does. */
export function firstPlace(count: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How a term lies to what is looked for: before it (below 0), one of those (0), or after all of them. */
export function compareTerm(term: Uint8Array, length: number, wanted: Uint8Array, exact: boolean): number {
  const shared = Math.min(length, wanted.length);
  for (let at = 0; at < shared; at++) {
    const difference = (term[at] ?? 0) - (wanted[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (length < wanted.length) return -1;
  return exact && length > wanted.length ? 1 : 0;
}

/**
 * Visit the terms of a block that are, or where not `exact` begin with, what is wanted. `places`: the block's other file, where places are
 * asked for; then the visitor gets where they stand.
 */
export function visit(
  terms: Uint8Array,
  places: Uint8Array | null,
  count: number,
  wanted: Uint8Array,
  exact: boolean,
  found: (rows: Postings, places: Numbers | null) => void,
): void {
  const told = new Numbers(terms, 0, terms.length);
  const stands = places && new Numbers(places, 0, places.length);
  const term = new Uint8Array(terms.length);
  let length = 0;
  while (!told.over) {
    const shared = Math.min(told.next(), length);
    const own = told.next();
    const start = told.skip(own);
    term.set(terms.subarray(start, told.at), shared);
    length = shared + (told.at - start);
    const order = compareTerm(term, length, wanted, exact);
    if (order > 0) return;
    for (let group = told.next(); group > 0 && !told.over; group--) {
      const rows = postings(told, count);
      const size = stands?.next() ?? 0;
      const place = stands?.skip(size) ?? 0;
      if (order === 0) found(rows, stands && places && new Numbers(places, place, stands.at));
    }
  }
}

function postings(told: Numbers, count: number): Postings {
  const head = told.next();
  const kind = head & 3;
  const { bytes, at } = told;
  if (kind === SINGLE) {
    told.next();
    return { column: head >>> 2, kind, bytes, start: at, end: told.at };
  }
  const start = told.skip(kind === BITMAP ? Math.ceil(count / 8) : told.next());
  return { column: head >>> 2, kind, bytes, start, end: told.at };
}

/** Set a row's byte to 1 for each row. */
export function mark({ kind, bytes, start, end }: Postings, mask: Uint8Array): void {
  const count = mask.length;
  if (kind === BITMAP) {
    for (let at = start; at < end; at++) {
      let bits = bytes[at] ?? 0;
      for (let row = (at - start) * 8; bits !== 0; bits >>>= 1, row++)
        if (bits & 1 && row < count) mask[row] = 1;
    }
    return;
  }
  const numbers = new Numbers(bytes, start, end);
  if (kind === SINGLE) {
    const row = numbers.next();
    if (row < count) mask[row] = 1;
    return;
  }
  for (let row = -1; !numbers.over && row < count; ) {
    row += 1 + numbers.next();
    if (kind === RUNS) {
      const last = row + numbers.next();
      mask.fill(1, row, last + 1);
      row = last;
    } else if (row < count) mask[row] = 1;
  }
}

/** The rows, ascending. */
export function rowsIn(postings: Postings, count: number): Uint32Array {
  const { kind, bytes, start, end } = postings;
  if (kind === BITMAP || kind === RUNS) {
    const mask = new Uint8Array(count);
    mark(postings, mask);
    const rows = new Uint32Array(mask.reduce((sum, bit) => sum + bit, 0));
    for (let row = 0, at = 0; row < count; row++) if (mask[row]) rows[at++] = row;
    return rows;
  }
  const numbers = new Numbers(bytes, start, end);
  const rows: number[] = [];
  for (let row = -1; !numbers.over; ) {
    row += 1 + numbers.next();
    if (row >= count) break;
    rows.push(row);
  }
  return Uint32Array.from(rows);
}

/** More than any place. */
export const PLACES = 1 << 21;

/** Where a term stands, as row times PLACES plus place, ascending. */
export function occurrences(postings: Postings, places: Numbers, count: number): number[] {
  const found: number[] = [];
  for (const row of rowsIn(postings, count)) {
    for (let place = -1, more = 1; more === 1 && !places.over; ) {
      const number = places.next();
      more = number & 1;
      place += 1 + Math.floor(number / 2);
      found.push(row * PLACES + place);
    }
  }
  return found;
}
