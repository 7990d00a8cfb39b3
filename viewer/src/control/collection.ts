/** The site's files: each is fetched when it is first asked for, and once. What cannot be had is told, or left out. */
import { Kept } from "../data/cache";
import { fetchArray, fetchJson } from "../data/fetch";
import { fetchMarks } from "../data/marks";
import { Neighbours } from "../data/neighbours";
import { fetchPositions } from "../data/positions";
import { Services } from "../data/services";
import type { Rows } from "../data/table";
import type { Texts } from "../data/texts";
import { LoadError } from "../format/errors";
import { type ArrayRef, type Layout, type Manifest, neighboursOf } from "../format/manifest";
import type { Story } from "../format/stories";
import { altOf, picturePath, titleOf } from "../model/detail";
import type { Finder } from "../model/finder";
import type { Likes } from "../model/likes";
import type { Problem } from "../model/problems";
import type { Service } from "../model/service";
import type { Placed } from "../model/travel";
import type { Reader } from "../ui/state.svelte";

/** Share of its cell that a picture in a grid takes, so that neighbours do not touch. */
const GRID_SHARE = 0.93;
/** Roles of the columns that a list tells below the title. */
const NOTED = ["category", "year"];

/** Whom to tell of what came, and of what did not. */
export interface Listener {
  /** The texts are there, or more of them. */
  readable(texts: Texts): void;
  unreadable(): void;
  /** A layout is shown by coarse positions, or by ones without labels. */
  coarse(layout: Layout, placed: Placed): void;
  unlabelled(): void;
}

export interface Arrived {
  readonly placed: Placed;
  /** Whether the positions are the exact ones. */
  readonly exact: boolean;
}

/** A layout without its labels is still a layout. */
export async function fetchPlaced(layout: Layout, failed: () => void = () => undefined): Promise<Arrived> {
  const marks = fetchMarks(layout).catch(() => {
    failed();
    return null;
  });
  const { positions, exact } = await fetchPositions(layout.positions);
  const cell = layout.kind === "grid" ? layout.cell * GRID_SHARE : layout.cell;
  return { placed: { positions, cell, marks: await marks }, exact };
}

export class Collection {
  /** The texts; null until they are in. */
  texts: Texts | null = null;
  /** All are kept, and what failed may be asked for again. */
  readonly #layouts = new Kept<Placed>(Infinity, () => 1);
  readonly #members = new Kept<Int32Array>(Infinity, () => 1);
  readonly #near = new Map<string, Promise<Uint8Array>>();
  readonly #neighbours: ReadonlyMap<string, Neighbours>;
  readonly #services: Services | null;
  #stacks: Promise<Uint32Array | null> | null = null;
  #opened: Promise<void> | null = null;
  #finder: Promise<Finder | null> | null = null;
  #telling = 0;

  /** `first`: the layout that is there already. */
  constructor(
    readonly site: Manifest,
    first: { readonly layout: Layout; readonly placed: Placed },
    readonly listener: Listener,
  ) {
    void this.#layouts.get(first.layout.name, async () => first.placed);
    this.#neighbours = new Map(neighboursOf(site).map(({ model, rows }) => [model, new Neighbours(rows)]));
    this.#services = site.services ? new Services(site.services) : null;
  }

  // --- the texts ----------------------------------------------------------------------------------------------------

  /** Settles when the texts are in, or cannot be had. */
  open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** The parsing of tables is its own chunk: nothing on the first screen needs it. */
  async #open(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    try {
      const { openTexts } = await import("../data/texts");
      this.texts = await openTexts(this.site, () => this.#more());
    } catch {
      this.listener.unreadable();
    }
    if (this.texts) this.listener.readable(this.texts);
  }

  /** More texts are in: told once for all that come until the next frame. */
  #more(): void {
    cancelAnimationFrame(this.#telling);
    this.#telling = requestAnimationFrame(() => this.texts && this.listener.readable(this.texts));
  }

  /** The texts of some rows, or of all. Throws where they cannot be had. */
  async hold(rows: ArrayLike<number> | null): Promise<Rows> {
    await this.open();
    if (!this.texts) throw new LoadError(this.site.table.file, "the texts of the pictures", "none");
    return this.texts.hold(rows);
  }

  /** The row of each item that there is. */
  async rowsOf(items: readonly string[]): Promise<Map<string, number>> {
    await this.open();
    return (await this.texts?.rowsOf(items).catch(() => null)) ?? new Map();
  }

  /** What a list says of a row. */
  readerOf(table: Rows): Reader {
    const { columns, alt } = this.site;
    const reading = (row: number) => (column: string) => table.value(column, row);
    const noted = columns.filter(({ role }) => role !== null && NOTED.includes(role));
    return {
      title: (row) => titleOf(columns, reading(row)),
      alt: (row) => altOf(columns, alt, reading(row)) ?? titleOf(columns, reading(row)),
      picture: (row) => this.pictureOf(row, table),
      note: (row) =>
        noted
          .map(({ name }) => table.value(name, row))
          .filter((value) => value !== null && value !== undefined)
          .join(" · "),
    };
  }

  /** null while it is not known. */
  pictureOf(row: number, table: Rows): string | null {
    const image = table.value("image", row);
    return typeof image === "string" ? picturePath(this.site.pictures.path, image) : null;
  }

  /** What searches and filters; null without the texts. */
  finder(): Promise<Finder | null> {
    this.#finder ??= this.#openFinder();
    return this.#finder;
  }

  async #openFinder(): Promise<Finder | null> {
    const { columns, search: index, table } = this.site;
    const importing = import("../data/finder");
    if (index) {
      const file = new URL(index.file, document.baseURI).href;
      return (await importing).openFinder({ columns, index: { ...index, file }, count: table.rows });
    }
    await this.open();
    const bytes = this.texts?.bytes;
    return bytes ? (await importing).openFinder({ columns, bytes }) : null;
  }

  // --- places -------------------------------------------------------------------------------------------------------

  placed(layout: Layout): Promise<Placed> {
    return this.#layouts.get(layout.name, async () => {
      const { placed, exact } = await fetchPlaced(layout, () => this.listener.unlabelled());
      if (!exact) this.listener.coarse(layout, placed);
      return placed;
    });
  }

  /** The place in its list of each row's hotspot, or region. */
  members(ref: ArrayRef): Promise<Int32Array> {
    return this.#members.get(ref.file, () => fetchArray(ref, "i32"));
  }

  /** Of each row, the share of its true neighbours around it on a layout, 255 for all; null where it is not known. */
  async near(layout: Layout): Promise<Uint8Array | null> {
    if (!layout.near) return null;
    const known = this.#near.get(layout.name) ?? fetchArray(layout.near, "u8");
    this.#near.set(layout.name, known);
    return known.catch(() => null);
  }

  // --- of single pictures -------------------------------------------------------------------------------------------

  /** The rows most like a row by each model; empty where the site has none. */
  async similar(row: number): Promise<Likes[]> {
    const asked = Array.from(this.#neighbours, async ([model, neighbours]) => {
      const found = await neighbours.of(row);
      return { model, rows: found.filter((other) => other < this.site.counts.items) };
    });
    return Promise.all(asked);
  }

  /** Which rows show the same, as `matesOf` reads it; null where it is not known. */
  async stacks(): Promise<Uint32Array | null> {
    if (!this.site.stacks) return null;
    this.#stacks ??= fetchArray(this.site.stacks, "u32").catch(() => null);
    return this.#stacks;
  }

  /** Without it the site's own picture stays, which is no reason to trouble the reader. */
  async service(row: number): Promise<Service | null> {
    return (await this.#services?.of(row).catch(() => null)) ?? null;
  }

  async services(rows: Int32Array): Promise<Map<number, Service>> {
    return (await this.#services?.ofRows(rows)) ?? new Map();
  }

  /** What cannot be had may be asked for again. */
  async stories(): Promise<Story[]> {
    if (!this.site.stories) return [];
    const [json, { readStories }] = await Promise.all([
      fetchJson(this.site.stories),
      import("../format/stories"),
    ]);
    return readStories(json);
  }

  async problems(): Promise<Problem[] | null> {
    if (!this.site.problems) return null;
    const [{ fetchTable }, { PROBLEM_COLUMNS }] = await Promise.all([
      import("../data/table"),
      import("../model/problems"),
    ]);
    const table = await fetchTable(this.site.problems, PROBLEM_COLUMNS);
    return Array.from({ length: table.count }, (_, row) => {
      const cells = PROBLEM_COLUMNS.map((name) => [name, `${table.value(name, row) ?? ""}`]);
      return Object.fromEntries(cells) as Problem;
    });
  }
}
