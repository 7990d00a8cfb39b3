/** How wide captions are: the browser is asked once for each text. */
const WIDEST = 220;
/** Room for the rounding of letters. */
const MARGIN = 2;
const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

const FONTS = { label: "13px", hotspot: "600 13px", region: "600 16px" };

/** Width of a caption in CSS pixels, as Marks.svelte writes it; longer ones are cut. */
export function captionWidth(text: string, kind: keyof typeof FONTS): number {
  const key = `${kind} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return Math.min(WIDEST, 8 * text.length);
  pen.font = `${FONTS[kind]} ${getComputedStyle(document.body).fontFamily}`;
  const width = Math.min(WIDEST, Math.ceil(pen.measureText(text).width) + MARGIN);
  known.set(key, width);
  return width;
}
