/** The files of an index of words: each is fetched when a search first needs it, and the last ones used are kept. */
import { FormatError } from "../format/errors";
import type { ArrayRef, Column, FileRef } from "../format/manifest";
import { readSearchIndex, type SearchIndex, type ValuesRef } from "../format/search";
import { type Codes, extentOf, type Numbers } from "../model/columns";
import type { IndexFiles } from "../model/lookup";
import { Kept } from "./cache";
import { fetchArray, fetchBytes, fetchJson } from "./fetch";
import { readRows } from "./table";

/** Bytes of blocks that are kept. */
const KEPT = 48 << 20;

export class Words implements IndexFiles {
  readonly firsts: readonly string[];
  readonly #kept = new Kept<Uint8Array>(KEPT, ({ byteLength }) => byteLength);

  private constructor(
    readonly index: SearchIndex,
    readonly count: number,
  ) {
    this.firsts = index.blocks.map(({ first }) => first);
  }

  static async open(ref: FileRef, count: number): Promise<Words> {
    return new Words(readSearchIndex(await fetchJson(ref), ref.file), count);
  }

  terms(block: number): Promise<Uint8Array> {
    return this.#file(this.index.blocks[block]?.terms);
  }

  places(block: number): Promise<Uint8Array> {
    return this.#file(this.index.blocks[block]?.places);
  }

  async values({ name, type }: Column): Promise<Codes | Numbers> {
    const ref = this.index.values.get(name);
    if (!ref) throw new FormatError("search.values", `values of ${name}`, [...this.index.values.keys()]);
    if (type === "category" || type === "tags") return this.#names(ref);
    return this.#numbers(ref, type === "date");
  }

  #file(ref: FileRef | undefined): Promise<Uint8Array> {
    if (!ref) throw new FormatError("search.blocks", "a block", null);
    return this.#kept.get(ref.file, async () => new Uint8Array(await fetchBytes(ref)));
  }

  async #names({ names, codes, counts }: ValuesRef): Promise<Codes> {
    if (!names) throw new FormatError("search.values", "names", null);
    const [bytes, told, sizes] = await Promise.all([
      fetchBytes(names),
      this.#codes(codes),
      counts && this.#codes(counts),
    ]);
    const rows = readRows(bytes, ["name"], names.file);
    const list = Array.from({ length: rows.count }, (_, row) => `${rows.value("name", row)}`);
    return { kind: "codes", names: list, words: [], ...(sizes ? several(told, sizes) : single(told)) };
  }

  async #numbers({ values, codes }: ValuesRef, dates: boolean): Promise<Numbers> {
    if (!values) throw new FormatError("search.values", "values", null);
    const [distinct, told] = await Promise.all([fetchArray(values, "f64"), this.#codes(codes)]);
    const numbers = new Float64Array(told.length);
    for (let row = 0; row < told.length; row++) {
      const code = told[row] ?? 0;
      numbers[row] = code > 0 ? (distinct[code - 1] ?? Number.NaN) : Number.NaN;
    }
    return { kind: "numbers", dates, values: numbers, extent: extentOf(distinct), chunks: [] };
  }

  #codes(ref: ArrayRef): Promise<Uint8Array | Uint16Array | Uint32Array> {
    if (ref.dtype === "u8") return fetchArray(ref, "u8");
    return ref.dtype === "u16" ? fetchArray(ref, "u16") : fetchArray(ref, "u32");
  }
}

type Told = Uint8Array | Uint16Array | Uint32Array;

/** One name for each row at most: 0 stands for none. */
function single(told: Told): { starts: Uint32Array; codes: Uint32Array } {
  const starts = new Uint32Array(told.length + 1);
  let at = 0;
  for (let row = 0; row < told.length; row++) {
    if (told[row]) at += 1;
    starts[row + 1] = at;
  }
  const codes = new Uint32Array(at);
  at = 0;
  for (let row = 0; row < told.length; row++) {
    const code = told[row] ?? 0;
    if (code > 0) codes[at++] = code - 1;
  }
  return { starts, codes };
}

function several(told: Told, sizes: Told): { starts: Uint32Array; codes: Uint32Array } {
  const starts = new Uint32Array(sizes.length + 1);
  for (let row = 0; row < sizes.length; row++) starts[row + 1] = (starts[row] ?? 0) + (sizes[row] ?? 0);
  return { starts, codes: Uint32Array.from(told) };
}
