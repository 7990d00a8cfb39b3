/** How much goes onto the GPU: the plan for the atlas and the pool of sharp pictures within one fixed budget. */
import type { Atlas, Level } from "../format/manifest";

export const MIB = 2 ** 20;
/** All that the viewer ever keeps on the GPU. */
export const BUDGET = 256 * MIB;
const ATLAS_BUDGET = 176 * MIB;
/** Bytes of attributes per row: two positions, slot, aspect, fit, colour, the highlight and the ink. */
export const BYTES_PER_ROW = 34;
/** Of these the two positions, which a second map on the page has for itself. */
export const BYTES_PER_PLACE = 16;

/** What is on the graphics card, and how the last frame was drawn. */
export interface Account {
  /** In bytes; `cell` is the side of the cells of an atlas level or a pool of cells, else 0. */
  readonly parts: readonly {
    kind: "base" | "cells" | "files" | "rows" | "canvas";
    cell: number;
    bytes: number;
  }[];
  readonly budget: number;
  readonly frames: number;
  /** Every so manieth point was drawn. */
  readonly stride: number;
  /** Pages asked for that have not come. */
  readonly loading: number;
}

export interface GpuLimits {
  readonly textureSize: number;
  readonly layers: number;
}

export interface AtlasPlan {
  readonly level: Level;
  /** Width of a page as the files have it, in pixels. */
  readonly page: number;
  /** Pixels of the file per texel and axis: 1, 2, 4 ... */
  readonly shrink: number;
  readonly width: number;
  readonly height: number;
  readonly layers: number;
  readonly mips: number;
  /** Bytes of a texel: 4, or 2 (five bits a channel, one of alpha). */
  readonly texel: 2 | 4;
  readonly bytes: number;
}

/** Bytes of a texture array with its mip levels. */
export function textureBytes(width: number, height: number, layers: number, mips: number, texel = 4): number {
  let bytes = 0;
  for (let level = 0; level < mips; level++) {
    bytes += Math.max(1, width >> level) * Math.max(1, height >> level) * texel * layers;
  }
  return bytes;
}

/** Mip levels down to cells of 8 texels; below that, neighbours would mix. */
export function mipsOf(cell: number): number {
  return Math.max(1, Math.floor(Math.log2(cell)) - 2);
}

/** One page need not be full; its height then is what its slots take. */
function pageHeight(page: number, level: Level, slots: number): number {
  if (level.pages.length !== 1) return page;
  return Math.max(1, Math.ceil(slots / Math.floor(page / level.cell))) * level.cell;
}

function planLevel(
  atlas: Atlas,
  level: Level,
  slots: number,
  limits: GpuLimits,
  shrink: number,
  texel: 2 | 4 = 4,
): AtlasPlan {
  const width = Math.ceil(atlas.page / shrink);
  const height = Math.ceil(pageHeight(atlas.page, level, slots) / shrink);
  const mips = mipsOf(level.cell / shrink);
  const each = textureBytes(width, height, 1, mips, texel);
  const layers = Math.min(level.pages.length, limits.layers, Math.max(1, Math.floor(ATLAS_BUDGET / each)));
  return { level, page: atlas.page, shrink, width, height, layers, mips, texel, bytes: layers * each };
}

/**
 * The base level, which is kept whole. Where that does not fit: with five bits a channel, or its pages halved until they fit the
 * texture size and, as far as cells of 4 texels allow, the budget. Pages beyond `layers` keep showing mean colours.
 */
export function planAtlas(atlas: Atlas, images: number, limits: GpuLimits): AtlasPlan | null {
  const slots = atlas.count ?? images;
  const levels = atlas.levels.filter((level) => level.cell <= 256 && level.pages.length > 0);
  const fits = (plan: AtlasPlan) =>
    plan.width <= limits.textureSize &&
    plan.height <= limits.textureSize &&
    plan.layers === plan.level.pages.length;
  const coarsest = levels[0];
  if (!coarsest) return null;
  for (const texel of [4, 2] as const) {
    const plan = planLevel(atlas, coarsest, slots, limits, 1, texel);
    if (fits(plan)) return plan;
  }
  let plan = planLevel(atlas, coarsest, slots, limits, 1);
  while (plan.width > limits.textureSize || (!fits(plan) && coarsest.cell / plan.shrink > 4)) {
    plan = planLevel(atlas, coarsest, slots, limits, plan.shrink * 2);
  }
  return plan;
}

export const SHARP_SIDE = 512;
export const SHARP_MIPS = 3;
const SHARP_LAYERS = 48;
export const SHARP_LAYER_BYTES = textureBytes(SHARP_SIDE, SHARP_SIDE, 1, SHARP_MIPS);

/** Layers of the sharp pool that the budget leaves room for, given all other bytes. */
export function sharpLayers(otherBytes: number): number {
  return Math.min(SHARP_LAYERS, Math.max(4, Math.floor((BUDGET - otherBytes) / SHARP_LAYER_BYTES)));
}

/** Side of a layer of a pool of cells, in pixels. */
export const POOL_SIDE = 1024;
export const POOL_MIPS = 2;
const POOL_LAYER_BYTES = textureBytes(POOL_SIDE, POOL_SIDE, 1, POOL_MIPS);

/** The levels above the base from which a view is sharpened: at most two, the sharpest. */
export function sharperLevels(atlas: Atlas, plan: AtlasPlan): Level[] {
  const sharper = atlas.levels.filter(
    (level) => level.cell > plan.level.cell && POOL_SIDE % level.cell === 0 && level.cell <= 128,
  );
  return sharper.slice(-2);
}

/** What many cells of a size want: a screen full of pictures about as large. */
function wantedLayers(cell: number): number {
  return cell >= 128 ? 8 : 4;
}

/** Layers for each level's pool of cells within the budget, given all other bytes; larger cells first, for they are more to fetch again. */
export function poolLayers(cells: readonly number[], otherBytes: number): number[] {
  const layers = cells.map(() => 0);
  let free = Math.floor((BUDGET - otherBytes - 4 * SHARP_LAYER_BYTES) / POOL_LAYER_BYTES);
  for (let round = 0; round < 8; round++) {
    for (let at = cells.length - 1; at >= 0 && free > 0; at--) {
      if ((layers[at] ?? 0) >= wantedLayers(cells[at] ?? 0)) continue;
      layers[at] = (layers[at] ?? 0) + 1;
      free -= 1;
    }
  }
  return layers;
}

export function poolBytes(layers: number): number {
  return layers * POOL_LAYER_BYTES;
}

export function poolPlaces(cell: number, layers: number): number {
  return layers * (POOL_SIDE / cell) ** 2;
}

/** Bytes of the canvas itself: front and back buffer. */
export function canvasBytes(width: number, height: number): number {
  return 2 * 4 * width * height;
}
