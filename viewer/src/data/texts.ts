/** The texts of all rows: of a whole table, or of one of which only the parts are fetched that are looked at. */
import type { Manifest, TableRef } from "../format/manifest";
import { type PartRef, readParts } from "../format/search";
import { compareTerm, firstPlace } from "../model/terms";
import { Kept } from "./cache";
import { fetchBytes, fetchJson } from "./fetch";
import { fetchTable, type Rows, readRows } from "./table";

export interface Texts extends Rows {
  /** The whole file, where it is here. */
  readonly bytes: ArrayBuffer | null;
  /** Of some rows, or all: whoever holds what this gives has them. */
  hold(rows: ArrayLike<number> | null): Promise<Rows>;
  /** The row of each item that there is. */
  rowsOf(items: readonly string[]): Promise<Map<string, number>>;
}

/** Parts kept; a list shows some ten rows, which may lie in as many. */
const KEPT = 256;
/** Parts asked for by looking: so many at once, and of those that wait the last ones. */
const AT_ONCE = 4;
const WAITING = 24;
/** For rows of more parts than this the whole table is fetched at once. */
const FEW = 128;

/** `arrived`: rows of `value` that were not there are now. */
export async function openTexts(site: Manifest, arrived: () => void): Promise<Texts> {
  const { table } = site;
  const columns = ["image", "item", ...site.columns.map(({ name }) => name)];
  if (!site.parts) return new WholeTexts(await fetchTable(table, columns));
  const { list, rows } = site.parts;
  const parts = readParts(await fetchJson(list), list.file);
  return new PartedTexts({ parts, size: rows, table, columns, arrived });
}

class WholeTexts implements Texts {
  readonly count: number;
  readonly bytes: ArrayBuffer;
  readonly value: Rows["value"];
  #places: Map<string, number> | null = null;

  constructor(readonly rows: Awaited<ReturnType<typeof fetchTable>>) {
    this.count = rows.count;
    this.bytes = rows.bytes;
    this.value = rows.value;
  }

  async hold(): Promise<Rows> {
    return this.rows;
  }

  async rowsOf(items: readonly string[]): Promise<Map<string, number>> {
    if (items.length === 0) return new Map();
    this.#places ??= new Map(
      Array.from({ length: this.count }, (_, row) => [`${this.value("item", row)}`, row]),
    );
    const pairs = items.map((item) => [item, this.#places?.get(item)] as const);
    return new Map(pairs.filter((pair): pair is [string, number] => pair[1] !== undefined));
  }
}

interface Parted {
  readonly parts: readonly PartRef[];
  /** Rows of a part. */
  readonly size: number;
  readonly table: TableRef;
  readonly columns: readonly string[];
  /** Rows that were looked at in vain are there now. */
  arrived(): void;
}

const UTF8 = new TextEncoder();

export class PartedTexts implements Texts {
  readonly count: number;
  readonly bytes = null;
  readonly #kept = new Kept<Rows>(KEPT, () => 1);
  /** What is here: a part that the cache let go may stay until the next comes. */
  readonly #here = new Map<number, Rows>();
  readonly #looked = new Set<number>();
  #waiting: number[] = [];
  #whole: Promise<Rows> | null = null;
  #firsts: readonly Uint8Array[] | null = null;

  constructor(readonly of: Parted) {
    this.count = of.table.rows;
  }

  readonly value = (column: string, row: number): unknown => {
    const part = Math.floor(row / this.of.size);
    const rows = this.#here.get(part);
    if (!rows) this.#look(part);
    return rows?.value(column, row - part * this.of.size);
  };

  /** A pointer that crosses the map looks at very many, and rests at the last. */
  #look(part: number): void {
    if (this.#looked.has(part)) return;
    this.#waiting = [...this.#waiting.filter((other) => other !== part), part].slice(-WAITING);
    this.#next();
  }

  #next(): void {
    while (this.#looked.size < AT_ONCE) {
      const part = this.#waiting.pop();
      if (part === undefined) return;
      this.#looked.add(part);
      void this.#part(part)
        .then(this.of.arrived, () => null)
        .finally(() => {
          this.#looked.delete(part);
          this.#next();
        });
    }
  }

  async hold(rows: ArrayLike<number> | null): Promise<Rows> {
    const { size } = this.of;
    const wanted = new Set<number>();
    for (let at = 0; rows && at < rows.length && wanted.size <= FEW; at++)
      wanted.add(Math.floor((rows[at] ?? 0) / size));
    if (rows === null || wanted.size > FEW) {
      this.#whole ??= fetchTable(this.of.table, this.of.columns);
      this.#whole.catch(() => {
        this.#whole = null;
      });
      return this.#whole;
    }
    const found = new Map<number, Rows>();
    await Promise.all(Array.from(wanted, async (part) => found.set(part, await this.#part(part))));
    const value = (column: string, row: number) => {
      const part = Math.floor(row / size);
      return found.get(part)?.value(column, row - part * size);
    };
    return { count: this.count, value };
  }

  async rowsOf(items: readonly string[]): Promise<Map<string, number>> {
    const { parts, size } = this.of;
    this.#firsts ??= parts.map(({ first }) => UTF8.encode(first));
    const byPart = new Map<number, Set<string>>();
    for (const item of items) {
      const part = lastUpTo(this.#firsts, UTF8.encode(item));
      const wanted = byPart.get(part) ?? new Set();
      if (part >= 0) byPart.set(part, wanted.add(item));
    }
    const found = new Map<string, number>();
    for (const [part, wanted] of byPart) {
      const rows = await this.#part(part);
      for (let row = 0; row < rows.count; row++) {
        const item = `${rows.value("item", row)}`;
        if (wanted.has(item)) found.set(item, part * size + row);
      }
    }
    return found;
  }

  async #part(part: number): Promise<Rows> {
    const ref = this.of.parts[part]?.file;
    if (!ref) return { count: 0, value: () => undefined };
    const load = async () => readRows(await fetchBytes(ref), this.of.columns, ref.file);
    const rows = await this.#kept.get(ref.file, load);
    this.#here.delete(part);
    this.#here.set(part, rows);
    if (this.#here.size > KEPT) this.#here.delete(this.#here.keys().next().value ?? part);
    return rows;
  }
}

/** The place of the last text that is not after another, by its bytes; -1 where all are. */
function lastUpTo(texts: readonly Uint8Array[], text: Uint8Array): number {
  const isAfter = (one = text) => compareTerm(one, one.length, text, true) > 0;
  return firstPlace(texts.length, (place) => isAfter(texts[place])) - 1;
}
