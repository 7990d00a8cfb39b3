/** What a query means once it is known which rows each of its leaves means: masks of one byte per row, 1 where it holds. */

import { type Called, keyOf } from "./called";
import { spanOf } from "./columns";
import type { Clusters, Query } from "./query";

export type Text = Query & { readonly kind: "text" };
export type Compare = Query & { readonly kind: "compare" };
export type Leaf = Text | Compare;

/** `maskOf` makes a mask that nobody else holds; those of clusters come from outside. */
export function evaluate(
  count: number,
  query: Query,
  called: Called,
  maskOf: (leaf: Leaf) => Uint8Array,
): Uint8Array {
  switch (query.kind) {
    case "all":
      return new Uint8Array(count).fill(1);
    case "text":
    case "compare":
      return maskOf(query);
    case "clusters":
      return called.get(keyOf(query))?.slice() ?? new Uint8Array(count);
    case "not":
      return flipped(evaluate(count, query.part, called, maskOf));
    default:
      return query.parts
        .map((part) => evaluate(count, part, called, maskOf))
        .reduce(query.kind === "and" ? both : either);
  }
}

/** The leaves of a query, from left to right. */
export function leavesOf(query: Query): Leaf[] {
  if (query.kind === "text" || query.kind === "compare") return [query];
  return partsOf(query).flatMap(leavesOf);
}

/** The clusters that a query asks for. */
export function clustersIn(query: Query): Clusters[] {
  return query.kind === "clusters" ? [query] : partsOf(query).flatMap(clustersIn);
}

function partsOf(query: Query): readonly Query[] {
  if (query.kind === "not") return [query.part];
  return query.kind === "and" || query.kind === "or" ? query.parts : [];
}

/** The rows of a mask, first those that the other mask has too. */
export function ranked(mask: Uint8Array, best: Uint8Array): Int32Array {
  let size = 0;
  for (let row = 0; row < mask.length; row++) size += mask[row] ?? 0;
  const rows = new Int32Array(size);
  let at = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row] && best[row]) rows[at++] = row;
  for (let row = 0; row < mask.length; row++) if (mask[row] && !best[row]) rows[at++] = row;
  return rows;
}

/** Rows with low <= value < high. */
export function rangeMask(values: Float64Array, low: number, high: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (value >= low && value < high) mask[row] = 1;
  }
  return mask;
}

/** What a comparison asks for, [from, to); null where what was typed is no number, and no date. */
export function boundsFor({ by, low: from, high: to }: Compare, dates: boolean): [number, number] | null {
  const low = spanOf(from, dates);
  const high = spanOf(to, dates);
  if (by === "..") {
    if ((!low && from !== "") || (!high && to !== "")) return null;
    return [low?.[0] ?? -Infinity, high?.[1] ?? Infinity];
  }
  if (!low) return null;
  const bounds: Record<string, [number, number]> = {
    "<": [-Infinity, low[0]],
    "<=": [-Infinity, low[1]],
    ">": [low[1], Infinity],
    ">=": [low[0], Infinity],
    "=": low,
  };
  return bounds[by] ?? null;
}

/** A comparison with what is no number, as a search for it as a word. */
export function wordFor({ field, low }: Compare): Text {
  return { kind: "text", field, text: low, exact: false };
}

// Plain loops, on masks that nobody else holds: a call for each of a million rows takes several times as long.

function flipped(mask: Uint8Array): Uint8Array {
  for (let row = 0; row < mask.length; row++) mask[row] = 1 - (mask[row] ?? 0);
  return mask;
}

function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  for (let row = 0; row < a.length; row++) if (!b[row]) a[row] = 0;
  return a;
}

function either(a: Uint8Array, b: Uint8Array): Uint8Array {
  for (let row = 0; row < a.length; row++) if (b[row]) a[row] = 1;
  return a;
}
