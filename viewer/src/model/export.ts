/** Rows of the table as text to take away. */
import type { Column } from "../format/manifest";
import type { ReadCell } from "./columns";

const BREAK = "\r\n";
/** Without it, spreadsheets take UTF-8 for the system's old encoding. */
const MARK = "\uFEFF";
/** A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** RFC 4180 with a header. `filename` is what the workflow's own metadata calls it. Tags are joined by "|". */
export function toCsv(columns: readonly Column[], rows: Int32Array, read: ReadCell): string {
  const taken = columns.filter(({ role, name }) => role !== "filename" && name !== "filename");
  const cells = Array.from(rows, (row) => [read("item", row), ...taken.map(({ name }) => read(name, row))]);
  return csvText(["filename", ...taken.map(({ name }) => name)], cells);
}

/** RFC 4180: a header, and rows of as many cells. */
export function csvText(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map(csvCell).join(","));
  return MARK + lines.join(BREAK) + BREAK;
}

/** A text that a spreadsheet would run gets an apostrophe in front, which it shows as text; numbers stay numbers. */
export function csvCell(value: unknown): string {
  const text = plain(value);
  const safe = typeof value !== "number" && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, (part) => plain(part)).join("|");
  }
  return `${value}`;
}

/** One object per row with every value as it is; what is not given is left out. */
export function toJson(columns: readonly Column[], rows: Int32Array, read: ReadCell): string {
  const names = ["item", "image", ...columns.map(({ name }) => name)];
  const objects = Array.from(rows, (row) =>
    Object.fromEntries(
      names.map((name) => [name, jsonValue(read(name, row))]).filter(([, value]) => value !== null),
    ),
  );
  return `${JSON.stringify(objects, null, 1)}\n`;
}

function jsonValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "object" && Symbol.iterator in value) return Array.from(value as Iterable<unknown>);
  return typeof value === "bigint" ? Number(value) : value;
}
