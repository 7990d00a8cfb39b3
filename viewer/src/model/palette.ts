/** A colour for each row by one of its columns, and the legend that tells them. */
import type { Codes, Indexed, Numbers } from "./columns";

/** Okabe and Ito (2008), "Color Universal Design", and two more; told apart with any colour sight. */
const NAMES = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
  "#8c6bb1",
  "#8c510a",
];
const OTHERS = "#8f8f8f";
/** Viridis (van der Walt and Smith 2015) at equal steps. */
const STEPS = ["#440154", "#443983", "#31688e", "#21918c", "#35b779", "#90d743", "#fde725"];

export interface LegendEntry {
  /** A name, or null for all others. */
  readonly name: string | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly colour: string;
  readonly count: number;
}

export interface Inks {
  /** Per row: 0 for none, else 1 + the place in the legend. */
  readonly inks: Uint8Array;
  readonly legend: readonly LegendEntry[];
}

/** The most colours that a legend has. */
export const MOST_INKS = NAMES.length + 1;

export function canInk({ values }: Indexed): boolean {
  return values.kind !== "texts";
}

export function inksOf(column: Indexed, count: number): Inks | null {
  const { values } = column;
  if (values.kind === "codes") return nameInks(values, count);
  return values.kind === "numbers" ? numberInks(values) : null;
}

function nameInks({ names, starts, codes }: Codes, count: number): Inks {
  const counts = new Uint32Array(names.length);
  for (let row = 0; row < count; row++) {
    const at = starts[row] ?? 0;
    if ((starts[row + 1] ?? 0) > at) counts[codes[at] ?? 0] = (counts[codes[at] ?? 0] ?? 0) + 1;
  }
  const order = [...names.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const shown = order.slice(0, NAMES.length).filter((code) => (counts[code] ?? 0) > 0);
  const inkOf = new Map(shown.map((code, place) => [code, place + 1]));
  const inks = new Uint8Array(count);
  let others = 0;
  for (let row = 0; row < count; row++) {
    const at = starts[row] ?? 0;
    if ((starts[row + 1] ?? 0) <= at) continue;
    inks[row] = inkOf.get(codes[at] ?? 0) ?? shown.length + 1;
    if (inks[row] === shown.length + 1) others += 1;
  }
  const legend = shown.map((code, place) =>
    entry(names[code] ?? "", NAMES[place] ?? OTHERS, counts[code] ?? 0),
  );
  return { inks, legend: others > 0 ? [...legend, entry(null, OTHERS, others)] : legend };
}

function entry(name: string | null, colour: string, count: number): LegendEntry {
  return { name, low: null, high: null, colour, count };
}

/** Steps that hold about equally many rows each, so that one outlier does not take all the colours. */
function numberInks({ values }: Numbers): Inks {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const edges = [...new Set(STEPS.map((_, step) => at(step / STEPS.length)))];
  const counts = new Uint32Array(edges.length);
  const inks = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    let step = edges.length - 1;
    while (step > 0 && value < (edges[step] ?? 0)) step -= 1;
    inks[row] = step + 1;
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const whole = sorted.every(Number.isInteger);
  const last = sorted[sorted.length - 1] ?? 0;
  const highOf = (next: number | undefined) => (next === undefined ? last : whole ? next - 1 : next);
  const spread = edges.length > 1 ? (STEPS.length - 1) / (edges.length - 1) : 0;
  const legend = edges.map((low, step) => ({
    name: null,
    low,
    high: highOf(edges[step + 1]),
    colour: STEPS[Math.round(step * spread)] ?? OTHERS,
    count: counts[step] ?? 0,
  }));
  return { inks, legend };
}
