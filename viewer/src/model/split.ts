/** How the page is shared out between maps: the whole, or two halves of what nothing covers, beside or above each other. */
import type { Insets, Viewport } from "./camera";

/** A rectangle of the page, in CSS pixels from its left top corner. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a map lies, and how much of it is covered, its head among that. */
export interface Part {
  readonly area: Area;
  readonly insets: Insets;
  /** Where its head lies, in CSS pixels from its own left top corner. */
  readonly head: Area;
}

export function whole(page: Viewport, covered: Insets): Part {
  return part({ x: 0, y: 0, ...page }, covered, 0);
}

/** `covered`: by all but the head, which is so high. */
function part(area: Area, covered: Insets, head: number): Part {
  const { left, right, top } = covered;
  return {
    area,
    insets: { ...covered, top: top + head },
    head: { x: left, y: top, width: Math.max(0, area.width - left - right), height: head },
  };
}

/**
 * Two parts that tile the page, so that nothing lies between them, and whose uncovered parts are equally large. They lie beside each
 * other where the free room is wider than high, else above each other. `head`: height of what each has at its own upper edge;
 * `gap`: room along the line between them.
 */
export function halves(page: Viewport, covered: Insets, head: number, gap: number): [Part, Part] {
  const width = Math.max(0, page.width - covered.left - covered.right);
  const height = Math.max(0, page.height - covered.top - covered.bottom);
  if (width >= height) {
    const line = Math.round(covered.left + width / 2);
    const rest = page.width - line;
    return [
      part({ x: 0, y: 0, width: line, height: page.height }, { ...covered, right: gap }, head),
      part({ x: line, y: 0, width: rest, height: page.height }, { ...covered, left: gap }, head),
    ];
  }
  const line = Math.round(covered.top + height / 2);
  const rest = page.height - line;
  return [
    part({ x: 0, y: 0, width: page.width, height: line }, { ...covered, bottom: gap }, head),
    part({ x: 0, y: line, width: page.width, height: rest }, { ...covered, top: gap }, head),
  ];
}
