/** Which places lie inside of a shape drawn on the map. */

/** Points of a closed line in map units, x and y in turn. */
export type Shape = readonly number[];

/** Rows inside by the even-odd rule: a line that crosses itself leaves holes. `among` (1 per row that counts) or null for all. */
export function inside(positions: Float32Array, shape: Shape, among: Uint8Array | null): Uint8Array {
  const mask = new Uint8Array(positions.length / 2);
  if (shape.length < 6) return mask;
  const [x0, y0, x1, y1] = frameOf(shape);
  for (let row = 0; row < mask.length; row++) {
    const x = positions[2 * row] ?? 0;
    const y = positions[2 * row + 1] ?? 0;
    if (x < x0 || x > x1 || y < y0 || y > y1 || (among && !among[row])) continue;
    if (isInside(shape, x, y)) mask[row] = 1;
  }
  return mask;
}

export function rectangleShape(x0: number, y0: number, x1: number, y1: number): Shape {
  return [x0, y0, x1, y0, x1, y1, x0, y1];
}

function frameOf(shape: Shape): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < shape.length; at += 2) {
    x0 = Math.min(x0, shape[at] ?? 0);
    x1 = Math.max(x1, shape[at] ?? 0);
    y0 = Math.min(y0, shape[at + 1] ?? 0);
    y1 = Math.max(y1, shape[at + 1] ?? 0);
  }
  return [x0, y0, x1, y1];
}

/** A ray to the right crosses the line an odd number of times. Each edge has its lower end and not its upper one. */
function isInside(shape: Shape, x: number, y: number): boolean {
  let odd = false;
  let ax = shape[shape.length - 2] ?? 0;
  let ay = shape[shape.length - 1] ?? 0;
  for (let at = 0; at < shape.length; at += 2) {
    const bx = shape[at] ?? 0;
    const by = shape[at + 1] ?? 0;
    if (by > y !== ay > y && x < ((ax - bx) * (y - by)) / (ay - by) + bx) odd = !odd;
    [ax, ay] = [bx, by];
  }
  return odd;
}
