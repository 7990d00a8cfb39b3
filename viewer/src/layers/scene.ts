/** Everything on the GPU, and the drawing of one frame. Thrown away and made again when the context is lost. */

import { drawingOrder } from "../model/blocks";
import {
  type Account,
  type AtlasPlan,
  BYTES_PER_PLACE,
  BYTES_PER_ROW,
  canvasBytes,
  POOL_MIPS,
  poolBytes,
  poolLayers,
  SHARP_MIPS,
  SHARP_SIDE,
  sharpLayers,
} from "../model/budget";
import { SHARP_FROM } from "../model/cells";
import type { Items } from "../model/items";
import { MOST_INKS } from "../model/palette";
import { CellPool } from "./cell_pool";
import { type GL, largestPoint } from "./context";
import type { Frame, Rgb } from "./frame";
import { Points } from "./points";
import { MOST_QUADS, Quads, type Sources } from "./quads";
import { Spread } from "./spread";
import { TextureArray } from "./texture_array";

/** What is left of a dimmed picture's colour. */
const DIM = 0.14;
/** From this side on, in device pixels, quads: points are cut off where their middle leaves the view. */
const QUADS_FROM = 20;
/** Below this side, in device pixels, mean colours are drawn: a texel or two of a picture are no truer. */
const DOTS_BELOW = 2.2;
/** How large a dot may become that stands for several, in device pixels. */
const LARGEST_GROWN = 4;

/** Rows of a page of the atlas from y on, of which the last ones come last. */
export interface PageStrip {
  readonly layer: number;
  readonly y: number;
  readonly height: number;
  readonly page: ImageBitmap;
  readonly last: boolean;
}

export class Scene {
  /** Layers of the pool of pictures' own files. */
  sharpLayers = 0;
  /** Layers of the pools of sharper cells, for each level. */
  nearLayers: number[] = [];
  #near: (CellPool | null)[] = [];
  readonly largestPoint: number;
  // Made when the first page or picture comes: to clear that much memory holds up the first frame.
  #atlas: TextureArray | null = null;
  #pool: TextureArray | null = null;
  readonly #points: Points;
  readonly #quads: Quads;
  readonly #spreads: Spread[] = [];
  #order: Uint32Array | null = null;
  #lit: Uint8Array;
  #inks: Uint8Array;
  #palette = new Float32Array(3 * MOST_INKS);

  constructor(
    readonly gl: GL,
    readonly items: Items,
    readonly plan: AtlasPlan,
    /** Sides of the cells of the sharper levels, at most two. */
    readonly cells: readonly number[],
    /** The largest that the canvas may become, in device pixels. */
    readonly largest: { readonly width: number; readonly height: number },
  ) {
    this.#points = new Points(gl, items);
    this.#quads = new Quads(gl, items);
    this.largestPoint = largestPoint(gl);
    this.#lit = new Uint8Array(items.count).fill(255);
    this.#inks = new Uint8Array(items.count);
  }

  // --- panes --------------------------------------------------------------------------------------------------------

  /** Room for the places of one more pane; all else is shared. `share` says what is left for the pools. */
  spread(): Spread {
    const spread = new Spread(this.gl, this.items.count);
    this.#spreads.push(spread);
    return spread;
  }

  drop(spread: Spread): void {
    this.#spreads.splice(this.#spreads.indexOf(spread), 1);
    spread.close();
  }

  /** Share out what the panes leave of the budget; tells whether the pools are others now, and empty. */
  share(): boolean {
    const canvas = canvasBytes(this.largest.width, this.largest.height);
    const rows = (BYTES_PER_ROW + BYTES_PER_PLACE * (this.#spreads.length - 1)) * this.items.count;
    const others = this.plan.bytes + rows + this.#quads.bytes + canvas;
    const near = poolLayers(this.cells, others);
    const sharp = sharpLayers(others + poolBytes(near.reduce((sum, layers) => sum + layers, 0)));
    if (sharp === this.sharpLayers && near.join() === this.nearLayers.join()) return false;
    for (const pool of [this.#pool, ...this.#near]) pool?.close();
    [this.sharpLayers, this.nearLayers] = [sharp, near];
    this.#pool = null;
    this.#near = this.cells.map(() => null);
    return true;
  }

  /** Bytes of everything this scene keeps on the GPU, the canvas included. */
  bytes(): number {
    return this.parts().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The same, part by part. */
  parts(): Account["parts"] {
    const places = this.#spreads.reduce((sum, spread) => sum + spread.bytes, 0);
    const rows = this.#points.bytes + this.#quads.bytes + places;
    const near = this.#near.map((pool, at) => ({
      kind: "cells" as const,
      cell: this.cells[at] ?? 0,
      bytes: pool?.bytes ?? 0,
    }));
    return [
      { kind: "base", cell: this.plan.level.cell, bytes: this.#atlas?.bytes ?? 0 },
      ...near,
      { kind: "files", cell: 0, bytes: this.#pool?.bytes ?? 0 },
      { kind: "rows", cell: 0, bytes: rows },
      { kind: "canvas", cell: 0, bytes: this.#canvasBytes() },
    ];
  }

  setPositions(spread: Spread, left: Float32Array, entered: Float32Array): void {
    spread.set(left, entered, this.#order);
  }

  /** Sizes and slots came in: draw in the order of the slots from now on. */
  reorder(): void {
    this.#order = drawingOrder(this.items.slots);
    this.#points.reorder(this.#order);
    for (const spread of this.#spreads) spread.reorder(this.#order);
    this.#points.setLit(this.#lit);
    this.#points.setInks(this.#inks);
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

  /** Some rows of a page; `last` makes the mip levels. */
  writePage({ layer, y, height, page, last }: PageStrip): void {
    const { gl, plan } = this;
    this.#atlas ??= new TextureArray(gl, plan.width, plan.height, plan.layers, plan.mips, plan.texel);
    this.#atlas.write(layer, page, y, height);
    if (last) this.#atlas.halve(layer);
  }

  writeSharp(layer: number, picture: ImageBitmap): void {
    const pool =
      this.#pool ?? new TextureArray(this.gl, SHARP_SIDE, SHARP_SIDE, this.sharpLayers, SHARP_MIPS);
    this.#pool = pool;
    pool.write(layer, picture);
    pool.halve(layer);
  }

  /** A cell of the `at`-th sharper level. */
  writeCell(at: number, place: number, pixels: Uint8Array): void {
    const pool = this.#near[at] ?? new CellPool(this.gl, this.cells[at] ?? 1, this.nearLayers[at] ?? 1);
    this.#near[at] = pool;
    pool.write(place, pixels);
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

  /** Begin a frame; each pane is drawn for itself. */
  clear([red, green, blue]: Rgb): void {
    const { gl } = this;
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /** Draw a pane into its part of the canvas, and nothing beside it. */
  draw(spread: Spread, frame: Frame, sources: Sources): void {
    const { gl } = this;
    const { x, y, width, height } = frame.area;
    gl.viewport(x, y, width, height);
    gl.scissor(x, y, width, height);
    gl.enable(gl.SCISSOR_TEST);
    this.#drawRows(spread, frame, sources);
    // Mip levels are made by copying, which it would cut off too.
    gl.disable(gl.SCISSOR_TEST);
  }

  #drawRows(spread: Spread, frame: Frame, sources: Sources): void {
    const uniforms = this.#uniforms(frame);
    spread.lines.draw(uniforms, frame.ground, frame.mix ** 2);
    const looks = { lit: this.#lit, inks: this.#inks };
    const points = frame.rows ? [] : spread.rangesIn(frame.seen, frame.mix);
    const dots = this.drawsDots(frame.side);
    if (frame.rows) this.#quads.load(frame.rows, spread.entered, looks, sources);
    for (const pass of frame.highlight ? [1, 2] : [0]) {
      if (frame.rows) this.#quads.draw(frame.rows.length, { ...uniforms, pass });
      else this.#points.draw(spread, { ...uniforms, pass }, points, frame.stride, dots);
    }
    if (frame.front.length === 0 || !this.#atlas) return;
    this.#quads.load(frame.front, spread.entered, looks, sources);
    this.#quads.draw(frame.front.length, { ...uniforms, pass: 0 });
  }

  #uniforms({ area, camera, view, mix, side, stride, ground }: Frame): Record<string, unknown> {
    const { plan } = this;
    // Of a few dots each stands for several, and covers what they covered.
    const grown = Math.max(side, Math.min(LARGEST_GROWN, side * Math.sqrt(stride)));
    const texels = plan.level.cell / plan.shrink;
    const lod = levelFor(texels / side, plan.mips);
    return {
      ...(this.#atlas && { atlas: this.#atlas.texture }),
      ...(this.#pool && { pool: this.#pool.texture }),
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
      square: [(2 * side) / area.width, (2 * side) / area.height],
      travel: mix,
      side: Math.min(grown, this.largestPoint),
      pixels: side,
      palette: this.#palette,
      frameWidth: Math.min(5 * (area.width / view.width), Math.max(1, side * 0.07)),
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
