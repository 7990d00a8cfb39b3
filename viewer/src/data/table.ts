/** Arrow tables: read lazily, cell by cell, so that a million rows cost no objects. */
import { type Table, tableFromIPC } from "@uwdata/flechette";
import { FormatError, LoadError } from "../format/errors";
import type { TableRef } from "../format/manifest";
import { fetchFile } from "./fetch";

export interface Rows {
  readonly count: number;
  value(column: string, row: number): unknown;
}

/** The rows of a file that is here. */
export interface FileRows extends Rows {
  /** The file itself. */
  readonly bytes: ArrayBuffer;
}

function parse(file: string, bytes: ArrayBuffer): Table {
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw new LoadError(file, "an Arrow IPC file", `${error}`);
  }
}

/** The rows of an Arrow IPC file that has these columns. */
export function readRows(bytes: ArrayBuffer, columns: readonly string[], file = "table"): FileRows {
  const table = parse(file, bytes);
  const missing = columns.filter((name) => !table.names.includes(name));
  if (missing.length > 0) throw new FormatError(file, `columns ${columns.join(", ")}`, table.names);
  const children = new Map(columns.map((name) => [name, table.getChild(name)]));
  return { count: table.numRows, bytes, value: (column, row) => children.get(column)?.at(row) };
}

/** Fetch a table and check that it has these columns and as many rows as stated. */
export async function fetchTable(ref: TableRef, columns: readonly string[]): Promise<FileRows> {
  const rows = readRows(await (await fetchFile(ref)).arrayBuffer(), columns, ref.file);
  if (rows.count !== ref.rows) throw new FormatError(ref.file, `${ref.rows} rows`, rows.count);
  return rows;
}
