/**
 * The sharper levels of the atlas: for what is in view, cells are cut out of pages and kept in a pool of places, the least recently
 * wanted making room. One stream for each level.
 */
import type { FileRef, Level } from "../format/manifest";
import { placeSlot } from "./fit";
import { LayerPool } from "./pool";

const FADE_TIME = 180;
/** Pages asked for at once; what lies on further ones is asked for when these are in. */
const MOST_PAGES = 16;

/** Cells to cut out of a page: their corners in pixels, x and y for each. */
export interface CutJob {
  readonly id: number;
  readonly page: FileRef;
  readonly cell: number;
  readonly corners: Uint16Array;
}

/** Who cuts: it gives up what is cancelled. The answer has, for each cell, its RGBA pixels and then those of its half. */
export interface Cutter {
  cut(job: CutJob): void;
  cancel(id: number): void;
}

/** Bytes of a cell with its half. */
export function cellBytes(cell: number): number {
  return 4 * cell * cell + cell * cell;
}

/** A cell to write at a place of the pool. */
export interface Upload {
  readonly place: number;
  readonly pixels: Uint8Array;
}

interface Pending {
  readonly slot: number;
  readonly place: number;
  readonly pixels: Uint8Array;
}

let lastId = 0;

export class CellStream {
  readonly cell: number;
  readonly #pool: LayerPool;
  readonly #jobs = new Map<number, number[]>();
  #pending: Pending[] = [];
  /** When each slot was written, in milliseconds. */
  readonly #written = new Map<number, number>();
  #fadingUntil = 0;

  constructor(
    readonly level: Level,
    readonly page: number,
    places: number,
    readonly cutter: Cutter,
  ) {
    this.cell = level.cell;
    this.#pool = new LayerPool(places);
  }

  /** Say which slots are wanted now, most wanted first. */
  want(slots: readonly number[]): void {
    const { load, cancel } = this.#pool.want(slots);
    this.#giveUp(new Set(cancel));
    const pages = new Map<number, number[]>();
    for (const slot of load) {
      const { page } = placeSlot(slot, this.page, this.cell);
      const known = pages.get(page);
      if (known) known.push(slot);
      else if (pages.size + this.#jobs.size < MOST_PAGES) pages.set(page, [slot]);
    }
    for (const [page, wanted] of pages) this.#ask(page, wanted);
  }

  /** Cells came; false where the job is not this stream's. */
  arrived(id: number, pixels: Uint8Array): boolean {
    const slots = this.#jobs.get(id);
    if (!slots) return false;
    this.#jobs.delete(id);
    const bytes = cellBytes(this.cell);
    for (const [at, slot] of slots.entries()) {
      const place = this.#pool.place(slot);
      if (place === null) continue;
      this.#written.delete(slot);
      this.#pending.push({ slot, place, pixels: pixels.subarray(at * bytes, (at + 1) * bytes) });
    }
    return true;
  }

  /** A page could not be had, and is not asked for again. */
  failed(id: number): void {
    for (const slot of this.#jobs.get(id) ?? []) this.#pool.failed(slot);
    this.#jobs.delete(id);
  }

  /** What to write into the pool now: at least one cell, then as much as these bytes allow. */
  take(bytes: number, now: number): Upload[] {
    const count = Math.max(1, Math.floor(bytes / cellBytes(this.cell)));
    const taken = this.#pending
      .splice(0, count)
      .filter(({ slot, place }) => this.#pool.layerOf(slot) === place);
    for (const { slot } of taken) this.#written.set(slot, now);
    if (taken.length > 0) this.#fadingUntil = now + FADE_TIME;
    return taken;
  }

  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  /** Pages asked for that have not come. */
  get loading(): number {
    return this.#jobs.size;
  }

  /** A slot's place in the pool and how far it has faded in, 0 to 255; null where it is not there. */
  shown(slot: number, now: number): { place: number; strength: number } | null {
    const place = this.#pool.layerOf(slot);
    const written = this.#written.get(slot);
    if (place === undefined || written === undefined) return null;
    const age = (now - written) / FADE_TIME;
    return { place, strength: Math.round(255 * Math.min(1, Math.max(0, age))) };
  }

  fading(now: number): boolean {
    return now < this.#fadingUntil + 20;
  }

  close(): void {
    for (const id of this.#jobs.keys()) this.cutter.cancel(id);
    this.#jobs.clear();
  }

  #giveUp(slots: ReadonlySet<number>): void {
    for (const [id, wanted] of this.#jobs) {
      if (!wanted.every((slot) => slots.has(slot))) continue;
      this.cutter.cancel(id);
      this.#jobs.delete(id);
    }
  }

  #ask(page: number, slots: number[]): void {
    const ref = this.level.pages[page];
    if (!ref) return;
    const corners = new Uint16Array(2 * slots.length);
    for (const [at, slot] of slots.entries()) {
      const { x, y } = placeSlot(slot, this.page, this.cell);
      corners.set([x, y], 2 * at);
      this.#pool.started(slot);
    }
    lastId += 1;
    this.#jobs.set(lastId, slots);
    this.cutter.cut({ id: lastId, page: ref, cell: this.cell, corners });
  }
}

/** Beyond this enlargement of a cell its pixels show. */
export const SHARP_FROM = 1.5;

/** The level to show pictures of a side in device pixels from: 0 for the base, `cells.length` for the pictures' own files. */
export function levelFor(pixels: number, cells: readonly number[]): number {
  const found = cells.findIndex((cell) => pixels <= SHARP_FROM * cell);
  return found < 0 ? cells.length : found;
}
