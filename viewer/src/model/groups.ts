/** The hotspots as the reader has arranged them: those of the site, renamed, reordered or left out, and their own. */
import type { Hotspot, Hotspots, Layout } from "../format/manifest";
import type { Box } from "./camera";
import type { Linked } from "./linked";
import { maskOf } from "./selection";

export interface Group {
  readonly id: string;
  readonly label: string;
  /** Whether the label is a name, and no number. */
  readonly named: boolean;
  readonly count: number;
  /** The row of the medoid. */
  readonly item: number;
  /** Place in the site's list, which its members are told by; -1 for the reader's own. */
  readonly place: number;
  /** In the site's layout of hotspots; null for the reader's own. */
  readonly bounds: Box | null;
  /** Rings in that layout; empty where there are none. */
  readonly outline: readonly (readonly (readonly number[])[])[];
  /** Place of its region in the list of regions, or -1. */
  readonly region: number;
  /** Rows of the reader's own, and of those of a link; else null. */
  readonly rows: readonly number[] | Int32Array | null;
  /** Words that a person gave it. */
  readonly tags: readonly string[];
  /** It is one of the coarse level. */
  readonly coarse?: true;
  /** A link brought it; the reader's browser does not keep it. */
  readonly linked?: true;
}

/** Rows of groups that may share some: of the group at a place those from where the one before it ends. */
export interface Sets {
  readonly rows: Uint32Array;
  readonly ends: Uint32Array;
}

/** The site's hotspots of one map, and who is in which; null while that is not known. */
export interface Held {
  readonly set: Hotspots;
  readonly members: Int32Array | null;
  readonly sets: Sets | null;
  /** The place in its list of each row's region, where there are any. */
  readonly regions?: Int32Array | null;
}

/** A hotspot of the reader's own, by the table's column `item`, which stays when the collection grows. */
export interface Own {
  readonly id: string;
  readonly label: string;
  readonly items: readonly string[];
}

/** The id of the image of each of so many rows. */
export interface Images {
  readonly count: number;
  of(row: number): string;
}

/** What the reader changed; this is what is kept. */
export interface Edits {
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly removed: readonly string[];
  readonly order: readonly string[];
  readonly own: readonly Own[];
}

export const NO_EDITS: Edits = { labels: {}, tags: {}, removed: [], order: [], own: [] };
export const LONGEST_LABEL = 200;
/** Of one group; the workflow takes no more. */
const MOST_TAGS = 100;

/** How the id of a group begins that a reader made. */
export const OWN = "own-";

/** Kept edits as they were written; anything else, also from another version, is nothing. */
export function readEdits(text: string | null): Edits {
  try {
    const value = JSON.parse(text ?? "") as Partial<Edits>;
    const isText = (entry: unknown) => typeof entry === "string";
    // Edits of before there were any have none.
    const tags = value.tags ?? {};
    const right =
      Array.isArray(value.removed) &&
      value.removed.every(isText) &&
      Array.isArray(value.order) &&
      value.order.every(isText) &&
      Array.isArray(value.own) &&
      value.own.every((own) => isText(own.id) && isText(own.label) && Array.isArray(own.items)) &&
      typeof value.labels === "object" &&
      value.labels !== null &&
      Object.values(value.labels).every(isText) &&
      typeof tags === "object" &&
      Object.values(tags).every((words) => Array.isArray(words) && words.every(isText));
    return right ? ({ ...value, tags } as Edits) : NO_EDITS;
  } catch {
    return NO_EDITS;
  }
}

/** The hotspots of the model behind a layout; null for a layout of no model, which leaves them as they were. */
export function setFor(
  sets: readonly Hotspots[],
  layouts: readonly Layout[],
  layout: string,
): Hotspots | null {
  const modelOf = (wanted: string) => layouts.find(({ name }) => name === wanted)?.model ?? null;
  const model = modelOf(layout);
  return (model !== null && sets.find((set) => modelOf(set.layout) === model)) || null;
}

export function arranged(
  list: readonly Hotspot[],
  edits: Edits,
  rowOf: (item: string) => number | undefined,
  linked: readonly Linked[] = [],
): Group[] {
  // What the reader made, and the site has since taken up from their file, is the site's.
  const taken = new Set(list.map(({ id }) => id));
  const own = edits.own.filter(({ id }) => !taken.has(id));
  // A link that the reader wrote brings what they have.
  const had = new Set([...taken, ...edits.own.map(({ id }) => id)]);
  const brought = linked.filter(({ id }) => !had.has(id));
  const groups = [
    ...brought.map((one) => ({ ...ownGroup(one, one.rows), linked: true as const })),
    ...list.map(siteGroup),
    ...own.map((one) => ownOf(one, rowOf)),
  ];
  const kept = groups.filter((group) => group !== null && !edits.removed.includes(group.id)) as Group[];
  const place = new Map(edits.order.map((id, index) => [id, index]));
  // Those that were never moved follow in their own order.
  const rank = (group: Group) => place.get(group.id) ?? edits.order.length;
  return kept
    .map((group) => {
      const given = edits.labels[group.id];
      const tags = edits.tags[group.id] ?? group.tags;
      return given === undefined ? { ...group, tags } : { ...group, tags, label: given, named: true };
    })
    .sort((a, b) => rank(a) - rank(b));
}

export function siteGroup({ outline, region, named, ...told }: Hotspot, place: number): Group {
  const { id, label, count, item } = told;
  const [x0 = -1, y0 = -1, x1 = 1, y1 = 1] = told.bounds;
  const bounds = { x0, y0, x1, y1 };
  const drawn = { bounds, outline: outline ?? [], region: region ?? -1 };
  return { id, label, named: named ?? true, count, item, place, ...drawn, rows: null, tags: told.tags ?? [] };
}

export function regionGroup(region: Hotspot, place: number): Group {
  return { ...siteGroup(region, place), coarse: true };
}

function ownOf(own: Own, rowOf: (item: string) => number | undefined): Group | null {
  const rows = own.items.map(rowOf).filter((row) => row !== undefined);
  return rows.length > 0 ? ownGroup(own, rows) : null;
}

function ownGroup({ id, label }: Pick<Own, "id" | "label">, rows: readonly number[] | Int32Array): Group {
  return {
    id,
    label,
    named: true,
    count: rows.length,
    item: rows[0] ?? 0,
    place: -1,
    bounds: null,
    outline: [],
    region: -1,
    rows,
    tags: [],
  };
}

export function renamed(edits: Edits, id: string, label: string): Edits {
  const text = label.trim().slice(0, LONGEST_LABEL);
  return text === "" ? edits : { ...edits, labels: { ...edits.labels, [id]: text } };
}

/** The words of a line, between commas; none twice. */
export function tagsIn(line: string): string[] {
  const words = line.split(",").map((word) => word.trim().replace(/\s+/g, " ").slice(0, LONGEST_LABEL));
  return [...new Set(words.filter((word) => word !== ""))].slice(0, MOST_TAGS);
}

export function tagged(edits: Edits, id: string, line: string): Edits {
  return { ...edits, tags: { ...edits.tags, [id]: tagsIn(line) } };
}

export function without(edits: Edits, id: string): Edits {
  const own = edits.own.filter((group) => group.id !== id);
  return { ...edits, own, removed: [...edits.removed, id] };
}

/** Move a group by some places among those shown. */
export function moved(edits: Edits, shown: readonly Group[], id: string, by: number): Edits {
  const order = shown.map((group) => group.id);
  const from = order.indexOf(id);
  const to = Math.max(0, Math.min(order.length - 1, from + by));
  if (from < 0) return edits;
  order.splice(to, 0, ...order.splice(from, 1));
  return { ...edits, order };
}

/** A new group comes first. */
export function withOwn(edits: Edits, shown: readonly Group[], own: Own): Edits {
  return { ...edits, own: [...edits.own, own], order: [own.id, ...shown.map(({ id }) => id)] };
}

/** 1 for each row of a group, of `count` rows; null while its rows are not known. */
export function membersOf(group: Group, held: Held | null, count: number): Uint8Array | null {
  if (group.coarse) return maskAt(group.place, held?.regions ?? null);
  return group.rows ? maskOf(count, group.rows) : held && membersAt(group.place, held, count);
}

function maskAt(place: number, members: Int32Array | null): Uint8Array | null {
  return members && Uint8Array.from(members, (other) => (other === place ? 1 : 0));
}

function membersAt(place: number, { members, sets }: Held, count: number): Uint8Array | null {
  const own = setAt(place, sets);
  return own ? maskOf(count, own) : maskAt(place, members);
}

/** The rows of the hotspot at a place that `members` does not tell; null where that tells them. */
function setAt(place: number, sets: Sets | null): Uint32Array | null {
  const own = sets?.rows.subarray(sets.ends[place - 1] ?? 0, sets.ends[place] ?? 0);
  return own && own.length > 0 ? own : null;
}

/** The first of the groups of the site that has a row, and the row's place there, from 0; null where none has it. */
export function homeOf(
  row: number,
  shown: readonly Group[],
  { members, sets }: Held,
): { group: Group; index: number } | null {
  for (const group of shown.filter(({ rows }) => !rows)) {
    const own = setAt(group.place, sets);
    if (own ? own.includes(row) : members?.[row] === group.place)
      return { group, index: own ? own.indexOf(row) : countOf(group.place, members?.subarray(0, row)) };
  }
  return null;
}

function countOf(place: number, members: Int32Array = new Int32Array()): number {
  return members.reduce((found, other) => found + (other === place ? 1 : 0), 0);
}

/**
 * The file that a reader takes home (docs/format.md, "A reader's hotspots"): the groups shown, and those of the site that they, or
 * somebody before them, removed. Pictures are told by image, so that moving a file changes nothing.
 */
export function groupsFile(shown: readonly Group[], edits: Edits, held: Held | null, images: Images): string {
  const imagesOf = (mask: Uint8Array | null) => {
    const found = new Set<string>();
    for (let row = 0; row < images.count; row++) if (mask?.[row]) found.add(images.of(row));
    return [...found].sort();
  };
  const hotspots = shown.map((group) => ({
    id: group.id,
    label: group.label,
    ...(group.tags.length > 0 ? { tags: group.tags } : {}),
    images: imagesOf(membersOf(group, held, images.count)),
  }));
  const listed = held?.set.list ?? [];
  const removed = listed.flatMap(({ id, label }, place) =>
    edits.removed.includes(id) && !id.startsWith(OWN) ? [{ id, label, place }] : [],
  );
  const before = (held?.set.edited?.removed ?? []).map((one, index) => ({
    ...one,
    place: listed.length + index,
  }));
  const gone = [...before, ...removed].map(({ id, label, place }) => ({
    id,
    label,
    images: imagesOf(held && membersAt(place, held, images.count)),
  }));
  return `${JSON.stringify({ format: "pixplot-hotspots", version: 1, hotspots, removed: gone }, null, 1)}\n`;
}
