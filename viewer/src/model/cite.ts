/** A citation of one picture, plain enough for any style: who, what, when, in which collection, by whose leave, where. */
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

/** Names of columns that say who is to be named for the picture, and what may be done with it; folded. */
const CREDITS = folded(
  "credit",
  "credits",
  "credit line",
  "attribution",
  "courtesy",
  "nachweis",
  "bildnachweis",
  "crédit",
  "crédits",
);
const RIGHTS = folded(
  "rights",
  "license",
  "licence",
  "copyright",
  "lizenz",
  "rechte",
  "nutzungsrechte",
  "droits",
);

function folded(...names: string[]): ReadonlySet<string> {
  return new Set(names.map(fold));
}

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
  const named = (names: ReadonlySet<string>) =>
    given(({ name, label }) => names.has(fold(name)) || names.has(fold(label)));
  const maker = named(MAKERS);
  const date = given(({ role }) => role === "date") || given(({ role }) => role === "year");
  const work = [title, date].filter((text) => text !== "").join(", ");
  const parts = [maker, work, collection, named(CREDITS), named(RIGHTS)].filter(
    (text, place, all) => text !== "" && all.indexOf(text) === place,
  );
  // What ends in an address has no stop, which would be read as a part of it.
  return [...parts.map((text) => (/([.!?]|\/\/\S+)$/.test(text) ? text : `${text}.`)), address].join(" ");
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
