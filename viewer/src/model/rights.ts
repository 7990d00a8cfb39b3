/**
 * Who is to be named for pictures, and what may be done with them: of the collection as a whole, and by columns of their own.
 * `pixplot_steps/site/rights.py` goes by the same names of columns, and the same addresses.
 */
import type { Column, Rights } from "../format/manifest";
import { type Field, type ReadValue, safeLink } from "./detail";
import { wordsOf } from "./fold";

/** Words of the names that a column goes by which says who is to be named. */
const CREDITS = [
  "attribution",
  "bildnachweis",
  "courtesy",
  "credit",
  "credit line",
  "creditline",
  "credits",
  "nachweis",
];
/** The same of columns that say what may be done with a picture. */
const LICENCES = [
  "copyright",
  "droits",
  "licence",
  "license",
  "lizenz",
  "nutzungsrechte",
  "rechte",
  "rights",
  "rights statement",
  "rightsstatement",
];

const COMMONS =
  /^https?:\/\/(?:www\.)?creativecommons\.org\/((?:licenses|publicdomain)\/[a-z+-]+\/\d\.\d(?:\/[a-z]{2,3})?)(?:\/.*)?$/;
const STATEMENT =
  /^https?:\/\/(?:www\.)?rightsstatements\.org\/(?:vocab|page)\/([A-Za-z-]+\/\d\.\d)(?:\/.*)?$/;

const UNSAID: Rights = { credit: "", licence: "", address: "" };

/**
 * The address of a licence as machines know it, from any way of writing it; null for all others (IIIF Presentation 3, `rights`: of
 * Creative Commons or RightsStatements.org, beginning with http:).
 */
export function rightsUri(text: string): string | null {
  const commons = COMMONS.exec(text.trim());
  if (commons) return `http://creativecommons.org/${commons[1]}/`;
  const statement = STATEMENT.exec(text.trim());
  return statement ? `http://rightsstatements.org/vocab/${statement[1]}/` : null;
}

/** Whether a column goes by one of some names, given as words with single spaces. */
export function goesBy({ name, label }: Column, names: readonly string[]): boolean {
  return names.includes(wordsOf(name).trim()) || names.includes(wordsOf(label).trim());
}

/** Whether a column says who is to be named, or what may be done with a picture. */
export function saysRights(column: Column): boolean {
  return goesBy(column, CREDITS) || goesBy(column, LICENCES);
}

/** What columns say of a picture; empty where they say nothing. */
export function ownRights(columns: readonly Column[], read: ReadValue): Rights {
  const texts = (names: readonly string[]) =>
    columns
      .filter((column) => goesBy(column, names))
      .map(({ name }) => textOf(read(name)))
      .filter((text) => text !== "");
  const licences = texts(LICENCES);
  const licence = licences.find((text) => rightsUri(text) !== null) ?? licences[0] ?? "";
  return { ...UNSAID, credit: texts(CREDITS)[0] ?? "", licence };
}

/** What is left for the collection to say of a picture that has something of its own, or nothing. */
export function restOf(own: Rights, collection: Rights | null): Rights {
  const { credit, licence, address } = collection ?? UNSAID;
  return {
    credit: own.credit === "" ? credit : "",
    licence: own.licence === "" ? licence : "",
    address: own.licence === "" ? address : "",
  };
}

/** What holds for a picture: its own before the collection's. */
export function rightsOf(own: Rights, collection: Rights | null): Rights {
  const rest = restOf(own, collection);
  return {
    credit: own.credit || rest.credit,
    licence: own.licence || rest.licence,
    address: rest.address,
  };
}

/** As the panel shows it; only http and https become links. */
export function rightsFields(
  rights: Rights | null,
  labels: { readonly credit: string; readonly licence: string },
): Field[] {
  const { credit, licence, address } = rights ?? UNSAID;
  const text = licence || address;
  const href = safeLink(address) ?? safeLink(licence);
  const said: Field[] = credit === "" ? [] : [{ kind: "text", label: labels.credit, text: credit }];
  if (text === "") return said;
  return [
    ...said,
    href === null
      ? { kind: "text", label: labels.licence, text }
      : { kind: "link", label: labels.licence, text, href },
  ];
}

/** Of several values all, on one line, however they were written. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  const listed =
    typeof value === "object" && Symbol.iterator in value ? Array.from(value as Iterable<unknown>) : [value];
  const text = listed.filter((one) => one !== null && one !== undefined).join(", ");
  return text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
}

/** Characters of a text; a cell may hold a book. */
const LONGEST = 500;
