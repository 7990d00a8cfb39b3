/** The names on the map: of regions while they are small on the screen, of their hotspots when one is nearer. */
import type { Camera } from "./camera";
import type { Caption } from "./captions";
import type { Group } from "./groups";

/** A region wider than this on the screen, in CSS pixels, is told by its hotspots. */
const WIDE = 420;
/** Pictures larger than this, in CSS pixels, are looked at themselves. */
const LARGE = 56;

function middleOf({ bounds }: Group): [number, number] {
  return bounds ? [(bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2] : [0, 0];
}

function captionOf(group: Group, level: number, of: "region" | "hotspot"): Caption {
  const [x, y] = middleOf(group);
  return { text: group.label, x, y, level, anchor: "top", of };
}

/** A cluster of a person's own is named where it lies together: half of it within this share of the map's sides, which are 2 units. */
const TOGETHER = 0.5;
const KNOWN = new WeakMap<object, WeakMap<Float32Array, readonly [number, number] | null>>();

/** The middle of rows in a layout, by the medians; null where they lie too far from each other for a name between them. */
export function middleOfRows(
  rows: ArrayLike<number>,
  positions: Float32Array,
): readonly [number, number] | null {
  const known = KNOWN.get(rows) ?? new WeakMap();
  KNOWN.set(rows, known);
  if (!known.has(positions)) known.set(positions, medians(rows, positions));
  return known.get(positions) ?? null;
}

function medians(rows: ArrayLike<number>, positions: Float32Array): readonly [number, number] | null {
  const middle = [0, 1].map((axis) => {
    const values = Float32Array.from(rows, (row) => positions[2 * row + axis] ?? 0).sort();
    const at = (share: number) => values[Math.floor(share * (values.length - 1))] ?? 0;
    return at(0.75) - at(0.25) <= TOGETHER ? at(0.5) : null;
  });
  const [x = null, y = null] = middle;
  return x === null || y === null ? null : [x, y];
}

/** Names of the clusters that are told by their rows: they lie wherever these do, in any layout. */
export function namesOfOwn(
  groups: readonly Group[],
  positions: Float32Array,
  camera: Camera,
  side: number,
  off: readonly string[] = [],
): Caption[] {
  if (side * camera.k > LARGE) return [];
  return groups
    .filter(({ id }) => !off.includes(id))
    .flatMap(({ label, rows }) => {
      const middle = rows && middleOfRows(rows, positions);
      return middle
        ? [{ text: label, x: middle[0], y: middle[1], level: 0, anchor: "top", of: "hotspot" } as const]
        : [];
    });
}

/** Captions in the order in which they are tried; `side` is that of a picture in map units, `off` the ids of groups that are hidden. */
export function namesOnMap(
  groups: readonly Group[],
  regions: readonly Group[],
  camera: Camera,
  side: number,
  off: readonly string[] = [],
): Caption[] {
  if (side * camera.k > LARGE) return [];
  // A number tells nothing on the map: a region without a name is told by its hotspots.
  const wide = regions.map(
    ({ bounds, named }) => !named || (bounds !== null && (bounds.x1 - bounds.x0) * camera.k > WIDE),
  );
  const coarse = regions
    .filter(({ id }, place) => !wide[place] && !off.includes(id))
    .map((region) => captionOf(region, 0, "region"));
  const fine = groups
    .filter(({ id, named, bounds }) => named && bounds !== null && !off.includes(id))
    .filter(({ region }) => region < 0 || (wide[region] ?? true))
    .map((group) => captionOf(group, 1, "hotspot"));
  return [...coarse, ...fine];
}

/** A path of SVG around a group, in CSS pixels; empty where its outline is not known. */
export function pathOf(
  outline: Group["outline"],
  toScreen: (x: number, y: number) => readonly [number, number],
): string {
  const place = ([x = 0, y = 0]: readonly number[]) =>
    toScreen(x, y)
      .map((value) => value.toFixed(1))
      .join(" ");
  return outline.map((ring) => `M${ring.map(place).join("L")}Z`).join("");
}
