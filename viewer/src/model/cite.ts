/** A citation of one picture, plain enough for any style: who, what, when, in which collection, where. */
import type { Column } from "../format/manifest";
import { fold } from "./fold";

/** Names that a column of makers goes by, folded. */
const MAKERS = new Set(
  [
    ["creator", "artist", "author", "maker", "photographer", "painter", "designer", "architect"],
    [
      "künstler",
      "künstlerin",
      "urheber",
      "autor",
      "fotograf",
      "maler",
      "artiste",
      "auteur",
      "photographe",
      "peintre",
    ],
  ]
    .flat()
    .map(fold),
);

export interface Cited {
  readonly columns: readonly Column[];
  /** With the quotation marks of the reader's language. */
  readonly title: string;
  readonly collection: string;
  readonly address: string;
  read(column: string): unknown;
}

/** What is not known is left out. */
export function citationOf({ columns, title, collection, address, read }: Cited): string {
  const given = (wanted: (column: Column) => boolean) => {
    const texts = columns.filter(wanted).map(({ name }) => textOf(read(name)));
    return texts.find((text) => text !== "") ?? "";
  };
  const maker = given(({ name, label }) => MAKERS.has(fold(name)) || MAKERS.has(fold(label)));
  const date = given(({ role }) => role === "date") || given(({ role }) => role === "year");
  const work = [title, date].filter((text) => text !== "").join(", ");
  return [maker, work, collection, address]
    .filter((text) => text !== "")
    .map((text, place, all) => (place === all.length - 1 || /[.!?]$/.test(text) ? text : `${text}.`))
    .join(" ");
}

/** Of several makers all; on one line, however they were written. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  const listed =
    typeof value === "object" && Symbol.iterator in value ? Array.from(value as Iterable<unknown>) : [value];
  const text = listed.filter((one) => one !== null && one !== undefined).join(", ");
  return text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
}

/** Characters of a part; a cell may hold a book. */
const LONGEST = 500;
