/** The spatial index of a layout, built off the main thread: a million positions take it half a second or more. */
import KDBush from "kdbush";
import { buildTree } from "../model/tree";

export function loadTree(positions: Float32Array): Promise<KDBush> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./tree.worker.ts", import.meta.url), { type: "module" });
    const finish = (tree: KDBush) => {
      worker.terminate();
      resolve(tree);
    };
    worker.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => finish(KDBush.from(event.data)));
    // Where workers are not allowed, a moment without answer is better than a map that cannot be pointed at.
    worker.addEventListener("error", () => finish(buildTree(positions)));
    worker.postMessage(positions);
  });
}
