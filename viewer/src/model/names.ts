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
