/**
 * A reader's own clusters in a link, so that others see them by their names: mark:id:rows:name, where the mark is of the table that the
 * rows are of. What a link brings is shown beside the reader's own and never put in their place.
 */
import { type Group, LONGEST_LABEL, OWN } from "./groups";
import { decodeRows, encodeRows, maskOf, rowsOf } from "./selection";

/** A cluster that a link brings. */
export interface Linked {
  readonly id: string;
  readonly label: string;
  readonly rows: Int32Array;
}

/** Servers and messengers cut long addresses: characters of all clusters together, and how many there may be. */
const LONGEST = 1500;
const MOST = 20;
const ID = /^[0-9A-Za-z-]{1,64}$/;

/** Texts for the address, and the labels of those for which it has no room. */
export function writeLinked(
  groups: readonly Group[],
  mark: string,
  count: number,
): { texts: string[]; left: string[] } {
  const texts: string[] = [];
  const left: string[] = [];
  let length = 0;
  for (const { id, label, rows } of groups) {
    if (!id.startsWith(OWN) || !rows) continue;
    const text = short(rows) ? `${mark}:${id.slice(OWN.length)}:${encode(rows, count)}:${label}` : null;
    const size = text === null ? Number.POSITIVE_INFINITY : encodeURIComponent(text).length;
    if (text !== null && length + size <= LONGEST && texts.length < MOST) {
      texts.push(text);
      length += size;
    } else left.push(label);
  }
  return { texts, left };
}

/** What a link brings, whoever wrote it; `strange` where some of it is of another table. What is no such text is left out. */
export function readLinked(
  texts: readonly string[],
  mark: string,
  count: number,
): { linked: Linked[]; strange: boolean } {
  const linked = new Map<string, Linked>();
  let strange = false;
  for (const text of texts.slice(0, MOST)) {
    const [, of, key = "", rows = "", name = ""] = /^([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text) ?? [];
    const label = name.trim().replace(/\s+/g, " ").slice(0, LONGEST_LABEL);
    if (text.length > LONGEST || !ID.test(key) || label === "") continue;
    const mask = of === mark ? decodeRows(rows, count) : null;
    strange ||= of !== mark;
    const id = OWN + key;
    if (mask && !linked.has(id)) linked.set(id, { id, label, rows: rowsOf(mask) });
  }
  return { linked: [...linked.values()].filter(({ rows }) => rows.length > 0), strange };
}

/** Whether rows could be written in the room that there is: each run takes two characters or more. */
function short(rows: ArrayLike<number>): boolean {
  let runs = 0;
  for (let at = 0; at < rows.length && runs <= LONGEST / 2; at++)
    if (rows[at] !== (rows[at - 1] ?? -1) + 1) runs += 1;
  return runs <= LONGEST / 2;
}

function encode(rows: Iterable<number>, count: number): string {
  return encodeRows(maskOf(count, rows));
}
