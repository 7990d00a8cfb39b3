/** What can be asked of the table; the answer may come from a worker. */
import type { Column } from "../format/manifest";
import { type ColumnIndex, indexColumns, type ReadCell } from "./columns";
import { type Choices, type Found, find } from "./facets";
import { canInk, type Inks, inksOf } from "./palette";

export interface Finder {
  find(text: string, choices: Choices): Promise<Found>;
  /** The column's colours; null for a column of free texts. */
  inks(column: string): Promise<Inks | null>;
}

/** The same, here and at once. */
export class LocalFinder {
  readonly #index: ColumnIndex;

  constructor(columns: readonly Column[], count: number, read: ReadCell) {
    this.#index = indexColumns(columns, count, read);
  }

  find(text: string, choices: Choices): Found {
    return find(this.#index, text, choices);
  }

  inks(column: string): Inks | null {
    const indexed = this.#index.columns.find(({ name }) => name === column);
    return indexed && canInk(indexed) ? inksOf(indexed, this.#index.count) : null;
  }
}

/** A question sent to a worker, and its answer. */
export type Question =
  | { readonly id: number; readonly kind: "find"; readonly text: string; readonly choices: Choices }
  | { readonly id: number; readonly kind: "inks"; readonly column: string };

export function answer(finder: LocalFinder, question: Question): Found | Inks | null {
  if (question.kind === "find") return finder.find(question.text, question.choices);
  return finder.inks(question.column);
}
