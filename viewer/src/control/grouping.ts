/** The hotspots: those of the site with the reader's changes, which stay in this browser. */
import type { ArrayRef, Hotspots } from "../format/manifest";
import { type Called, keyOf, NONE_CALLED, rowsCalled } from "../model/called";
import {
  arranged,
  type Edits,
  type Group,
  groupsFile,
  type Held,
  homeOf,
  membersOf,
  moved,
  NO_EDITS,
  OWN,
  type Own,
  readEdits,
  regionGroup,
  renamed,
  type Sets,
  tagged,
  withOwn,
  without,
} from "../model/groups";
import { type Linked, readLinked, writeLinked } from "../model/linked";
import type { Clusters } from "../model/query";
import { download, fileStem } from "../ui/download";
import { keep, readKept } from "../ui/kept";
import type { UiState } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import { note } from "./desk";

export interface Grouped {
  readonly ui: UiState;
  readonly count: number;
  /** Those shown first; null where the site has none. */
  readonly first: Hotspots | null;
  /** The mark of the table that rows are of. */
  readonly mark: string;
  /** Where the changes are kept: one place for each collection. */
  readonly key: string;
  /** The place in its list of each row's hotspot. */
  members(ref: ArrayRef): Promise<Int32Array>;
  /** The rows that `members` does not tell; null where there are none. */
  sets(set: Hotspots): Promise<Sets | null>;
  /** The texts of some rows, or of all. */
  hold(rows: ArrayLike<number> | null): Promise<{ value(column: string, row: number): unknown }>;
  /** The row of each item that there is. */
  rowsOf(items: readonly string[]): Promise<Map<string, number>>;
  /** There are others now, or they are called otherwise. */
  changed(): void;
}

export class Grouping {
  #edits: Edits;
  #set: Hotspots | null;
  #held: Held | null = null;
  #regions: readonly Group[] = [];
  /** Rows of the items in the reader's own. */
  #rows: ReadonlyMap<string, number> = new Map();
  /** What the address brings, and what is written into it. */
  #brought: readonly Linked[] = [];
  #linked: readonly string[] = [];
  /** Settles when it is known for the first time who is in which. */
  readonly #loaded: Promise<void>;
  #known: () => void = () => {};

  constructor(readonly on: Grouped) {
    this.#edits = readEdits(readKept(on.key));
    this.#set = on.first;
    this.#loaded = new Promise((known) => {
      this.#known = known;
    });
    this.show();
  }

  /** The layout whose places the site's hotspots have; null where there are none. */
  get layout(): string | null {
    return this.#set?.layout ?? null;
  }

  /** The coarse level of the site's hotspots; empty where there is none. */
  get regions(): readonly Group[] {
    return this.#regions;
  }

  /** Show the hotspots of another map; settles when their members are known, or cannot be had. */
  async use(set: Hotspots): Promise<void> {
    if (set === this.#set) return;
    this.#set = set;
    this.show();
    await this.load();
    this.on.changed();
  }

  load(): Promise<void> {
    const loading = this.#load();
    // A failure is told by whoever loads; whoever waits goes on with what there is.
    loading.catch(() => null).then(() => this.#known());
    return loading;
  }

  /** Without members the list still flies to its hotspots; it only lights nothing. */
  async #load(): Promise<void> {
    const set = this.#set;
    this.#held = null;
    const own = this.#edits.own.flatMap(({ items }) => items);
    const missing = () => null;
    const [rows, members, sets, regions] = await Promise.all([
      own.length > 0 ? this.on.rowsOf(own) : this.#rows,
      set && this.on.members(set.members).catch(missing),
      set && this.on.sets(set).catch(missing),
      set?.regions ? this.on.members(set.regions.members).catch(missing) : null,
    ]);
    this.#rows = rows;
    if (set && set === this.#set) this.#held = { set, members, sets, regions };
    this.show();
  }

  /** The rows of the hotspots that a search asks for; rejects where they cannot be had. */
  async called(wanted: readonly Clusters[]): Promise<Called> {
    if (wanted.length === 0) return NONE_CALLED;
    await this.#loaded;
    const { ui, count } = this.on;
    const groups = [...ui.hotspots, ...this.#regions];
    return new Map(
      wanted.map((one) => {
        const rows = rowsCalled(one, groups, count, (group) => this.maskOf(group));
        if (!rows) throw new Error(`the members of clusters called ${one.text} are not known`);
        return [keyOf(one), rows];
      }),
    );
  }

  /** Put the hotspots into the interface; again when the table is in, which tells what the reader's own hold. */
  show(): void {
    const { ui } = this.on;
    this.#regions = this.#set?.regions?.list.map(regionGroup) ?? [];
    ui.regions = this.#regions;
    const rowOf = (item: string) => this.#rows.get(item);
    ui.hotspots = arranged(this.#set?.list ?? [], this.#edits, rowOf, this.#brought);
    const { texts, left } = writeLinked(ui.hotspots, this.on.mark, this.on.count);
    this.#linked = texts;
    ui.unlinked = left;
    ui.hotspotsEdited = this.#edits !== NO_EDITS;
  }

  /** The reader's own, and those of a link, for the address. */
  get linked(): readonly string[] {
    return this.#linked;
  }

  /** Show the clusters that an address brings, and no others; whether it has some of another table. */
  bring(texts: readonly string[]): boolean {
    const { linked, strange } = readLinked(texts, this.on.mark, this.on.count);
    if (linked.length > 0 || this.#brought.length > 0) {
      this.#brought = linked;
      this.show();
    }
    return strange;
  }

  /** Make a cluster of a link the reader's own. */
  async keep(id: string): Promise<void> {
    const group = this.find(id);
    if (!group?.linked || !group.rows) return;
    const own = await this.#own(id, group.label, group.rows);
    // It stays where it is in the list.
    const order = this.on.ui.hotspots.map((one) => one.id);
    this.#change({ ...this.#edits, own: [...this.#edits.own, own], order });
    this.on.ui.announcement = strings.hotspotKept(group.label);
  }

  /** A hotspot of some rows, by their items. */
  async #own(id: string, label: string, rows: ArrayLike<number>): Promise<Own> {
    const texts = await this.on.hold(rows);
    const listed = Array.from(rows);
    const items = listed.map((row) => `${texts.value("item", row)}`);
    this.#rows = new Map([...this.#rows, ...items.map((item, place) => [item, listed[place] ?? 0] as const)]);
    return { id, label, items };
  }

  find(id: string | null): Group | null {
    const named = (group: Group) => group.id === id;
    return this.on.ui.hotspots.find(named) ?? this.#regions.find(named) ?? null;
  }

  maskOf(group: Group): Uint8Array | null {
    return membersOf(group, this.#held, this.on.count);
  }

  /** The site's hotspot of a row, and its place there, from 0; null where it is in none. */
  homeOf(row: number): { group: Group; index: number } | null {
    return this.#held && homeOf(row, this.on.ui.hotspots, this.#held);
  }

  rename(id: string, label: string): void {
    this.#change(renamed(this.#edits, id, label));
  }

  tag(id: string, line: string): void {
    this.#change(tagged(this.#edits, id, line));
  }

  /** The pictures of all hotspots that have a tag; null where they are not known. */
  taggedWith(tag: string): Uint8Array | null {
    const { ui, count } = this.on;
    const wanted = { kind: "clusters", of: "tags", as: "whole", text: tag } as const;
    return rowsCalled(wanted, ui.hotspots, count, (group) => this.maskOf(group));
  }

  move(id: string, by: number): void {
    this.#change(moved(this.#edits, this.on.ui.hotspots, id, by));
  }

  remove(id: string): void {
    this.#change(without(this.#edits, id));
  }

  /** A hotspot of the rows selected; its id, or null where nothing is. */
  async make(): Promise<string | null> {
    const { ui } = this.on;
    const rows = ui.selectedRows;
    if (rows.length === 0) return null;
    const id = `${OWN}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    const label = strings.ownHotspot(this.#edits.own.length + 1);
    const own = await this.#own(id, label, rows);
    this.#change(withOwn(this.#edits, ui.hotspots, own));
    ui.announcement = strings.hotspotMade(label);
    return id;
  }

  restore(): void {
    this.#brought = [];
    this.#change(NO_EDITS);
  }

  async save(): Promise<void> {
    const { ui, count } = this.on;
    const texts = await this.on.hold(null).catch(() => null);
    if (!texts) {
      note(ui, strings.saveFailed);
      return;
    }
    const of = (row: number) => `${texts.value("image", row)}`;
    const text = groupsFile(ui.hotspots, this.#edits, this.#held, { count, of });
    download(
      `${fileStem(ui.manifest?.title ?? "")}-hotspots.json`,
      new Blob([text], { type: "application/json" }),
    );
  }

  #change(edits: Edits): void {
    this.#edits = edits;
    keep(this.on.key, edits === NO_EDITS ? null : JSON.stringify(edits));
    this.show();
    this.on.changed();
  }
}
