/** Positions of a layout: coarse ones, half as many bytes, where the site has them, and the exact ones. */
import type { PositionsRef } from "../format/manifest";
import { fetchArray } from "./fetch";

/** 0 to 65,535 are -1 to 1. */
export function spread(coarse: Uint16Array): Float32Array {
  const out = new Float32Array(coarse.length);
  for (let at = 0; at < out.length; at++) out[at] = (coarse[at] ?? 0) / 32767.5 - 1;
  return out;
}

/** The positions that come soonest; `exact` tells whether they are the exact ones. */
export async function fetchPositions(
  ref: PositionsRef,
): Promise<{ positions: Float32Array; exact: boolean }> {
  if (!ref.coarse) return { positions: await fetchArray(ref, "f32"), exact: true };
  return { positions: spread(await fetchArray(ref.coarse, "u16")), exact: false };
}
