/** Where the rows lie in one pane, on the graphics card: the positions left and entered in drawing order, and the layout's lines. */
import { blockBounds, inOrder, type Range, rangesIn } from "../model/blocks";
import { BYTES_PER_PLACE } from "../model/budget";
import type { Box } from "../model/camera";
import { type GL, makeBuffer } from "./context";
import { Lines } from "./lines";

export class Spread {
  readonly lines: Lines;
  /** Positions left, and positions entered. */
  readonly buffers: readonly [WebGLBuffer, WebGLBuffer];
  /** What points.ts draws from, one for each stride. */
  readonly arrays = new Map<number, WebGLVertexArrayObject>();
  /** By row. */
  entered: Float32Array;
  #left: Float32Array;
  #bounds: { left: Float32Array; entered: Float32Array };

  constructor(
    readonly gl: GL,
    readonly count: number,
  ) {
    this.lines = new Lines(gl);
    const buffer = () => makeBuffer(gl, 8 * count, gl.DYNAMIC_DRAW);
    this.buffers = [buffer(), buffer()];
    this.entered = new Float32Array(2 * count);
    this.#left = this.entered;
    this.#bounds = { left: blockBounds(this.#left), entered: blockBounds(this.#left) };
  }

  get bytes(): number {
    return BYTES_PER_PLACE * this.count + this.lines.bytes;
  }

  /** `order`: that of drawing; null for that of the rows. */
  set(left: Float32Array, entered: Float32Array, order: Uint32Array | null): void {
    [this.#left, this.entered] = [left, entered];
    const ordered = inOrder(entered, 2, order);
    const from = left === entered ? ordered : inOrder(left, 2, order);
    this.#write(0, from);
    this.#write(1, ordered);
    const bounds = blockBounds(ordered);
    this.#bounds = { entered: bounds, left: from === ordered ? bounds : blockBounds(from) };
  }

  reorder(order: Uint32Array | null): void {
    this.set(this.#left, this.entered, order);
  }

  /** The stretches of rows that a box of the map needs. */
  rangesIn(box: Box, mix: number): Range[] {
    return rangesIn(this.#bounds.left, this.#bounds.entered, mix, box, this.count);
  }

  close(): void {
    for (const array of this.arrays.values()) this.gl.deleteVertexArray(array);
    for (const buffer of this.buffers) this.gl.deleteBuffer(buffer);
    this.lines.close();
  }

  #write(at: 0 | 1, positions: Float32Array): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[at]);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, positions as Float32Array<ArrayBuffer>);
  }
}
