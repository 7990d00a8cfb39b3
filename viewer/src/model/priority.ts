/** Which pictures should be sharp, and which pages come first: what is nearest to the middle of the view. */
import type { AtlasPlan } from "./budget";
import type { Items } from "./items";

export interface Want {
  readonly row: number;
  readonly slot: number;
}

/**
 * The slots wanted, nearest to the middle first and, at the same distance, the larger picture first; each slot once.
 * `rows` are the rows in view, (x, y) the middle of the view in map units, `side` a picture's square in map units.
 */
export function sharpOrder(
  items: Items,
  positions: Float32Array,
  rows: Int32Array,
  x: number,
  y: number,
  side: number,
): Want[] {
  const scored = Array.from(rows, (row) => {
    const dx = (positions[2 * row] ?? 0) - x;
    const dy = (positions[2 * row + 1] ?? 0) - y;
    const area = ((items.aspects[2 * row] ?? 0) / 65535) * ((items.aspects[2 * row + 1] ?? 0) / 65535);
    return { row, slot: items.slots[row] ?? 0, score: Math.hypot(dx, dy) / side - 0.5 * area };
  });
  scored.sort((a, b) => a.score - b.score);
  const seen = new Set<number>();
  return scored.filter(({ slot }) => !seen.has(slot) && seen.add(slot));
}

/** The wants of several views in turn, the most wanted of each first; none twice. */
export function alternating(lists: readonly (readonly Want[])[]): Want[] {
  const [only] = lists;
  if (lists.length === 1 && only) return [...only];
  const merged = new Map<number, Want>();
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  for (let at = 0; at < longest; at++)
    for (const list of lists) {
      const want = list[at];
      if (want && !merged.has(want.slot)) merged.set(want.slot, want);
    }
  return [...merged.values()];
}

/** The first `count` pages, those first whose pictures lie nearest to a place of the map in the mean. */
export function pageOrder(
  slots: Uint32Array,
  positions: Float32Array,
  plan: Pick<AtlasPlan, "page" | "level">,
  count: number,
  { x, y }: { x: number; y: number },
): number[] {
  const perPage = Math.floor(plan.page / plan.level.cell) ** 2;
  const away = new Float64Array(count);
  const rows = new Uint32Array(count);
  for (let row = 0; row < slots.length; row++) {
    const page = Math.floor((slots[row] ?? 0) / perPage);
    if (page >= count) continue;
    away[page] =
      (away[page] ?? 0) + Math.hypot((positions[2 * row] ?? 0) - x, (positions[2 * row + 1] ?? 0) - y);
    rows[page] = (rows[page] ?? 0) + 1;
  }
  const mean = (page: number) => (away[page] ?? 0) / Math.max(1, rows[page] ?? 0);
  return Array.from(away.keys()).sort((a, b) => mean(a) - mean(b));
}
