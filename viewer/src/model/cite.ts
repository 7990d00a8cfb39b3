/** A citation of one picture, plain enough for any style: who, what, when, in which collection, by whose leave, where. */
import type { Column, Rights } from "../format/manifest";
import { fold } from "./fold";
import { goesBy, ownRights, rightsOf, textOf } from "./rights";

/** Words of the names that a column of makers goes by. */
const MAKERS = [
  ["creator", "artist", "author", "maker", "photographer", "painter", "designer", "architect"],
  ["künstler", "künstlerin", "urheber", "autor", "fotograf", "maler"],
  ["artiste", "auteur", "photographe", "peintre"],
]
  .flat()
  .map(fold);

export interface Cited {
  readonly columns: readonly Column[];
  /** With the quotation marks of the reader's language. */
  readonly title: string;
  readonly collection: string;
  /** What the collection says of its pictures as a whole. */
  readonly rights: Rights | null;
  readonly address: string;
  read(column: string): unknown;
}

/** What is not known is left out. */
export function citationOf({ columns, title, collection, rights, address, read }: Cited): string {
  const given = (wanted: (column: Column) => boolean) => {
    const texts = columns.filter(wanted).map(({ name }) => textOf(read(name)));
    return texts.find((text) => text !== "") ?? "";
  };
  const maker = given((column) => goesBy(column, MAKERS));
  const date = given(({ role }) => role === "date") || given(({ role }) => role === "year");
  const work = [title, date].filter((text) => text !== "").join(", ");
  const held = rightsOf(ownRights(columns, read), rights);
  const parts = [maker, work, collection, held.credit, held.licence || held.address].filter(
    (text, place, all) => text !== "" && all.indexOf(text) === place,
  );
  // What ends in an address has no stop, which would be read as a part of it.
  return [...parts.map((text) => (/([.!?]|\/\/\S+)$/.test(text) ? text : `${text}.`)), address].join(" ");
}
