/** Where the pictures are: the layout entered, the one left, and how far the journey between them has come. */
import type { Caption } from "./captions";
import type { Event } from "./events";
import { ease, progress } from "./motion";

/** Lines in map units: 2 numbers per point; for each line the index after its last point. */
export interface Lines {
  readonly points: Float32Array;
  readonly ends: Uint32Array;
}

/** What is written and drawn under the pictures; the captions in the order in which they are tried. */
export interface Marks {
  readonly captions: readonly Caption[];
  readonly lines: Lines | null;
  /** By year. */
  readonly events: readonly Event[];
}

export interface Placed {
  readonly positions: Float32Array;
  /** Side of a picture's square in map units at the default size. */
  readonly cell: number;
  readonly marks: Marks | null;
}

export class Travel {
  #left: Placed;
  #entered: Placed;
  #start = -Infinity;
  #duration = 0;

  constructor(first: Placed) {
    this.#left = first;
    this.#entered = first;
  }

  get left(): Placed {
    return this.#left;
  }

  get entered(): Placed {
    return this.#entered;
  }

  /** Leave for another layout, from wherever the pictures are at `now`. */
  depart(to: Placed, now: number, duration: number): void {
    this.#left = this.#at(now);
    this.#entered = to;
    this.#start = now;
    this.#duration = duration;
  }

  arrived(now: number): boolean {
    return progress(this.#start, this.#duration, now) >= 1;
  }

  /** 0 = where they left, 1 = arrived. */
  mix(now: number): number {
    return ease(progress(this.#start, this.#duration, now));
  }

  cell(now: number): number {
    const mix = this.mix(now);
    return this.#left.cell * (1 - mix) + this.#entered.cell * mix;
  }

  /** Where one row is. */
  place(row: number, now: number): [number, number] {
    const mix = this.mix(now);
    const between = (i: number) =>
      (this.#left.positions[i] ?? 0) * (1 - mix) + (this.#entered.positions[i] ?? 0) * mix;
    return [between(2 * row), between(2 * row + 1)];
  }

  #at(now: number): Placed {
    if (this.arrived(now)) return this.#entered;
    const mix = this.mix(now);
    const [from, to] = [this.#left.positions, this.#entered.positions];
    const positions = from.map((value, i) => value * (1 - mix) + (to[i] ?? 0) * mix);
    return { positions, cell: this.cell(now), marks: null };
  }
}
