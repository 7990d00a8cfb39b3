/** data/manifest.json, format version 1: its types, and the check that turns unknown JSON into them (docs/format.md). */
import { count, finite, flag, list, nullable, oneOf, positive, type Reader, record, text } from "./check";
import { FormatError } from "./errors";

export const VERSION = 1;

export type Dtype = "u8" | "u16" | "u32" | "i32" | "f32" | "f64";

export interface FileRef {
  file: string;
  bytes: number;
  digest: string;
}
export interface ArrayRef extends FileRef {
  dtype: Dtype;
  shape: number[];
}
/** An array of positions, and the same in 65,536 steps, for a first view of many. */
export interface PositionsRef extends ArrayRef {
  coarse: ArrayRef | null;
}
export interface TableRef extends FileRef {
  rows: number;
}

export type ColumnType = "text" | "number" | "date" | "category" | "tags" | "link";

export interface Column {
  name: string;
  label: string;
  type: ColumnType;
  role: string | null;
}

export interface Quality {
  trustworthiness: number | null;
  neighbours_kept: number | null;
  sample: number | null;
  /** How far pictures moved from the map to be without overlaps, as shares of its width. */
  /** Distance preservation quality: 1 keeps all distances, 0 none. */
  dpq16: number | null;
  moved_median: number | null;
  moved_most: number | null;
}

export interface LinesRef {
  points: ArrayRef;
  ends: ArrayRef;
}

/** Of a map: its neighbours, itself counted, and the least distance of points. */
export interface Parameters {
  n_neighbors: number;
  min_dist: number;
}

export interface Layout {
  name: string;
  label: string;
  kind: "map" | "grid";
  positions: PositionsRef;
  /** Side of the square into which a picture is fitted, in map units. */
  cell: number;
  quality: Quality | null;
  /** The model whose features made it; null where none did. */
  model: string | null;
  /** What it goes by: layouts of one arrangement are variants of it. */
  arrangement: string | null;
  /** The columns that it is made from. */
  columns: string[] | null;
  unit: string | null;
  /** For each row the share, of 255, of the pictures most like it that lie around it. */
  near: ArrayRef | null;
  labels: TableRef | null;
  lines: LinesRef | null;
  /** What happened in which year. */
  events: TableRef | null;
  /** Of a map that has variants, and of these. */
  parameters: Parameters | null;
  /** Of a variant the name of its map. */
  variant_of: string | null;
  /** Of a map that is drawn by what a person says of the pictures: the column, and how much it counts. */
  supervised: { column: string; weight: number } | null;
  /** A grid as one large picture. */
  deepzoom: DeepZoom | null;
}

/** `dzi`: path of a Deep Zoom Image; `mosaic`: the same in a single file. */
export interface DeepZoom {
  dzi: string;
  mosaic: { file: string; width: number; height: number } | null;
}

export interface Level {
  cell: number;
  pages: FileRef[];
}

export interface Atlas {
  page: number;
  format: string;
  /** Slots, those of images that are gone too; null where there is one for each image. */
  count: number | null;
  slots: ArrayRef;
  levels: Level[];
}

export interface Hotspot {
  id: string;
  label: string;
  count: number;
  /** The row of the medoid. */
  item: number;
  centre: number[];
  bounds: number[];
  /** Closed rings of points around most members; older sites have none. */
  outline: number[][][] | null;
  /** Whether its label is a name, and no number; older sites do not say. */
  named: boolean | null;
  /** The place of its region in the list of regions, or -1. */
  region: number | null;
  /** Words that a person gave it. */
  tags: string[] | null;
}

/** The hotspots of one map. */
export interface Hotspots {
  /** The name of that map. */
  layout: string;
  /** The place in the list of each row's hotspot, or -1. */
  members: ArrayRef;
  list: Hotspot[];
  /** The coarse level, where there is one. */
  regions: { members: ArrayRef; list: Hotspot[] } | null;
  /** Where a person arranged them: rows that `members` does not tell, of those listed and then of those removed. */
  edited: EditedRef | null;
}

export interface EditedRef {
  rows: ArrayRef;
  /** Where the rows of each end. */
  ends: ArrayRef;
  removed: { id: string; label: string }[];
}

/** The IIIF image services of the rows. */
export interface ServicesRef {
  records: FileRef;
  ends: ArrayRef;
  /** Origins of the services, which the page may ask. */
  hosts: string[];
}

export interface Manifest {
  title: string;
  description: string;
  counts: { items: number; images: number; shards: number; problems: number };
  table: TableRef;
  columns: Column[];
  colours: ArrayRef;
  sizes: ArrayRef;
  layouts: Layout[];
  atlas: Atlas;
  /** The rows most like each row, nearest first. */
  neighbours: ArrayRef | null;
  /** Of further models; older sites have none. */
  more_neighbours: { model: string; rows: ArrayRef }[] | null;
  /** The first row of each row's stack of near-duplicates. */
  stacks: ArrayRef | null;
  hotspots: Hotspots | null;
  /** Those of the maps of further models. */
  more_hotspots: Hotspots[] | null;
  problems: TableRef | null;
  pictures: { path: string; longest_side: number; bytes: number };
  model: { name: string; version: string; dimensions: number; description: string };
  vectors: { components: number; explained_variance: number } | null;
  services: ServicesRef | null;
  /** The list of the files of an index of words, where there are too many rows to search the table itself. */
  search: FileRef | null;
  /** The table in parts of so many rows, and the list of their files. */
  parts: { rows: number; list: FileRef } | null;
  stories: FileRef | null;
  /** The column that says what is on a picture that has no title. */
  alt: string | null;
  look: Look | null;
  /** Of the collection as a whole; null where it says nothing. */
  rights: Rights | null;
  /** What is shown first, as an address has it after its #; empty or null for the first layout as a whole. */
  opening: string | null;
}

/** Who is to be named, and what may be done with pictures; empty where nothing is said. */
export interface Rights {
  readonly credit: string;
  readonly licence: string;
  /** Where the licence can be read. */
  readonly address: string;
}

/** What a collection gives its page. */
export interface Look {
  logo: (FileRef & { width: number; height: number }) | null;
  /** Colours on light ground and on dark, #rrggbb. */
  accent: { light: string; dark: string } | null;
}

/** A path below the site's root: never absolute, never above it, never on another server. */
const sitePath: Reader<string> = (value, where) => {
  const path = text(value, where);
  const outside = path === "" || /^\/|\\|:/.test(path) || path.split("/").includes("..");
  if (outside) throw new FormatError(where, "a path below the site's root", value);
  return path;
};

const colour: Reader<string> = (value, where) => {
  const found = text(value, where);
  if (!/^#[0-9a-f]{6}$/i.test(found)) throw new FormatError(where, "a colour like #a8441b", value);
  return found;
};

/** Versions and the like may be written as a number or as text. */
const label: Reader<string> = (value, where) => (typeof value === "number" ? `${value}` : text(value, where));

const fileRef = { file: sitePath, bytes: count, digest: text };
const dtype = oneOf<Dtype>("u8", "u16", "u32", "i32", "f32", "f64");

const file = record<FileRef>(fileRef);
const table = record<TableRef>({ ...fileRef, rows: count });
const arrayRef = { ...fileRef, dtype, shape: list(count) };
const array = record<ArrayRef>(arrayRef);
const positions = record<PositionsRef>({ ...arrayRef, coarse: nullable(array) });

const column = record<Column>({
  name: text,
  label: text,
  type: oneOf<ColumnType>("text", "number", "date", "category", "tags", "link"),
  role: nullable(text),
});

const quality = record<Quality>({
  trustworthiness: nullable(finite),
  neighbours_kept: nullable(finite),
  sample: nullable(count),
  dpq16: nullable(finite),
  moved_median: nullable(finite),
  moved_most: nullable(finite),
});

const layout = record<Layout>({
  name: text,
  label: text,
  kind: oneOf<"map" | "grid">("map", "grid"),
  positions,
  cell: positive,
  quality: nullable(quality),
  model: nullable(text),
  arrangement: nullable(text),
  columns: nullable(list(text)),
  unit: nullable(text),
  near: nullable(array),
  labels: nullable(table),
  events: nullable(table),
  lines: nullable(record<LinesRef>({ points: array, ends: array })),
  parameters: nullable(record<Parameters>({ n_neighbors: count, min_dist: finite })),
  variant_of: nullable(text),
  supervised: nullable(record({ column: text, weight: finite })),
  deepzoom: nullable(
    record<DeepZoom>({
      dzi: sitePath,
      mosaic: nullable(record({ file: sitePath, width: positive, height: positive })),
    }),
  ),
});

const hotspot = record<Hotspot>({
  id: text,
  label: text,
  count,
  item: count,
  centre: list(finite),
  bounds: list(finite),
  outline: nullable(list(list(list(finite)))),
  named: nullable(flag),
  region: nullable(finite),
  tags: nullable(list(text)),
});

const hotspots = record<Hotspots>({
  layout: text,
  members: array,
  list: list(hotspot),
  regions: nullable(record({ members: array, list: list(hotspot) })),
  edited: nullable(
    record<EditedRef>({ rows: array, ends: array, removed: list(record({ id: text, label: text })) }),
  ),
});

const manifest = record<Manifest>({
  title: text,
  description: text,
  counts: record({ items: count, images: count, shards: count, problems: count }),
  table,
  columns: list(column),
  colours: array,
  sizes: array,
  layouts: list(layout),
  atlas: record<Atlas>({
    page: positive,
    format: text,
    count: nullable(count),
    slots: array,
    levels: list(record<Level>({ cell: positive, pages: list(file) })),
  }),
  neighbours: nullable(array),
  more_neighbours: nullable(list(record({ model: text, rows: array }))),
  stacks: nullable(array),
  hotspots: nullable(hotspots),
  more_hotspots: nullable(list(hotspots)),
  problems: nullable(table),
  pictures: record({ path: sitePath, longest_side: positive, bytes: count }),
  model: record({ name: text, version: label, dimensions: count, description: text }),
  vectors: nullable(record({ components: count, explained_variance: finite })),
  services: nullable(record<ServicesRef>({ records: file, ends: array, hosts: list(text) })),
  search: nullable(file),
  parts: nullable(record({ rows: positive, list: file })),
  alt: nullable(text),
  look: nullable(
    record<Look>({
      logo: nullable(record({ ...fileRef, width: positive, height: positive })),
      accent: nullable(record({ light: colour, dark: colour })),
    }),
  ),
  rights: nullable(record<Rights>({ credit: text, licence: text, address: text })),
  opening: nullable(text),
  stories: nullable(file),
});

export { array as arrayOf, table as tableOf };

function requireShape(ref: ArrayRef, where: string, type: Dtype, shape: number[]): void {
  if (ref.dtype === type && ref.shape.join() === shape.join()) return;
  throw new FormatError(where, `${type} [${shape.join(", ")}]`, `${ref.dtype} [${ref.shape.join(", ")}]`);
}

function requireSets({ rows, ends, removed }: EditedRef, listed: number, where: string): void {
  requireShape(rows, `${where}, edited rows`, "u32", [rows.shape[0] ?? 0]);
  requireShape(ends, `${where}, edited ends`, "u32", [listed + removed.length]);
}

function requireConsistent(site: Manifest): void {
  const n = site.counts.items;
  requireShape(site.colours, "colours", "u8", [n, 3]);
  requireShape(site.sizes, "sizes", "u32", [n, 2]);
  requireShape(site.atlas.slots, "atlas.slots", "u32", [n]);
  for (const { name, positions, near, lines } of site.layouts) {
    if (near) requireShape(near, `layout ${name}.near`, "u8", [n]);
    requireShape(positions, `layout ${name}`, "f32", [n, 2]);
    if (positions.coarse) requireShape(positions.coarse, `layout ${name}, coarse`, "u16", [n, 2]);
    if (!lines) continue;
    requireShape(lines.points, `layout ${name}.lines.points`, "f32", [lines.points.shape[0] ?? 0, 2]);
    requireShape(lines.ends, `layout ${name}.lines.ends`, "u32", [lines.ends.shape[0] ?? 0]);
  }
  const names = new Set(site.layouts.map(({ name }) => name));
  if (names.size < site.layouts.length) throw new FormatError("layouts", "names of their own", [...names]);
  if (site.layouts.length === 0) throw new FormatError("layouts", "at least one layout", site.layouts);
  for (const { model, rows } of neighboursOf(site))
    requireShape(rows, `neighbours by ${model}`, "u32", [n, rows.shape[1] ?? 0]);
  if (site.services) requireShape(site.services.ends, "services.ends", "u32", [n]);
  if (site.stacks) requireShape(site.stacks, "stacks", "u32", [n]);
  for (const set of hotspotsOf(site)) {
    requireShape(set.members, `hotspots of ${set.layout}`, "i32", [n]);
    if (set.edited) requireSets(set.edited, set.list.length, `hotspots of ${set.layout}`);
    for (const { id, item, bounds } of set.list) {
      if (item >= n) throw new FormatError(`hotspot ${id}.item`, `a row below ${n}`, item);
      if (bounds.length !== 4) throw new FormatError(`hotspot ${id}.bounds`, "four numbers", bounds);
    }
  }
}

/** The hotspots of all maps, the first model's first. */
export function hotspotsOf(site: Manifest): Hotspots[] {
  return [...(site.hotspots ? [site.hotspots] : []), ...(site.more_hotspots ?? [])];
}

/** The neighbours by each model, the first model's first. */
export function neighboursOf(site: Manifest): { model: string; rows: ArrayRef }[] {
  const first = site.neighbours ? [{ model: site.model.name, rows: site.neighbours }] : [];
  return [...first, ...(site.more_neighbours ?? [])];
}

/** A manifest whose files lie below another address; its places on the page's own server are relative to the page. */
export function rooted(site: Manifest, root: string): Manifest {
  if (root === "") return site;
  const moved = movedTo(root, site) as Manifest;
  return { ...moved, pictures: { ...site.pictures, path: root + site.pictures.path } };
}

/** Every reference to a file, wherever it stands. */
function movedTo(root: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => movedTo(root, one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === "file" && typeof one === "string" ? root + one : movedTo(root, one),
    ]),
  );
}

/** Check parsed JSON against the format; throws FormatError. The name and version come first, for the clearest message. */
export function readManifest(json: unknown): Manifest {
  const head = record<{ format: string; version: number }>({ format: text, version: count })(
    json,
    "manifest",
  );
  if (head.format !== "pixplot-site") throw new FormatError("manifest.format", `"pixplot-site"`, head.format);
  if (head.version !== VERSION) throw new FormatError("manifest.version", `version ${VERSION}`, head.version);
  const site = manifest(json, "manifest");
  requireConsistent(site);
  return site;
}
