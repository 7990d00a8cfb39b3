/** What the panel says about a row, from its metadata: text stays text, only http and https become links. */
import type { Column } from "../format/manifest";

export type Field =
  | { kind: "text"; label: string; text: string }
  | { kind: "link"; label: string; text: string; href: string }
  | { kind: "tags"; label: string; tags: string[] };

export interface Detail {
  row: number;
  /** Its path below the collection's root. */
  item: string;
  title: string;
  description: string | null;
  /** What stands for the picture where it is not seen: the title, else the column chosen for it; null where neither says anything. */
  alt: string | null;
  picture: string;
  /** Of the original, in pixels. */
  width: number;
  height: number;
  fields: Field[];
}

/** Reads one value of one row; null or undefined means not given. */
export type ReadValue = (column: string) => unknown;

/** The address when it is safe to follow, else null. */
export function safeLink(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}

function tagsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) return [`${value}`];
  return Array.from(value as Iterable<unknown>)
    .filter((tag) => tag !== null && tag !== undefined)
    .map((tag) => `${tag}`);
}

export type WriteNumber = (value: number) => string;
const english: WriteNumber = (value) => new Intl.NumberFormat("en").format(value);

function numberText(value: unknown, role: string | null, write: WriteNumber): string {
  return typeof value !== "number" || role === "year" ? `${value}` : write(value);
}

/** One column of one row for the panel; null where there is nothing to show. */
export function fieldOf(column: Column, value: unknown, write: WriteNumber = english): Field | null {
  const { label, type, role } = column;
  if (value === null || value === undefined || value === "") return null;
  if (type === "tags") {
    const tags = tagsOf(value);
    return tags.length > 0 ? { kind: "tags", label, tags } : null;
  }
  const text = type === "number" ? numberText(value, role, write) : `${value}`;
  const href = type === "link" ? safeLink(text) : null;
  return href === null ? { kind: "text", label, text } : { kind: "link", label, text, href };
}

/** The file name without its folders and extension. */
export function itemName(item: string): string {
  const name = item.slice(item.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

function roleText(columns: Column[], role: string, read: ReadValue): string | null {
  const column = columns.find((candidate) => candidate.role === role);
  const value = column ? read(column.name) : null;
  return value === null || value === undefined || value === "" ? null : `${value}`;
}

/** Longer titles are cut: they stand in tooltips and are read aloud. */
const LONGEST_TITLE = 240;

function cut(text: string): string {
  return text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE)}…` : text;
}

export function titleOf(columns: Column[], read: ReadValue): string {
  return cut(roleText(columns, "title", read) ?? itemName(`${read("item") ?? ""}`));
}

/** `chosen`: the column that the collection's makers name for this. */
export function altOf(columns: Column[], chosen: string | null, read: ReadValue): string | null {
  const value = chosen === null ? null : read(chosen);
  const text = roleText(columns, "title", read) ?? (value === undefined || value === "" ? null : value);
  return text === null ? null : cut(`${text}`);
}

/** The address of a row's picture, relative to the page; `path` is the manifest's pattern. */
export function picturePath(path: string, image: string): string {
  return path.replaceAll("{prefix}", image.slice(0, 2)).replaceAll("{image}", image);
}

export function detailOf(
  columns: Column[],
  row: number,
  [width, height]: readonly [number, number],
  path: string,
  read: ReadValue,
  write: WriteNumber = english,
  alt: string | null = null,
): Detail {
  const rest = columns.filter(({ role }) => role !== "title" && role !== "description");
  return {
    row,
    item: `${read("item") ?? ""}`,
    title: titleOf(columns, read),
    description: roleText(columns, "description", read),
    alt: altOf(columns, alt, read),
    picture: picturePath(path, `${read("image") ?? ""}`),
    width,
    height,
    fields: rest.map((column) => fieldOf(column, read(column.name), write)).filter((field) => field !== null),
  };
}
