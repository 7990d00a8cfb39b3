/** Searching the table: here while it is small, in a worker when it would hold up the page. */
import type { Column } from "../format/manifest";
import type { Choices, Found } from "../model/facets";
import { type Finder, LocalFinder, type Question } from "../model/finder";
import type { Inks } from "../model/palette";
import type { Rows } from "./table";

/** Rows that are indexed in some 100 ms. */
const FEW = 20_000;

export function openFinder(columns: readonly Column[], table: Rows): Finder {
  if (table.count <= FEW) return here(columns, table);
  try {
    return new WorkerFinder(columns, table);
  } catch {
    // Where workers are not allowed, a slow search is better than none.
    return here(columns, table);
  }
}

function here(columns: readonly Column[], table: Rows): Finder {
  const finder = new LocalFinder(columns, table.count, table.value);
  return {
    find: async (text, choices) => finder.find(text, choices),
    inks: async (column) => finder.inks(column),
  };
}

class WorkerFinder implements Finder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { done: (value: never) => void; failed: (error: Error) => void }>();
  #last = 0;

  constructor(columns: readonly Column[], { bytes }: Rows) {
    this.#worker = new Worker(new URL("./finder.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", (event: MessageEvent<{ id: number; value: never }>) => {
      this.#waiting.get(event.data.id)?.done(event.data.value);
      this.#waiting.delete(event.data.id);
    });
    this.#worker.addEventListener("error", (event) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(event.message));
      this.#waiting.clear();
    });
    this.#worker.postMessage({ columns, bytes });
  }

  find(text: string, choices: Choices): Promise<Found> {
    return this.#ask({ id: ++this.#last, kind: "find", text, choices });
  }

  inks(column: string): Promise<Inks | null> {
    return this.#ask({ id: ++this.#last, kind: "inks", column });
  }

  #ask<T>(question: Question): Promise<T> {
    return new Promise<T>((done, failed) => {
      this.#waiting.set(question.id, { done, failed });
      this.#worker.postMessage(question);
    });
  }
}
