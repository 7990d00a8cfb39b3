/** How much goes onto the GPU: the plan for the atlas and the pool of sharp pictures within one fixed budget. */
import type { Atlas, Level } from "../format/manifest";

export const MIB = 2 ** 20;
/** All that the viewer ever keeps on the GPU. */
export const BUDGET = 256 * MIB;
const ATLAS_BUDGET = 176 * MIB;
/** Bytes of attributes per row: two positions, slot, aspect, fit, colour, the highlight and the ink. */
export const BYTES_PER_ROW = 34;

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
 * The sharpest level that fits whole; where none does, the coarsest one, with five bits a channel, and its pages halved until
 * they fit the texture size and, as far as cells of 4 texels allow, the budget. Pages beyond `layers` keep showing mean colours.
 */
export function planAtlas(atlas: Atlas, images: number, limits: GpuLimits): AtlasPlan | null {
  const slots = atlas.count ?? images;
  const levels = atlas.levels.filter((level) => level.cell <= 256 && level.pages.length > 0);
  const fits = (plan: AtlasPlan) =>
    plan.width <= limits.textureSize &&
    plan.height <= limits.textureSize &&
    plan.layers === plan.level.pages.length;
  for (const level of levels.toReversed()) {
    const plan = planLevel(atlas, level, slots, limits, 1);
    if (fits(plan)) return plan;
  }
  const coarsest = levels[0];
  if (!coarsest) return null;
  let plan = planLevel(atlas, coarsest, slots, limits, 1, 2);
  if (fits(plan)) return plan;
  plan = planLevel(atlas, coarsest, slots, limits, 1);
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

/** Bytes of the canvas itself: front and back buffer. */
export function canvasBytes(width: number, height: number): number {
  return 2 * 4 * width * height;
}
