/** Everything on the GPU, and the drawing of one frame. Thrown away and made again when the context is lost. */
import {
  type AtlasPlan,
  BYTES_PER_ROW,
  canvasBytes,
  SHARP_MIPS,
  SHARP_SIDE,
  sharpLayers,
} from "../model/budget";
import type { Items } from "../model/items";
import { MOST_INKS } from "../model/palette";
import type { Lines as Shape } from "../model/travel";
import { type GL, largestPoint } from "./context";
import type { Frame, Rgb } from "./frame";
import { Lines } from "./lines";
import { Points } from "./points";
import { MOST_QUADS, Quads, type SharpOf } from "./quads";
import { TextureArray } from "./texture_array";

/** What is left of a dimmed picture's colour. */
const DIM = 0.14;
/** From this side on, in device pixels, quads: points are cut off where their middle leaves the view. */
const QUADS_FROM = 20;

export class Scene {
  readonly pool: TextureArray;
  readonly largestPoint: number;
  readonly #atlas: TextureArray;
  readonly #points: Points;
  readonly #quads: Quads;
  readonly #lines: Lines;
  #entered: Float32Array;
  #lit: Uint8Array;
  #inks: Uint8Array;
  #palette = new Float32Array(3 * MOST_INKS);

  constructor(
    readonly gl: GL,
    readonly items: Items,
    readonly plan: AtlasPlan,
  ) {
    this.#points = new Points(gl, items);
    this.#quads = new Quads(gl, items);
    this.#lines = new Lines(gl);
    this.#atlas = new TextureArray(gl, plan.width, plan.height, plan.layers, plan.mips);
    const others = this.#atlas.bytes + BYTES_PER_ROW * items.count + this.#quads.bytes + this.#canvasBytes();
    this.pool = new TextureArray(gl, SHARP_SIDE, SHARP_SIDE, sharpLayers(others), SHARP_MIPS);
    this.largestPoint = largestPoint(gl);
    this.#entered = new Float32Array(2 * items.count);
    this.#lit = new Uint8Array(items.count).fill(255);
    this.#inks = new Uint8Array(items.count);
  }

  /** Bytes of everything this scene keeps on the GPU, the canvas included. */
  bytes(): number {
    const buffers = this.#points.bytes + this.#quads.bytes + this.#lines.bytes;
    return this.#atlas.bytes + this.pool.bytes + buffers + this.#canvasBytes();
  }

  setPositions(left: Float32Array, entered: Float32Array): void {
    this.#entered = entered;
    this.#points.setPositions(left, entered);
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
    this.#atlas.write(layer, y, strip);
    if (last) this.#atlas.halve(layer);
  }

  writeSharp(layer: number, picture: ImageBitmap): void {
    this.pool.write(layer, 0, picture);
    this.pool.halve(layer);
  }

  /** Whether `count` rows in view, of this side in device pixels, should be quads. */
  prefersQuads(side: number, count: number): boolean {
    if (count > MOST_QUADS) return false;
    // A quad costs what some ten points cost, and all points are drawn, seen or not.
    return side >= QUADS_FROM || side > this.largestPoint || count * 12 <= this.items.count;
  }

  draw(frame: Frame, sharpOf: SharpOf): void {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    gl.clearColor(frame.ground[0], frame.ground[1], frame.ground[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const uniforms = this.#uniforms(frame);
    this.#lines.draw(uniforms, frame.ground, frame.mix ** 2);
    const looks = { lit: this.#lit, inks: this.#inks };
    if (frame.rows) this.#quads.load(frame.rows, this.#entered, looks, sharpOf);
    for (const pass of frame.highlight ? [1, 2] : [0]) {
      if (frame.rows) this.#quads.draw(frame.rows.length, { ...uniforms, pass });
      else this.#points.draw({ ...uniforms, pass });
    }
    if (frame.front.length === 0) return;
    this.#quads.load(frame.front, this.#entered, looks, sharpOf);
    this.#quads.draw(frame.front.length, { ...uniforms, pass: 0 });
  }

  #uniforms({ camera, view, mix, side, ground }: Frame): Record<string, unknown> {
    const { plan } = this;
    const texels = plan.level.cell / plan.shrink;
    const lod = levelFor(texels / side, plan.mips);
    return {
      atlas: this.#atlas.texture,
      pool: this.pool.texture,
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
      side: Math.min(side, this.largestPoint),
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
