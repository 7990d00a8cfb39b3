/** The view as SVG: the pictures as one picture, and above it names, outlines and the legend as shapes and texts that can be edited. */
import type { Shown } from "./captions";
import type { Area } from "./split";

/** What is written and drawn over the pictures of a map, in CSS pixels of the map. */
export interface Drawn {
  readonly area: Area;
  readonly captions: readonly { readonly shown: Shown; readonly text: string }[];
  /** An outline as an SVG path, or "". */
  readonly ring: string;
}

export interface View {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The pictures, as a PNG in base64. */
  readonly png: string;
  /** The maps, one or two. */
  readonly parts: readonly Drawn[];
  readonly legend: {
    readonly label: string;
    readonly entries: readonly { colour: string; label: string }[];
  } | null;
  readonly title: string;
  /** Ground, text and accent, as CSS colours. */
  readonly ground: string;
  readonly ink: string;
  readonly accent: string;
}

const LINE = 20;
const SWATCH = 12;

/** A text of a stranger inside of XML. Characters that XML has no room for are left out. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

export function toSvg(view: View): string {
  const { width, height, png, ground } = view;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${xml(view.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${xml(ground)}"/>`,
    `<image width="${width}" height="${height}" href="data:image/png;base64,${png}"/>`,
    ...view.parts.flatMap((part) => drawnOver(part, view)),
    ...legend(view),
    "</svg>",
  ].join("\n")}\n`;
}

/** Cut off at the map's edges, as on the page. */
function drawnOver({ area, captions, ring }: Drawn, { ground, ink, accent }: View): string[] {
  const { x, y, width, height } = area;
  const texts = captions.map(({ shown, text }) => {
    const { left, top, width: wide, caption } = shown;
    const weight = caption.of ? ' font-weight="600"' : "";
    const middle = (left + wide / 2).toFixed(1);
    return `<text x="${middle}" y="${(top + 15).toFixed(1)}" text-anchor="middle"${weight}>${xml(text)}</text>`;
  });
  return [
    `<svg x="${x}" y="${y}" width="${width}" height="${height}">`,
    ...(ring ? [`<path d="${xml(ring)}" fill="none" stroke="${xml(accent)}" stroke-width="2"/>`] : []),
    `<g font-family="system-ui, sans-serif" font-size="13" fill="${xml(ink)}" stroke="${xml(ground)}" stroke-width="3" paint-order="stroke">`,
    ...texts,
    "</g>",
    "</svg>",
  ];
}

function legend({ legend: told, height, ground, ink }: View): string[] {
  if (!told) return [];
  const top = height - (told.entries.length + 1) * LINE - 12;
  const rows = told.entries.map(({ colour, label }, place) => {
    const y = (place + 1) * LINE;
    return `<rect x="12" y="${y + 2}" width="${SWATCH}" height="${SWATCH}" fill="${xml(colour)}"/><text x="32" y="${y + 13}">${xml(label)}</text>`;
  });
  const size = `width="232" height="${(told.entries.length + 1) * LINE + 10}"`;
  return [
    `<g transform="translate(12 ${top})" font-family="system-ui, sans-serif" font-size="13" fill="${xml(ink)}">`,
    `<rect ${size} y="-4" fill="${xml(ground)}" fill-opacity="0.85"/>`,
    `<text x="12" y="13" font-weight="600">${xml(told.label)}</text>`,
    ...rows,
    "</g>",
  ];
}
