/** Searching: here while the table is small, in a worker when it would hold up the page. */
import type { Called } from "../model/called";
import type { Choices, Found } from "../model/facets";
import type { Finder, Question } from "../model/finder";
import type { Inks } from "../model/palette";
import { type Given, openGiven } from "./given";

/** Bytes of a table that is indexed in some 100 ms. */
const FEW = 2 << 20;

export async function openFinder(given: Given): Promise<Finder> {
  if ("bytes" in given && given.bytes.byteLength <= FEW) return openGiven(given);
  try {
    return new WorkerFinder(given);
  } catch {
    // Where workers are not allowed, a slow search is better than none.
    return openGiven(given);
  }
}

type Answer = { readonly id: number } & ({ readonly value: never } | { readonly failed: string });

class WorkerFinder implements Finder {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { done: (value: never) => void; failed: (error: Error) => void }>();
  #last = 0;

  constructor(given: Given) {
    this.#worker = new Worker(new URL("./finder.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("failed" in data) waiting?.failed(new Error(data.failed));
      else waiting?.done(data.value);
    });
    this.#worker.addEventListener("error", (event) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(event.message));
      this.#waiting.clear();
    });
    this.#worker.postMessage(given);
  }

  find(text: string, choices: Choices, counted: boolean, called: Called): Promise<Found> {
    return this.#ask({ id: ++this.#last, kind: "find", text, choices, counted, called });
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
