/** How wide captions are: the browser is asked once for each text. */
const WIDEST = 220;
/** Room for the rounding of letters. */
const MARGIN = 2;
const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

/** Width of a caption in CSS pixels, as Marks.svelte writes it; longer ones are cut. */
export function captionWidth(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return Math.min(WIDEST, 8 * text.length);
  pen.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  const width = Math.min(WIDEST, Math.ceil(pen.measureText(text).width) + MARGIN);
  known.set(text, width);
  return width;
}
