/** The view onto the map: its size, its camera with limits, and the flight it may be on. */

import type { Place } from "./address";
import {
  type Box,
  type Camera,
  clampCamera,
  fitBox,
  type Insets,
  toMap,
  toScreen,
  type Viewport,
  viewBox,
  zoomAt,
  zoomLimits,
} from "./camera";
import { type Flight, fly, progress } from "./motion";

export class View {
  size: Viewport = { width: 1, height: 1 };
  insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  /** What there is to see, in map units. */
  box: Box = { x0: -1, y0: -1, x1: 1, y1: 1 };
  /** Side of a picture's square in map units, as drawn. */
  side = 0.1;
  #camera: Camera = { x: 0, y: 0, k: 1 };
  #flight: { path: Flight; start: number; duration: number } | null = null;

  get camera(): Camera {
    return this.#camera;
  }

  get flying(): boolean {
    return this.#flight !== null;
  }

  get limits(): [number, number] {
    return zoomLimits(this.fitted(), this.size, this.side);
  }

  fitted(box: Box = this.box): Camera {
    return fitBox(box, this.size, this.insets);
  }

  /** Whether all is shown, no more and no less. */
  isFitted(): boolean {
    const [now, fitted] = [this.#camera, this.fitted()];
    return Math.abs(now.k / fitted.k - 1) < 1e-6 && Math.hypot(now.x - fitted.x, now.y - fitted.y) < 1e-6;
  }

  /** The nearest camera that may be; `limits`: how far out and in one may zoom. */
  clamped(camera: Camera, limits = this.limits): Camera {
    const [px, py] = this.middle();
    return clampCamera(camera, this.box, limits, [px - this.size.width / 2, py - this.size.height / 2]);
  }

  /** Go there at once; a flight ends. */
  place(camera: Camera): void {
    this.#flight = null;
    this.#camera = this.clamped(camera);
  }

  /** Fly there; `duration` in milliseconds, null for what suits the distance, 0 for at once. */
  flyTo(camera: Camera, now: number, duration: number | null): void {
    const goal = this.clamped(camera);
    if (duration === 0) {
      this.place(goal);
      return;
    }
    const path = fly(this.#camera, goal, this.size);
    this.#flight = { path, start: now, duration: duration ?? path.duration };
  }

  /** Move along the flight. */
  advance(now: number): void {
    if (!this.#flight) return;
    const { path, start, duration } = this.#flight;
    const share = progress(start, duration, now);
    this.#camera = path.at(share);
    if (share >= 1) this.#flight = null;
  }

  /** The camera moved by CSS pixels. */
  panned(dx: number, dy: number): Camera {
    const { x, y, k } = this.#camera;
    return { x: x + dx / k, y: y - dy / k, k };
  }

  /** The camera zoomed about the middle of the free part of the view. */
  zoomed(factor: number): Camera {
    const [x, y] = this.middle();
    const [low, high] = this.limits;
    const { k } = this.#camera;
    const bounded = Math.min(high, Math.max(low, k * factor)) / k;
    return zoomAt(this.#camera, this.size, bounded, x, y);
  }

  /** The middle of the part of the view that no inset covers, in CSS pixels. */
  middle(): [number, number] {
    const { top, right, bottom, left } = this.insets;
    return [(left + this.size.width - right) / 2, (top + this.size.height - bottom) / 2];
  }

  /** The camera that brings a map point to the free middle, and no further out than `k`. */
  centredOn(x: number, y: number, k: number): Camera {
    const [px, py] = this.middle();
    const scale = Math.max(k, this.#camera.k);
    return {
      x: x - (px - this.size.width / 2) / scale,
      y: y + (py - this.size.height / 2) / scale,
      k: scale,
    };
  }

  /** The place at the free middle, as the address tells it. */
  get looksAt(): Place {
    const [x, y] = this.toMap(...this.middle());
    return { x, y, span: Math.min(this.size.width, this.size.height) / this.#camera.k };
  }

  /** The same; null where all is shown. */
  get placeLookedAt(): Place | null {
    return this.isFitted() ? null : this.looksAt;
  }

  /** The camera that `placeLookedAt` tells of. */
  cameraOf(place: Place | null): Camera {
    return place ? this.cameraAt(place) : this.fitted();
  }

  /** The camera that shows a place again, in a view of any size. */
  cameraAt({ x, y, span }: Place): Camera {
    const [px, py] = this.middle();
    const k = Math.min(this.size.width, this.size.height) / span;
    return { x: x - (px - this.size.width / 2) / k, y: y + (py - this.size.height / 2) / k, k };
  }

  /** The camera moved only as far as needed to bring a map point `margin` CSS pixels into the free part of the view. */
  revealing(x: number, y: number, margin: number): Camera {
    const [px, py] = this.toScreen(x, y);
    const { top, right, bottom, left } = this.insets;
    const into = (at: number, low: number, high: number) => Math.max(low, Math.min(high, at));
    const dx = px - into(px, left + margin, this.size.width - right - margin);
    const dy = py - into(py, top + margin, this.size.height - bottom - margin);
    return this.panned(dx, dy);
  }

  toScreen(x: number, y: number): [number, number] {
    return toScreen(this.#camera, this.size, x, y);
  }

  toMap(px: number, py: number): [number, number] {
    return toMap(this.#camera, this.size, px, py);
  }

  /** What is seen, with room for pictures that reach into the view. */
  seen(): Box {
    return viewBox(this.#camera, this.size, this.side / 2);
  }
}
