/** What happened in which year, below the columns of a layout by date: the titles that have room, and the texts where there is more. */
import type { Camera, Viewport } from "./camera";
import { toScreen } from "./camera";
import { apart, inView, type Laid, LINE } from "./captions";

export interface Event {
  readonly year: number;
  readonly title: string;
  readonly text: string;
  /** Where the label of its column hangs, in map units. */
  readonly x: number;
  readonly y: number;
}

/** An event on the screen, with its text or by its title alone. */
export interface Told extends Laid {
  readonly event: Event;
  readonly whole: boolean;
  readonly height: number;
}

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** More are never told at once. */
const MOST = 60;

/** The year and the title, as every language reads them. */
export function headOf({ year, title }: Event): string {
  return `${year < 0 ? `\u2212${-year}` : year}${title ? ` ${title}` : ""}`;
}

/**
 * The events that have room beside what is `taken`: first as many titles as lie apart, the earlier before the later; then, in the same
 * order, the texts below those titles that leave the others free.
 */
export function toldEvents(
  events: readonly Event[],
  taken: readonly Laid[],
  camera: Camera,
  view: Viewport,
  sizeOf: (event: Event, whole: boolean) => Size,
): Told[] {
  const lay = (event: Event, whole: boolean): Told => {
    const [x, y] = toScreen(camera, view, event.x, event.y);
    const { width, height } = sizeOf(event, whole);
    return { event, whole, left: x - width / 2, top: y + LINE, width, height };
  };
  const told: Told[] = [];
  const free = (one: Laid, others: readonly Laid[]) =>
    inView(one, view) && [...taken, ...others].every((other) => apart(one, other));
  for (const event of events) {
    const title = lay(event, false);
    if (told.length < MOST && free(title, told)) told.push(title);
  }
  for (const [place, { event }] of told.entries()) {
    if (!event.text) continue;
    const whole = lay(event, true);
    if (free(whole, told.toSpliced(place, 1))) told[place] = whole;
  }
  return told;
}
