/** The worker that cuts cells out of pages, from the page's side. */
import type { CutJob, Cutter } from "../model/cells";

export class CellCutter implements Cutter {
  #worker: Worker | null = null;

  constructor(readonly done: (id: number, pixels: Uint8Array | null) => void) {}

  cut(job: CutJob): void {
    // A worker has another base than the page.
    const page = { ...job.page, file: new URL(job.page.file, document.baseURI).href };
    this.#open()?.postMessage({ ...job, page });
  }

  cancel(id: number): void {
    this.#worker?.postMessage({ cancel: id });
  }

  #open(): Worker | null {
    if (this.#worker) return this.#worker;
    try {
      this.#worker = new Worker(new URL("./cells.worker.ts", import.meta.url), { type: "module" });
    } catch {
      // Where workers are not allowed, pictures stay as the base level shows them until their own files come.
      return null;
    }
    this.#worker.addEventListener(
      "message",
      ({ data }: MessageEvent<{ id: number; pixels: Uint8Array | null }>) => this.done(data.id, data.pixels),
    );
    return this.#worker;
  }
}
