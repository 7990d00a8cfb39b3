/** The tour of the hotspots, the place in a story, and where a kiosk goes next. */
import type { Slide, Story } from "../format/stories";
import type { Group } from "./groups";

/** Where one is in a story: its number from 1 or "tour", and the slide from 0. */
export interface Told {
  readonly story: string;
  readonly slide: number;
}

export const TOUR = "tour";

/** "2.3" is the third slide of the second story. */
export function readTold(text: string | null): Told | null {
  const found = /^(tour|[1-9]\d{0,3})\.([1-9]\d{0,3})$/.exec(text ?? "");
  return found ? { story: found[1] ?? "", slide: Number(found[2]) - 1 } : null;
}

export function writeTold({ story, slide }: Told): string {
  return `${story}.${slide + 1}`;
}

/** A slide for each group; `textOf` says what is told of it. */
export function tourOf(title: string, groups: readonly Group[], textOf: (group: Group) => string): Story {
  const slides = groups.map(
    (group): Slide => ({
      title: group.label,
      text: textOf(group),
      view: null,
      hotspot: group.id,
      item: null,
    }),
  );
  return { title, slides };
}

/** A place that a kiosk goes to: a hotspot, or a picture where there are none. */
export type Stop = { readonly hotspot: string } | { readonly row: number };

/** Pictures that a kiosk shows where there are no hotspots. */
const PICTURES = 24;

/** All stops, in their order; every one a while. */
export function stopsOf(groups: readonly Group[], count: number): Stop[] {
  if (groups.length > 0) return groups.map(({ id }) => ({ hotspot: id }));
  const stops = Math.min(PICTURES, count);
  return Array.from({ length: stops }, (_, place) => ({ row: Math.floor(((place + 0.5) * count) / stops) }));
}

const SECONDS = 10;
const [LEAST, MOST] = [2, 600];

/** Seconds at each stop that an address asks for: "1" for a kiosk as it is meant, more for so many; null for none. */
export function kioskSeconds(text: string | null): number | null {
  if (text === null) return null;
  const seconds = Number(text);
  if (text === "1" || text === "" || !Number.isFinite(seconds)) return SECONDS;
  return seconds <= 0 ? null : Math.min(MOST, Math.max(LEAST, seconds));
}
