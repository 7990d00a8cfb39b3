/** Arrow tables: read lazily, cell by cell, so that a million rows cost no objects. */
import { type Table, tableFromIPC } from "@uwdata/flechette";
import { FormatError, LoadError } from "../format/errors";
import type { TableRef } from "../format/manifest";
import { fetchFile } from "./fetch";

export interface Rows {
  readonly count: number;
  value(column: string, row: number): unknown;
}

async function parse(ref: TableRef): Promise<Table> {
  const bytes = await (await fetchFile(ref)).arrayBuffer();
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw new LoadError(ref.file, "an Arrow IPC file", `${error}`);
  }
}

/** Fetch a table and check that it has these columns and as many rows as stated. */
export async function fetchTable(ref: TableRef, columns: readonly string[]): Promise<Rows> {
  const table = await parse(ref);
  if (table.numRows !== ref.rows) throw new FormatError(ref.file, `${ref.rows} rows`, table.numRows);
  const missing = columns.filter((name) => !table.names.includes(name));
  if (missing.length > 0) throw new FormatError(ref.file, `columns ${columns.join(", ")}`, table.names);
  const children = new Map(columns.map((name) => [name, table.getChild(name)]));
  return { count: table.numRows, value: (column, row) => children.get(column)?.at(row) };
}
