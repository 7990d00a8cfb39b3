/** The lists of an index of words and of the table's parts (docs/format.md, "Search", "Parts of the table"). */
import { count, list, nullable, type Reader, record, text } from "./check";
import { FormatError } from "./errors";
import { type ArrayRef, arrayOf, type FileRef, type TableRef, tableOf } from "./manifest";

export interface BlockRef {
  /** Its first term. */
  readonly first: string;
  readonly terms: FileRef;
  readonly places: FileRef;
}

/** Distinct names or values, and which of them each row has. */
export interface ValuesRef {
  readonly names: TableRef | null;
  readonly values: ArrayRef | null;
  readonly codes: ArrayRef;
  readonly counts: ArrayRef | null;
}

export interface SearchIndex {
  readonly blocks: readonly BlockRef[];
  readonly values: ReadonlyMap<string, ValuesRef>;
}

export interface PartRef {
  /** The item of its first row. */
  readonly first: string;
  readonly file: FileRef;
}

const DIGEST = /^[0-9a-f]{32}$/;

/** A file of a long list, which is told by its digest and its bytes alone. */
function short(digest: unknown, bytes: unknown, extension: string, where: string): FileRef {
  const name = text(digest, where);
  if (!DIGEST.test(name)) throw new FormatError(where, "32 hexadecimal characters", name);
  return { file: `${name}.${extension}`, bytes: count(bytes, where), digest: name };
}

/** What a list names lies beside it, wherever the site is. */
function beside<T extends FileRef>(ref: T, list: string): T {
  const folder = list.slice(0, list.lastIndexOf("/") + 1);
  return { ...ref, file: folder + ref.file.slice(ref.file.lastIndexOf("/") + 1) };
}

const anything: Reader<unknown> = (value) => value;

const block: Reader<BlockRef> = (value, where) => {
  const [first, terms, bytes, places, more] = list(anything)(value, where);
  return {
    first: text(first, where),
    terms: short(terms, bytes, "terms", where),
    places: short(places, more, "places", where),
  };
};

const part: Reader<PartRef> = (value, where) => {
  const [first, digest, bytes] = list(anything)(value, where);
  return { first: text(first, where), file: short(digest, bytes, "arrow", where) };
};

const values = record<ValuesRef>({
  names: nullable(tableOf),
  values: nullable(arrayOf),
  codes: arrayOf,
  counts: nullable(arrayOf),
});

/** `file`: that of the list. */
export function readSearchIndex(json: unknown, file: string): SearchIndex {
  const read = record<{ blocks: BlockRef[]; values: object }>({
    blocks: list(block),
    values: record({}),
  })(json, "search");
  const told = Object.entries((json as { values: object }).values);
  const placed = (value: ValuesRef): ValuesRef => ({
    names: value.names && beside(value.names, file),
    values: value.values && beside(value.values, file),
    codes: beside(value.codes, file),
    counts: value.counts && beside(value.counts, file),
  });
  return {
    blocks: read.blocks.map(({ first, terms, places }) => ({
      first,
      terms: beside(terms, file),
      places: beside(places, file),
    })),
    values: new Map(told.map(([name, value]) => [name, placed(values(value, `search.values.${name}`))])),
  };
}

/** `file`: that of the list. */
export function readParts(json: unknown, file: string): PartRef[] {
  return list(part)(json, "parts").map((one) => ({ ...one, file: beside(one.file, file) }));
}
