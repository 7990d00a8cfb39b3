/** The spatial index over a layout's positions, apart from its use, so that a worker can build it. */
import KDBush from "kdbush";

export type Tree = KDBush;

export function buildTree(positions: Float32Array): KDBush {
  const tree = new KDBush(positions.length / 2, 64, Float32Array);
  for (let i = 0; i < positions.length; i += 2) tree.add(positions[i] ?? 0, positions[i + 1] ?? 0);
  return tree.finish();
}
