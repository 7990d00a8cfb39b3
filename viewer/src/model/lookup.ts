/** Which rows a query means, from an index of words of which only the files are fetched that a query needs. */
import type { Column } from "../format/manifest";
import { type Called, NONE_CALLED } from "./called";
import { type Codes, type ColumnIndex, type Indexed, type Numbers, searched } from "./columns";
import { boundsFor, evaluate, type Leaf, leavesOf, rangeMask, type Text, wordFor } from "./evaluate";
import { type Choices, type Found, filtered } from "./facets";
import { isUnspaced, needleOf } from "./fold";
import { canInk, type Inks, inksOf } from "./palette";
import { plainTexts } from "./query";
import { parseFor } from "./search";
import { CHARACTER, compareTerm, firstPlace, mark, NUMBER, occurrences, PLACES, visit } from "./terms";

/** The index's files: fetched when asked for, and at once when they are here. */
export interface IndexFiles {
  /** The first term of each block, ascending. */
  readonly firsts: readonly string[];
  terms(block: number): Promise<Uint8Array>;
  places(block: number): Promise<Uint8Array>;
  /** The values of a column that has some. */
  values(column: Column): Promise<Codes | Numbers>;
}

/** A term that is looked for, or where not `exact` the beginning of some. `gap`: its distance from the one before in a phrase. */
interface Wanted {
  readonly term: string;
  readonly exact: boolean;
  readonly gap: number;
}

/** Where rows are marked: all, and in `best` those of the column `title`. */
interface Marked {
  readonly all: Uint8Array;
  readonly title: number;
  readonly best: Uint8Array | null;
}

const UTF8 = new TextEncoder();

export class IndexFinder {
  readonly #columns: ReturnType<typeof searched>;
  readonly #firsts: readonly Uint8Array[];
  readonly #values = new Map<string, Promise<Indexed>>();

  constructor(
    columns: readonly Column[],
    readonly count: number,
    readonly files: IndexFiles,
  ) {
    this.#columns = searched(columns);
    this.#firsts = files.firsts.map((first) => UTF8.encode(first));
  }

  async find(text: string, choices: Choices, counted: boolean, called: Called = NONE_CALLED): Promise<Found> {
    const query = parseFor({ columns: this.#columns }, text);
    const leaves = leavesOf(query);
    const wanted = this.#columns.filter(({ name }) => choices.has(name) || counted);
    const best = this.#none();
    const plain = new Set<Leaf>(plainTexts(query));
    const [masks, columns] = await Promise.all([
      Promise.all(leaves.map((leaf) => this.#leafMask(leaf, plain.has(leaf) ? best : null))),
      Promise.all(wanted.filter(hasValues).map((column) => this.#indexed(column))),
    ]);
    const matched = evaluate(
      this.count,
      query,
      called,
      (leaf) => masks[leaves.indexOf(leaf)] ?? this.#none(),
    );
    const index: ColumnIndex = { count: this.count, columns };
    return filtered(index, matched, best, choices, counted);
  }

  async inks(name: string): Promise<Inks | null> {
    const column = this.#columns.find((candidate) => candidate.name === name && hasValues(candidate));
    const indexed = column ? await this.#indexed(column) : null;
    return indexed && canInk(indexed) ? inksOf(indexed, this.count) : null;
  }

  #none(): Uint8Array {
    return new Uint8Array(this.count);
  }

  #indexed(column: Column & { readonly ordered: boolean }): Promise<Indexed> {
    const known = this.#values.get(column.name);
    if (known) return known;
    const loading = this.files.values(column).then((values) => ({ ...column, values }));
    this.#values.set(column.name, loading);
    // What could not be had is asked for again.
    loading.catch(() => this.#values.delete(column.name));
    return loading;
  }

  /** `best`: where the rows are marked, too, whose title has what is looked for. */
  #leafMask(leaf: Leaf, best: Uint8Array | null): Promise<Uint8Array> {
    return leaf.kind === "text" ? this.#textMask(leaf, best) : this.#compareMask(leaf);
  }

  async #compareMask(leaf: Leaf & { kind: "compare" }): Promise<Uint8Array> {
    const column = this.#columns.find(({ name }) => name === leaf.field);
    if (!column?.ordered) return this.#none();
    const bounds = boundsFor(leaf, column.type === "date");
    if (!bounds) return this.#textMask(wordFor(leaf), null);
    const { values } = await this.#indexed(column);
    return values.kind === "numbers" ? rangeMask(values.values, ...bounds) : this.#none();
  }

  async #textMask({ field, text, exact }: Text, best: Uint8Array | null): Promise<Uint8Array> {
    const mask = this.#none();
    const needle = needleOf(text, exact);
    // Punctuation alone asks for nothing.
    if (needle === null) return mask.fill(field === null ? 1 : 0);
    const column = field === null ? null : this.#columns.findIndex(({ name }) => name === field);
    const title = this.#columns.findIndex(({ role }) => role === "title");
    await this.#markNeedle(needle, column, { all: mask, title, best });
    return mask;
  }

  /** Mark the rows in which a needle stands: in one column, or where null in any. */
  async #markNeedle(needle: string, column: number | null, marked: Marked): Promise<void> {
    const wanted = wantedOf(needle);
    const first = wanted[0];
    if (!first) return;
    const number = Number(needle);
    const words =
      wanted.length > 1 ? this.#markPhrase(wanted, column, marked) : this.#markTerm(first, column, marked);
    const numbers = Number.isNaN(number)
      ? null
      : this.#markTerm({ term: NUMBER + number, exact: true, gap: 0 }, column, marked);
    await Promise.all([words, numbers]);
  }

  async #markTerm({ term, exact }: Wanted, column: number | null, marked: Marked): Promise<void> {
    const bytes = UTF8.encode(term);
    const blocks = await Promise.all(this.#blocksOf(bytes, exact).map((block) => this.files.terms(block)));
    for (const terms of blocks) {
      visit(terms, null, this.count, bytes, exact, (rows) => {
        if (column !== null && rows.column !== column) return;
        mark(rows, marked.all);
        if (marked.best && rows.column === marked.title) mark(rows, marked.best);
      });
    }
  }

  async #markPhrase(wanted: readonly Wanted[], column: number | null, marked: Marked): Promise<void> {
    const all = await Promise.all(wanted.map((one) => this.#occurrences(one, column)));
    const [first, ...rest] = all;
    for (const [number, begins] of first ?? []) {
      let ends = begins;
      for (const [place, found] of rest.entries()) {
        ends = following(ends, found.get(number) ?? new Float64Array(), wanted[place + 1]?.gap ?? 1);
      }
      const best = number === marked.title ? marked.best : null;
      for (const key of ends) {
        const row = Math.floor(key / PLACES);
        marked.all[row] = 1;
        if (best) best[row] = 1;
      }
    }
  }

  /** By column where the terms stand, ascending. */
  async #occurrences({ term, exact }: Wanted, column: number | null): Promise<Map<number, Float64Array>> {
    const bytes = UTF8.encode(term);
    const { files, count } = this;
    const blocks = await Promise.all(
      this.#blocksOf(bytes, exact).map((block) => Promise.all([files.terms(block), files.places(block)])),
    );
    const lists = new Map<number, number[][]>();
    for (const [terms, places] of blocks) {
      visit(terms, places, count, bytes, exact, (rows, stands) => {
        if (stands === null || (column !== null && rows.column !== column)) return;
        const list = lists.get(rows.column) ?? [];
        lists.set(rows.column, list);
        list.push(occurrences(rows, stands, count));
      });
    }
    return new Map(Array.from(lists, ([number, list]) => [number, Float64Array.from(list.flat()).sort()]));
  }

  /** The blocks that may have a term, or terms that begin so. */
  #blocksOf(bytes: Uint8Array, exact: boolean): number[] {
    const order = (block: number) => {
      const first = this.#firsts[block] ?? bytes;
      return compareTerm(first, first.length, bytes, exact);
    };
    const low = firstPlace(this.#firsts.length, (block) => order(block) >= 0);
    // The one before may end with some, unless this one begins with the first that there can be.
    const begins = this.#firsts[low]?.length === bytes.length && order(low) === 0;
    const blocks = low > 0 && !begins ? [low - 1] : [];
    for (let block = low; block < this.#firsts.length && order(block) === 0; block++) blocks.push(block);
    return blocks;
  }
}

function hasValues({ type }: Column): boolean {
  return type !== "text" && type !== "link";
}

/** The keys of the second list that lie `gap` after one of the first. */
function following(first: Float64Array, second: Float64Array, gap: number): Float64Array {
  const found: number[] = [];
  let at = 0;
  for (const key of second) {
    while (at < first.length && (first[at] ?? 0) + gap < key) at += 1;
    if ((first[at] ?? -Infinity) + gap === key) found.push(key);
  }
  return Float64Array.from(found);
}

/** The terms of a needle (as `needleOf` gives it): its words, or where a script puts no space between words its characters. */
function wantedOf(needle: string): Wanted[] {
  if (!isUnspaced(needle)) {
    const words = needle.trim().split(" ");
    const whole = needle.endsWith(" ");
    return words.map((term, place) => ({ term, exact: whole || place < words.length - 1, gap: 1 }));
  }
  const wanted: Wanted[] = [];
  let gap = 1;
  for (const character of needle) {
    if (character === " ") gap += 1;
    else {
      wanted.push({ term: CHARACTER + character, exact: true, gap });
      gap = 1;
    }
  }
  return wanted;
}
