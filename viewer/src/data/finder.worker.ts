/** Searches: first a table comes in, or what tells where an index is; then questions. */
import { answer, type Finder, type Question } from "../model/finder";
import { type Given, openGiven } from "./given";

let finder: Promise<Finder> | null = null;

self.addEventListener("message", async ({ data }: MessageEvent<Question | Given>) => {
  if ("columns" in data) {
    finder = openGiven(data);
    // Whoever asks is told.
    finder.catch(() => null);
    return;
  }
  if (!finder) return;
  try {
    self.postMessage({ id: data.id, value: await answer(await finder, data) });
  } catch (error) {
    self.postMessage({ id: data.id, failed: `${error}` });
  }
});
