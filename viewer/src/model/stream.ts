/** The stream of sharp pictures: which to ask for, where each goes in the pool, and how far it has faded in. */
import { SHARP_SIDE } from "./budget";
import { fitSide } from "./fit";
import { type Items, sizeOf } from "./items";
import { LayerPool } from "./pool";
import type { Want } from "./priority";

const FADE_TIME = 220;

/** A picture to fetch and to decode to these pixels. */
export interface SharpJob {
  readonly key: number;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** Who fetches: it puts new jobs first, and gives up what is cancelled. */
export interface Fetcher {
  load(jobs: readonly SharpJob[]): void;
  cancel(keys: readonly number[]): void;
}

export class SharpStream {
  readonly #pool: LayerPool;
  /** When each slot was placed, in milliseconds. */
  readonly #placed = new Map<number, number>();
  #fadingUntil = 0;

  constructor(
    readonly items: Items,
    layers: number,
    readonly fetcher: Fetcher,
  ) {
    this.#pool = new LayerPool(layers);
  }

  /** Say what is wanted now, most wanted first. What has no path yet is asked for again when it has. */
  want(wants: readonly Want[], pathOf: (row: number) => string | null): void {
    const rows = new Map(wants.map(({ slot, row }) => [slot, row]));
    const { load, cancel } = this.#pool.want([...rows.keys()]);
    this.fetcher.cancel(cancel);
    const jobs = load.flatMap((key) => this.#job(key, rows.get(key) ?? 0, pathOf));
    for (const { key } of jobs) this.#pool.started(key);
    this.fetcher.load(jobs);
  }

  /** The layer for a picture that arrived, or null when nobody wants it any more. */
  place(key: number, now: number): number | null {
    const layer = this.#pool.place(key);
    if (layer === null) return null;
    this.#placed.set(key, now);
    this.#fadingUntil = now + FADE_TIME;
    return layer;
  }

  failed(key: number): void {
    this.#pool.failed(key);
  }

  /** A resident slot's layer and how far it has faded in, 0 to 255. */
  shown(slot: number, now: number): { layer: number; strength: number } | null {
    const layer = this.#pool.layerOf(slot);
    if (layer === undefined) return null;
    const age = (now - (this.#placed.get(slot) ?? 0)) / FADE_TIME;
    return { layer, strength: Math.round(255 * Math.min(1, Math.max(0, age))) };
  }

  fading(now: number): boolean {
    return now < this.#fadingUntil + 20;
  }

  close(): void {
    this.fetcher.cancel(this.#pool.loading());
  }

  #job(key: number, row: number, pathOf: (row: number) => string | null): SharpJob[] {
    const path = pathOf(row);
    if (path === null) return [];
    const [w, h] = sizeOf(this.items, row);
    const longest = Math.max(w, h);
    const [width, height] = [fitSide(SHARP_SIDE, w, longest), fitSide(SHARP_SIDE, h, longest)];
    return [{ key, path, width, height }];
  }
}
