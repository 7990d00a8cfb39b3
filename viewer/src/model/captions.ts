/** The texts below a layout's pictures: which of them are shown, and where, so that none lies over another. */
import type { Box, Camera, Insets, Viewport } from "./camera";
import { toScreen } from "./camera";

export interface Caption {
  readonly text: string;
  /** Its point, in map units. */
  readonly x: number;
  readonly y: number;
  /** 0 is shown first. */
  readonly level: number;
  /** The text hangs below its point, centred; or it ends at its point. */
  readonly anchor: "top" | "right";
  /** What it names, where it is no label of the layout itself. */
  readonly of?: "region" | "hotspot";
}

/** A caption on the screen, in CSS pixels: the left top corner of its text. */
export interface Shown {
  readonly caption: Caption;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/** Height of a line of text, and the least space between two texts, in CSS pixels. */
export const LINE = 20;
const SPACE = 10;
/** More are never shown at once. */
const MOST = 160;
/** CSS pixels that a text at the left may take when all is fitted into the view. */
const BESIDE = 0.05;
const BELOW = 0.04;

/** In the order in which they are tried. */
export function ranked(captions: readonly Caption[]): Caption[] {
  return [...captions].sort((a, b) => a.level - b.level);
}

/** Nothing covers the view. */
const FREE: Insets = { top: 0, right: 0, bottom: 0, left: 0 };

/** Where a caption lies: as it hangs, or moved sideways into the free part of the view; null where its point is covered, or it would be cut. */
function rectangle(
  caption: Caption,
  camera: Camera,
  view: Viewport,
  width: number,
  covered: Insets,
): Shown | null {
  const [x, y] = toScreen(camera, view, caption.x, caption.y);
  const [left, top] = caption.anchor === "top" ? [x - width / 2, y] : [x - width, y - LINE / 2];
  const [from, to] = [covered.left, view.width - covered.right];
  if (x < from || x > to) return null;
  const moved = width <= to - from ? Math.min(Math.max(left, from), to - width) : left;
  return moved >= 0 && moved + width <= view.width ? { caption, left: moved, top, width } : null;
}

/** Where a text lies on the screen, in CSS pixels; it is a line high where nothing else is said. */
export interface Laid {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height?: number;
}

export function apart(a: Laid, b: Laid): boolean {
  return (
    a.left + a.width + SPACE <= b.left ||
    b.left + b.width + SPACE <= a.left ||
    a.top + (a.height ?? LINE) <= b.top ||
    b.top + (b.height ?? LINE) <= a.top
  );
}

export function inView({ left, top, width, height = LINE }: Laid, view: Viewport): boolean {
  return left < view.width && left + width > 0 && top < view.height && top + height > 0;
}

/**
 * The captions that have room, of those `ranked`. None is cut at the left or right: one whose point is seen stays within what nothing
 * covers, and one whose point has gone leaves with it. `even`: a level is shown as a whole or not at all, as years along an axis are.
 */
export function shownCaptions(
  order: readonly Caption[],
  camera: Camera,
  view: Viewport,
  widthOf: (caption: Caption) => number,
  even: boolean,
  covered: Insets = FREE,
): Shown[] {
  const shown: Shown[] = [];
  let [level, before] = [0, 0];
  for (const caption of order) {
    if (caption.level !== level) [level, before] = [caption.level, shown.length];
    if (shown.length >= MOST) break;
    const candidate = rectangle(caption, camera, view, widthOf(caption), covered);
    if (!candidate || !inView(candidate, view)) continue;
    if (shown.every((other) => apart(candidate, other))) shown.push(candidate);
    else if (even && level > 0) return shown.slice(0, before);
  }
  return shown;
}

/** A box with room for the captions around it. */
export function withCaptions(box: Box, captions: readonly Caption[]): Box {
  const side = Math.max(box.x1 - box.x0, box.y1 - box.y0);
  let { x0, y0, x1, y1 } = box;
  for (const { x, y, anchor } of captions) {
    x0 = Math.min(x0, anchor === "right" ? x - BESIDE * side : x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, anchor === "top" ? y - BELOW * side : y);
    y1 = Math.max(y1, y);
  }
  return { x0, y0, x1, y1 };
}
