/** Everything on the GPU, and the drawing of one frame. Thrown away and made again when the context is lost. */

import { blockBounds, drawingOrder, inOrder, type Range, rangesIn } from "../model/blocks";
import {
  type AtlasPlan,
  BYTES_PER_ROW,
  canvasBytes,
  POOL_MIPS,
  poolBytes,
  poolLayers,
  SHARP_MIPS,
  SHARP_SIDE,
  sharpLayers,
} from "../model/budget";
import type { Box } from "../model/camera";
import { SHARP_FROM } from "../model/cells";
import type { Items } from "../model/items";
import { MOST_INKS } from "../model/palette";
import type { Lines as Shape } from "../model/travel";
import { CellPool } from "./cell_pool";
import { type GL, largestPoint } from "./context";
import type { Frame, Rgb } from "./frame";
import { Lines } from "./lines";
import { Points } from "./points";
import { MOST_QUADS, Quads, type Sources } from "./quads";
import { TextureArray } from "./texture_array";

/** What is left of a dimmed picture's colour. */
const DIM = 0.14;
/** From this side on, in device pixels, quads: points are cut off where their middle leaves the view. */
const QUADS_FROM = 20;
/** Below this side, in device pixels, mean colours are drawn: a texel or two of a picture are no truer. */
const DOTS_BELOW = 2.2;
/** How large a dot may become that stands for several, in device pixels. */
const LARGEST_GROWN = 4;

export class Scene {
  readonly sharpLayers: number;
  /** Layers of the pools of sharper cells, for each level. */
  readonly nearLayers: number[];
  readonly #near: (CellPool | null)[];
  readonly largestPoint: number;
  // Made when the first page or picture comes: to clear that much memory holds up the first frame.
  #atlas: TextureArray | null = null;
  #pool: TextureArray | null = null;
  readonly #points: Points;
  readonly #quads: Quads;
  readonly #lines: Lines;
  #left: Float32Array;
  #entered: Float32Array;
  #order: Uint32Array | null = null;
  #bounds: { left: Float32Array; entered: Float32Array };
  #lit: Uint8Array;
  #inks: Uint8Array;
  #palette = new Float32Array(3 * MOST_INKS);

  constructor(
    readonly gl: GL,
    readonly items: Items,
    readonly plan: AtlasPlan,
    /** Sides of the cells of the sharper levels, at most two. */
    readonly cells: readonly number[],
  ) {
    this.#points = new Points(gl, items);
    this.#quads = new Quads(gl, items);
    this.#lines = new Lines(gl);
    const others = plan.bytes + BYTES_PER_ROW * items.count + this.#quads.bytes + this.#canvasBytes();
    this.nearLayers = poolLayers(cells, others);
    this.#near = cells.map(() => null);
    this.sharpLayers = sharpLayers(
      others + poolBytes(this.nearLayers.reduce((sum, layers) => sum + layers, 0)),
    );
    this.largestPoint = largestPoint(gl);
    this.#left = new Float32Array(2 * items.count);
    this.#entered = this.#left;
    this.#bounds = { left: blockBounds(this.#left), entered: blockBounds(this.#left) };
    this.#lit = new Uint8Array(items.count).fill(255);
    this.#inks = new Uint8Array(items.count);
  }

  /** Bytes of everything this scene keeps on the GPU, the canvas included. */
  bytes(): number {
    const near = this.#near.reduce((sum, pool) => sum + (pool?.bytes ?? 0), 0);
    const textures = (this.#atlas?.bytes ?? 0) + (this.#pool?.bytes ?? 0);
    const buffers = this.#points.bytes + this.#quads.bytes + this.#lines.bytes;
    return textures + near + buffers + this.#canvasBytes();
  }

  setPositions(left: Float32Array, entered: Float32Array): void {
    [this.#left, this.#entered] = [left, entered];
    const ordered = inOrder(entered, 2, this.#order);
    const from = left === entered ? ordered : inOrder(left, 2, this.#order);
    this.#points.setPositions(from, ordered);
    const bounds = blockBounds(ordered);
    this.#bounds = { entered: bounds, left: from === ordered ? bounds : blockBounds(from) };
  }

  /** Sizes and slots came in: draw in the order of the slots from now on. */
  reorder(): void {
    this.#order = drawingOrder(this.items.slots);
    this.#points.reorder(this.#order);
    this.setPositions(this.#left, this.#entered);
    this.#points.setLit(this.#lit);
    this.#points.setInks(this.#inks);
  }

  /** The stretches of rows that a box of the map needs. */
  rangesIn(box: Box, mix: number): Range[] {
    return rangesIn(this.#bounds.left, this.#bounds.entered, mix, box, this.items.count);
  }

  setLines(lines: Shape | null): void {
    this.#lines.set(lines);
  }

  setLit(lit: Uint8Array): void {
    this.#lit = lit;
    this.#points.setLit(lit);
  }

  /** Each row's frame, and the colours of the inks (channels in [0, 1]). */
  setInks(inks: Uint8Array, colours: readonly Rgb[]): void {
    this.#inks = inks;
    this.#points.setInks(inks);
    this.#palette.fill(0);
    this.#palette.set(colours.slice(0, MOST_INKS).flat());
  }

  /** A strip of a page at height y; `last` makes the mip levels. */
  writePage(layer: number, y: number, strip: ImageBitmap, last: boolean): void {
    const { gl, plan } = this;
    this.#atlas ??= new TextureArray(gl, plan.width, plan.height, plan.layers, plan.mips, plan.texel);
    this.#atlas.write(layer, y, strip);
    if (last) this.#atlas.halve(layer);
  }

  writeSharp(layer: number, picture: ImageBitmap): void {
    const pool = this.#poolTexture();
    pool.write(layer, 0, picture);
    pool.halve(layer);
  }

  /** A cell of the `at`-th sharper level. */
  writeCell(at: number, place: number, pixels: Uint8Array): void {
    const pool = this.#near[at] ?? new CellPool(this.gl, this.cells[at] ?? 1, this.nearLayers[at] ?? 1);
    this.#near[at] = pool;
    pool.write(place, pixels);
  }

  #poolTexture(): TextureArray {
    this.#pool ??= new TextureArray(this.gl, SHARP_SIDE, SHARP_SIDE, this.sharpLayers, SHARP_MIPS);
    return this.#pool;
  }

  /** Whether pictures of this side in device pixels are drawn as dots. */
  drawsDots(side: number): boolean {
    return !this.#atlas || side < DOTS_BELOW;
  }

  /** Whether `count` rows in view, of this side in device pixels, should be quads rather than `points` points. */
  prefersQuads(side: number, count: number, points: number): boolean {
    if (count > MOST_QUADS || !this.#atlas) return false;
    // Only quads are drawn from sharper cells.
    const sharper = this.cells.length > 0 && side > (SHARP_FROM * this.plan.level.cell) / this.plan.shrink;
    // A quad costs what some ten points cost.
    return sharper || side >= QUADS_FROM || side > this.largestPoint || count * 12 <= points;
  }

  draw(frame: Frame, sources: Sources): void {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    gl.clearColor(frame.ground[0], frame.ground[1], frame.ground[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const uniforms = this.#uniforms(frame);
    this.#lines.draw(uniforms, frame.ground, frame.mix ** 2);
    const looks = { lit: this.#lit, inks: this.#inks };
    const points = frame.rows ? [] : this.rangesIn(frame.seen, frame.mix);
    const dots = this.drawsDots(frame.side);
    if (frame.rows) this.#quads.load(frame.rows, this.#entered, looks, sources);
    for (const pass of frame.highlight ? [1, 2] : [0]) {
      if (frame.rows) this.#quads.draw(frame.rows.length, { ...uniforms, pass });
      else this.#points.draw({ ...uniforms, pass }, points, frame.stride, dots);
    }
    if (frame.front.length === 0 || !this.#atlas) return;
    this.#quads.load(frame.front, this.#entered, looks, sources);
    this.#quads.draw(frame.front.length, { ...uniforms, pass: 0 });
  }

  #uniforms({ camera, view, mix, side, stride, ground, rows, front }: Frame): Record<string, unknown> {
    const { plan } = this;
    // Of a few dots each stands for several, and covers what they covered.
    const grown = Math.max(side, Math.min(LARGEST_GROWN, side * Math.sqrt(stride)));
    const texels = plan.level.cell / plan.shrink;
    const lod = levelFor(texels / side, plan.mips);
    return {
      ...(this.#atlas && { atlas: this.#atlas.texture }),
      ...((rows || front.length > 0) && this.#atlas && { pool: this.#poolTexture().texture }),
      ...(this.#near[0] && { near0: this.#near[0].texture }),
      ...(this.#near[1] && { near1: this.#near[1].texture }),
      nearCell: [this.cells[0] ?? 1, this.cells[1] ?? 1],
      nearLod: [0, 1].map((at) => levelFor((this.cells[at] ?? 1) / side, POOL_MIPS)),
      poolSide: SHARP_SIDE,
      poolLod: levelFor(SHARP_SIDE / side, SHARP_MIPS),
      cell: plan.level.cell,
      page: plan.page,
      extent: [plan.width * plan.shrink, plan.height * plan.shrink],
      lod,
      inset: 0.5 * 2 ** Math.ceil(lod) * plan.shrink,
      centre: [camera.x, camera.y],
      scale: [(2 * camera.k) / view.width, (2 * camera.k) / view.height],
      square: [(2 * side) / this.gl.drawingBufferWidth, (2 * side) / this.gl.drawingBufferHeight],
      travel: mix,
      side: Math.min(grown, this.largestPoint),
      pixels: side,
      palette: this.#palette,
      frameWidth: Math.min(5 * (this.gl.drawingBufferWidth / view.width), Math.max(1, side * 0.07)),
      ground,
      dim: DIM,
    };
  }

  #canvasBytes(): number {
    return canvasBytes(this.gl.drawingBufferWidth, this.gl.drawingBufferHeight);
  }
}

/** The mip level at which a texel is about a pixel. */
function levelFor(texelsPerPixel: number, mips: number): number {
  return Math.min(mips - 1, Math.max(0, Math.log2(texelsPerPixel)));
}
