/**
 * How coarsely to draw while something moves: as finely as the machine manages, told by the time between frames. What rests is
 * always drawn in full.
 */

export interface Quality {
  /** Pixels per device pixel and axis. */
  readonly scale: number;
  /** Every so manieth picture is drawn while they are drawn as points; a power of two. */
  readonly stride: number;
}

export const FULL: Quality = { scale: 1, stride: 1 };
/** For the very first frame of very many: a fair sample, since rows are in the order of their paths. */
export const SAMPLE: Quality = { scale: 1, stride: 8 };
const STEPS: readonly Quality[] = [
  FULL,
  { scale: 0.5, stride: 1 },
  { scale: 0.5, stride: 2 },
  { scale: 0.5, stride: 4 },
  { scale: 0.5, stride: 8 },
  { scale: 0.5, stride: 16 },
];
export const STRIDES = STEPS.map(({ stride }) => stride);
/** Milliseconds between frames: from the first on it stutters, below the second there is time to spare. */
const SLOW = 90;
const QUICK = 40;
/** How many frames in a row must agree. */
const SLOW_FRAMES = 2;
const QUICK_FRAMES = 12;

export class Pace {
  #step = 0;
  #last: number | null = null;
  #slow = 0;
  #quick = 0;

  /** A frame of a motion begins at `now`, in milliseconds. */
  moving(now: number): Quality {
    if (this.#last !== null) this.#judge(now - this.#last);
    this.#last = now;
    return STEPS[this.#step] ?? FULL;
  }

  /** Nothing moves. */
  rested(): void {
    this.#last = null;
  }

  #judge(taken: number): void {
    this.#slow = taken > SLOW ? this.#slow + 1 : 0;
    this.#quick = taken < QUICK ? this.#quick + 1 : 0;
    if (this.#slow >= SLOW_FRAMES || taken > 4 * SLOW) this.#move(1);
    if (this.#quick >= QUICK_FRAMES) this.#move(-1);
  }

  #move(by: number): void {
    this.#step = Math.min(STEPS.length - 1, Math.max(0, this.#step + by));
    this.#slow = 0;
    this.#quick = 0;
  }
}
