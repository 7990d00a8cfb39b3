/** The camera over the map: pure arithmetic between map units (y up) and CSS pixels (y down). */

export interface Camera {
  /** Map point at the middle of the view. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels per map unit. */
  readonly k: number;
}

/** The view's size in CSS pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** Part of the view covered by the interface, in CSS pixels. */
export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** A rectangle in map units. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export function toScreen(camera: Camera, view: Viewport, x: number, y: number): [number, number] {
  return [view.width / 2 + (x - camera.x) * camera.k, view.height / 2 - (y - camera.y) * camera.k];
}

export function toMap(camera: Camera, view: Viewport, px: number, py: number): [number, number] {
  return [camera.x + (px - view.width / 2) / camera.k, camera.y - (py - view.height / 2) / camera.k];
}

/** What the view shows of the map, widened by `margin` map units on every side. */
export function viewBox(camera: Camera, view: Viewport, margin = 0): Box {
  const halfWidth = view.width / 2 / camera.k + margin;
  const halfHeight = view.height / 2 / camera.k + margin;
  return {
    x0: camera.x - halfWidth,
    y0: camera.y - halfHeight,
    x1: camera.x + halfWidth,
    y1: camera.y + halfHeight,
  };
}

export function areaOf(box: Box): number {
  return (box.x1 - box.x0) * (box.y1 - box.y0);
}

/** The smallest box around all positions (2 per row), widened by `pad`. An empty list gives the whole map. */
export function boundsOf(positions: Float32Array, pad: number): Box {
  if (positions.length === 0) return { x0: -1, y0: -1, x1: 1, y1: 1 };
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i] ?? 0;
    const y = positions[i + 1] ?? 0;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return { x0: x0 - pad, y0: y0 - pad, x1: x1 + pad, y1: y1 + pad };
}

/** The camera that shows the whole box in the part of the view that no inset covers. */
export function fitBox(box: Box, view: Viewport, insets: Insets): Camera {
  const width = Math.max(1, view.width - insets.left - insets.right);
  const height = Math.max(1, view.height - insets.top - insets.bottom);
  const k = Math.min(width / Math.max(1e-9, box.x1 - box.x0), height / Math.max(1e-9, box.y1 - box.y0));
  return {
    x: (box.x0 + box.x1) / 2 - (insets.left - insets.right) / 2 / k,
    y: (box.y0 + box.y1) / 2 + (insets.top - insets.bottom) / 2 / k,
    k,
  };
}

/** How far out and in one may zoom: half the fitted view, and one picture filling most of the view. */
export function zoomLimits(fitted: Camera, view: Viewport, side: number): [number, number] {
  const closest = (0.9 * Math.min(view.width, view.height)) / side;
  return [fitted.k * 0.5, Math.max(closest, fitted.k * 2)];
}

/**
 * The nearest camera that keeps what it looks at inside the box and its zoom inside the limits: one cannot get lost. It looks at the
 * middle of what nothing covers, `off` CSS pixels to the right of and below the middle of the view.
 */
export function clampCamera(
  camera: Camera,
  box: Box,
  [low, high]: [number, number],
  off: readonly [number, number] = [0, 0],
): Camera {
  const k = Math.min(high, Math.max(low, camera.k));
  const [dx, dy] = [off[0] / k, -off[1] / k];
  return {
    x: Math.min(box.x1, Math.max(box.x0, camera.x + dx)) - dx,
    y: Math.min(box.y1, Math.max(box.y0, camera.y + dy)) - dy,
    k,
  };
}

/** The camera zoomed by `factor` with the map point under (px, py) staying where it is. */
export function zoomAt(camera: Camera, view: Viewport, factor: number, px: number, py: number): Camera {
  const [x, y] = toMap(camera, view, px, py);
  return { x: x + (camera.x - x) / factor, y: y + (camera.y - y) / factor, k: camera.k * factor };
}
