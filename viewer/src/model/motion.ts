/** Motion over time: easing, the flight of a camera, and values that run from 0 to 1. Time is given, never read. */
import { interpolateZoom } from "d3-interpolate";
import type { Camera, Viewport } from "./camera";

/** Cubic, slow at both ends. */
export function ease(t: number): number {
  return t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2;
}

/** Share of a motion done at `now`, in [0, 1]; times in milliseconds. */
export function progress(start: number, duration: number, now: number): number {
  return duration <= 0 ? 1 : Math.min(1, Math.max(0, (now - start) / duration));
}

export interface Flight {
  /** Milliseconds that feel right for the distance. */
  readonly duration: number;
  at(share: number): Camera;
}

/** Smooth and efficient zooming and panning, after van Wijk and Nuij (2003). */
export function fly(from: Camera, to: Camera, view: Viewport): Flight {
  const path = interpolateZoom([from.x, from.y, view.width / from.k], [to.x, to.y, view.width / to.k]);
  return {
    duration: Math.min(1600, Math.max(350, path.duration * 0.6)),
    at(share) {
      const [x, y, width] = path(ease(share));
      return share >= 1 ? to : { x, y, k: view.width / width };
    },
  };
}
