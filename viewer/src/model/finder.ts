/** What can be asked of the columns; the answer may come from a worker. */
import type { Column } from "../format/manifest";
import { type Called, NONE_CALLED } from "./called";
import { type ColumnIndex, indexColumns, type ReadCell } from "./columns";
import { type Choices, type Found, find } from "./facets";
import { canInk, type Inks, inksOf } from "./palette";

export interface Finder {
  /** `counted`: the facets are wanted too; `called`: the clusters that the text asks for, which no index knows. */
  find(text: string, choices: Choices, counted: boolean, called: Called): Promise<Found>;
  /** The column's colours; null for a column of free texts. */
  inks(column: string): Promise<Inks | null>;
}

/** The same of a table that is here, at once. */
export class LocalFinder {
  readonly #index: ColumnIndex;

  constructor(columns: readonly Column[], count: number, read: ReadCell) {
    this.#index = indexColumns(columns, count, read);
  }

  find(text: string, choices: Choices, called: Called = NONE_CALLED): Found {
    return find(this.#index, text, choices, called);
  }

  /** As one that is asked. */
  get asked(): Finder {
    return {
      find: async (text, choices, _counted, called) => this.find(text, choices, called),
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
      readonly called: Called;
    }
  | { readonly id: number; readonly kind: "inks"; readonly column: string };

export function answer(finder: Finder, question: Question): Promise<Found | Inks | null> {
  if (question.kind === "inks") return finder.inks(question.column);
  const { text, choices, counted, called } = question;
  return finder.find(text, choices, counted, called);
}
