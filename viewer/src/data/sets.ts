/** The rows of hotspots that a person made or removed. */
import type { Hotspots } from "../format/manifest";
import type { Sets } from "../model/groups";
import { fetchArray } from "./fetch";

/** Null where nobody has arranged the hotspots. */
export async function fetchSets({ edited }: Hotspots): Promise<Sets | null> {
  if (!edited) return null;
  const [rows, ends] = await Promise.all([fetchArray(edited.rows, "u32"), fetchArray(edited.ends, "u32")]);
  return { rows, ends };
}
