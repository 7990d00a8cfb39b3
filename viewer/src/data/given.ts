/** What is searched: a whole table, or an index of which little is fetched. */
import type { Column, FileRef } from "../format/manifest";
import { type Finder, LocalFinder } from "../model/finder";
import { IndexFinder } from "../model/lookup";
import { readRows } from "./table";
import { Words } from "./words";

export type Given = { readonly columns: readonly Column[] } & (
  | { readonly bytes: ArrayBuffer }
  | {
      /** With its whole address: a worker's own is another folder than the page's. */
      readonly index: FileRef;
      /** Rows of the table. */
      readonly count: number;
    }
);

export async function openGiven(given: Given): Promise<Finder> {
  const { columns } = given;
  if ("bytes" in given) {
    const table = readRows(given.bytes, ["item", ...columns.map(({ name }) => name)]);
    return new LocalFinder(columns, table.count, table.value).asked;
  }
  const { index, count } = given;
  return new IndexFinder(columns, count, await Words.open(index, count));
}
