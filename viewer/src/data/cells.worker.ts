/** Cuts cells out of pages, two pages at a time; a job that is given up is not answered. */
import { type CutMessage, PageCutter } from "./cut";

const AT_ONCE = 2;

const cutter = new PageCutter();
const running = new Map<number, AbortController>();
let queue: CutMessage[] = [];

async function run(job: CutMessage): Promise<void> {
  const abort = new AbortController();
  running.set(job.id, abort);
  try {
    const pixels = await cutter.cut(job, abort.signal);
    if (!abort.signal.aborted) self.postMessage({ id: job.id, pixels }, { transfer: [pixels.buffer] });
  } catch {
    if (!abort.signal.aborted) self.postMessage({ id: job.id, pixels: null });
  } finally {
    running.delete(job.id);
    next();
  }
}

function next(): void {
  while (running.size < AT_ONCE) {
    const job = queue.shift();
    if (!job) return;
    void run(job);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<CutMessage | { cancel: number }>) => {
  if ("cancel" in data) {
    queue = queue.filter(({ id }) => id !== data.cancel);
    running.get(data.cancel)?.abort();
  } else {
    queue.push(data);
    next();
  }
});
