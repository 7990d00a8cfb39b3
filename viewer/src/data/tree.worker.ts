/** Builds a spatial index: positions in, the index's bytes out. */
import { buildTree } from "../model/tree";

self.addEventListener("message", (event: MessageEvent<Float32Array>) => {
  const { data } = buildTree(event.data);
  self.postMessage(data, { transfer: [data as ArrayBuffer] });
});
