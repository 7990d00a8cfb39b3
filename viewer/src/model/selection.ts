/** Sets of rows as masks of one byte per row, 1 for a member. */

export type How = "replace" | "add" | "subtract";

export function combined(base: Uint8Array, more: Uint8Array, how: How): Uint8Array {
  if (how === "replace") return more;
  if (how === "add") return base.map((member, row) => member | (more[row] ?? 0));
  return base.map((member, row) => member & (1 - (more[row] ?? 0)));
}

/** All others; `among` (1 per row that counts) or null for all rows. */
export function inverted(base: Uint8Array, among: Uint8Array | null): Uint8Array {
  return base.map((member, row) => (among ? (among[row] ?? 0) : 1) & (1 - member));
}

export function toggled(base: Uint8Array, row: number): Uint8Array {
  const mask = base.slice();
  mask[row] = 1 - (mask[row] ?? 0);
  return mask;
}

export function rowsOf(mask: Uint8Array): Int32Array {
  const rows = new Int32Array(sizeOf(mask));
  let at = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row]) rows[at++] = row;
  return rows;
}

export function sizeOf(mask: Uint8Array): number {
  let size = 0;
  for (const member of mask) size += member;
  return size;
}

export function maskOf(count: number, rows: Iterable<number>): Uint8Array {
  const mask = new Uint8Array(count);
  for (const row of rows) if (row >= 0 && row < count) mask[row] = 1;
  return mask;
}

/** Runs of members and their gaps in base 36, "gap.run-gap.run": short where members follow each other. */
export function encodeRows(mask: Uint8Array): string {
  const parts: string[] = [];
  let from = 0;
  for (let row = 0; row < mask.length; row++) {
    if (!mask[row]) continue;
    const start = row;
    while (mask[row + 1]) row += 1;
    const run = row - start + 1;
    parts.push((start - from).toString(36) + (run > 1 ? `.${run.toString(36)}` : ""));
    from = row + 1;
  }
  return parts.join("-");
}

/** Back again; null for what is no such text or names rows that are not there. */
export function decodeRows(text: string, count: number): Uint8Array | null {
  const mask = new Uint8Array(count);
  let at = 0;
  for (const part of text.split("-")) {
    const found = /^([0-9a-z]+)(?:\.([0-9a-z]+))?$/.exec(part);
    if (!found) return null;
    const start = at + Number.parseInt(found[1] ?? "", 36);
    at = start + (found[2] ? Number.parseInt(found[2], 36) : 1);
    if (!(at <= count)) return null;
    mask.fill(1, start, at);
  }
  return mask;
}
