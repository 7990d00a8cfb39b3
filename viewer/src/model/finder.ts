/** What can be asked of the columns; the answer may come from a worker. */
import type { Column } from "../format/manifest";
import { type ColumnIndex, indexColumns, type ReadCell } from "./columns";
import { type Choices, type Found, find } from "./facets";
import { canInk, type Inks, inksOf } from "./palette";

export interface Finder {
  /** `counted`: the facets are wanted too. */
  find(text: string, choices: Choices, counted: boolean): Promise<Found>;
  /** The column's colours; null for a column of free texts. */
  inks(column: string): Promise<Inks | null>;
}

/** The same of a table that is here, at once. */
export class LocalFinder {
  readonly #index: ColumnIndex;

  constructor(columns: readonly Column[], count: number, read: ReadCell) {
    this.#index = indexColumns(columns, count, read);
  }

  find(text: string, choices: Choices): Found {
    return find(this.#index, text, choices);
  }

  /** As one that is asked. */
  get asked(): Finder {
    return {
      find: async (text, choices) => this.find(text, choices),
      inks: async (column) => this.inks(column),
    };
  }

  inks(column: string): Inks | null {
    const indexed = this.#index.columns.find(({ name }) => name === column);
    return indexed && canInk(indexed) ? inksOf(indexed, this.#index.count) : null;
  }
}

/** A question sent to a worker, and its answer. */
export type Question =
  | {
      readonly id: number;
      readonly kind: "find";
      readonly text: string;
      readonly choices: Choices;
      readonly counted: boolean;
    }
  | { readonly id: number; readonly kind: "inks"; readonly column: string };

export function answer(finder: Finder, question: Question): Promise<Found | Inks | null> {
  if (question.kind === "find") return finder.find(question.text, question.choices, question.counted);
  return finder.inks(question.column);
}
