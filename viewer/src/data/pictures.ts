/** The sharp pictures: a few fetched at a time, in the order asked for, each given up as soon as it is not wanted. */
import type { Fetcher, SharpJob } from "../model/stream";
import { fetchPicture } from "./fetch";

const AT_ONCE = 4;

export class PictureLoader implements Fetcher {
  readonly #running = new Map<number, AbortController>();
  #queue: SharpJob[] = [];

  constructor(
    readonly done: (key: number, picture: ImageBitmap) => void,
    readonly failed: (key: number) => void,
  ) {}

  /** Give up what is no longer wanted, started or not. */
  cancel(keys: readonly number[]): void {
    const gone = new Set(keys);
    this.#queue = this.#queue.filter(({ key }) => !gone.has(key));
    for (const key of keys) this.#running.get(key)?.abort();
  }

  /** Put jobs in front of those that wait. */
  load(jobs: readonly SharpJob[]): void {
    this.#queue = [...jobs, ...this.#queue];
    this.#next();
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const job = this.#queue.shift();
      if (!job) return;
      void this.#run(job);
    }
  }

  async #run(job: SharpJob): Promise<void> {
    const abort = new AbortController();
    this.#running.set(job.key, abort);
    try {
      const blob = await fetchPicture(job.path, abort.signal);
      const picture = await createImageBitmap(blob, {
        resizeWidth: job.width,
        resizeHeight: job.height,
        resizeQuality: "high",
        premultiplyAlpha: "none",
      });
      if (abort.signal.aborted) picture.close();
      else this.done(job.key, picture);
    } catch {
      // A picture that cannot be had stays as the atlas shows it; the panel tells when it is opened.
      if (!abort.signal.aborted) this.failed(job.key);
    } finally {
      if (this.#running.get(job.key) === abort) this.#running.delete(job.key);
      this.#next();
    }
  }
}
