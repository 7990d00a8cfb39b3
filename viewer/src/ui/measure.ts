/** How wide captions are: the browser is asked once for each text. */
import { LINE } from "../model/captions";
import { type Event, headOf, type Size } from "../model/events";

const WIDEST = 220;
/** Room for the rounding of letters. */
const MARGIN = 2;
const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

const FONTS = { label: "13px", hotspot: "600 13px", region: "600 16px", event: "12.5px" };

/** Of an event, as Marks.svelte writes it: its title in one line, its text in a few. */
const EVENT = { widest: 210, line: 17, most: 9 };

/** Size of an event in CSS pixels; `whole`: with its text. */
export function eventSize(event: Event, whole: boolean): Size {
  const title = captionWidth(headOf(event), "hotspot");
  if (!whole) return { width: title, height: LINE };
  // A line is rarely full: words are not broken.
  const lines = event.text
    .split("\n")
    .reduce((sum, part) => sum + Math.ceil((1.12 * widthOf(part, "event")) / EVENT.widest), 0);
  return { width: EVENT.widest, height: LINE + EVENT.line * Math.min(EVENT.most, lines) };
}

/** Width of a caption in CSS pixels, as Marks.svelte writes it; longer ones are cut. */
export function captionWidth(text: string, kind: "label" | "hotspot" | "region"): number {
  return Math.min(WIDEST, widthOf(text, kind));
}

function widthOf(text: string, kind: keyof typeof FONTS): number {
  const key = `${kind} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return 8 * text.length;
  pen.font = `${FONTS[kind]} ${getComputedStyle(document.body).fontFamily}`;
  const width = Math.ceil(pen.measureText(text).width) + MARGIN;
  known.set(key, width);
  return width;
}
