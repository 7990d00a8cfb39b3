/** The hotspots: those of the site with the reader's changes, which stay in this browser. */
import type { ArrayRef, Hotspots } from "../format/manifest";
import {
  arranged,
  type Edits,
  type Group,
  groupsFile,
  moved,
  NO_EDITS,
  readEdits,
  renamed,
  siteGroup,
  withOwn,
  without,
} from "../model/groups";
import { maskOf, rowsOf } from "../model/selection";
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
  /** Where the changes are kept: one place for each collection. */
  readonly key: string;
  /** The place in its list of each row's hotspot. */
  members(ref: ArrayRef): Promise<Int32Array>;
  /** The texts of some rows. */
  hold(rows: ArrayLike<number>): Promise<{ value(column: string, row: number): unknown }>;
  /** The row of each item that there is. */
  rowsOf(items: readonly string[]): Promise<Map<string, number>>;
}

export class Grouping {
  #edits: Edits;
  #set: Hotspots | null;
  #members: Int32Array | null = null;
  #regionMembers: Int32Array | null = null;
  #regions: readonly Group[] = [];
  /** Rows of the items in the reader's own. */
  #rows: ReadonlyMap<string, number> = new Map();

  constructor(readonly on: Grouped) {
    this.#edits = readEdits(readKept(on.key));
    this.#set = on.first;
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
  }

  /** Without members the list still flies to its hotspots; it only lights nothing. */
  async load(): Promise<void> {
    const set = this.#set;
    this.#members = null;
    this.#regionMembers = null;
    const own = this.#edits.own.flatMap(({ items }) => items);
    const none = () => null;
    const [members, regions, rows] = await Promise.all([
      set && this.on.members(set.members).catch(none),
      set?.regions ? this.on.members(set.regions.members).catch(none) : null,
      own.length > 0 ? this.on.rowsOf(own) : this.#rows,
    ]);
    this.#rows = rows;
    if (set !== this.#set) return;
    this.#members = members;
    this.#regionMembers = regions;
  }

  /** Put the hotspots into the interface; again when the table is in, which tells what the reader's own hold. */
  show(): void {
    const { ui } = this.on;
    this.#regions = this.#set?.regions?.list.map(siteGroup) ?? [];
    ui.regions = this.#regions;
    ui.hotspots = arranged(this.#set?.list ?? [], this.#edits, (item) => this.#rows.get(item));
    ui.hotspotsEdited = this.#edits !== NO_EDITS;
  }

  find(id: string | null): Group | null {
    const named = (group: Group) => group.id === id;
    return this.on.ui.hotspots.find(named) ?? this.#regions.find(named) ?? null;
  }

  maskOf(group: Group): Uint8Array | null {
    if (group.rows) return maskOf(this.on.count, group.rows);
    const members = this.#regions.includes(group) ? this.#regionMembers : this.#members;
    return members ? Uint8Array.from(members, (place) => (place === group.place ? 1 : 0)) : null;
  }

  rename(id: string, label: string): void {
    this.#change(renamed(this.#edits, id, label));
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
    const items = await this.#itemsOf(rows);
    this.#rows = new Map([...this.#rows, ...items.map((item, place) => [item, rows[place] ?? 0] as const)]);
    const id = `own-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    const label = strings.ownHotspot(this.#edits.own.length + 1);
    this.#change(withOwn(this.#edits, ui.hotspots, { id, label, items }));
    ui.announcement = strings.hotspotMade(label);
    return id;
  }

  restore(): void {
    this.#change(NO_EDITS);
  }

  async save(): Promise<void> {
    const { ui } = this.on;
    const masks = ui.hotspots.map((group) => this.maskOf(group) ?? new Uint8Array());
    try {
      const all = await Promise.all(masks.map((mask) => this.#itemsOf(rowsOf(mask))));
      this.#download(groupsFile(ui.hotspots, (_, place) => all[place] ?? []));
    } catch {
      note(ui, strings.saveFailed);
    }
  }

  #download(text: string): void {
    const { ui } = this.on;
    download(
      `${fileStem(ui.manifest?.title ?? "")}-hotspots.json`,
      new Blob([text], { type: "application/json" }),
    );
  }

  async #itemsOf(rows: Int32Array): Promise<string[]> {
    const texts = await this.on.hold(rows);
    return Array.from(rows, (row) => `${texts.value("item", row)}`);
  }

  #change(edits: Edits): void {
    this.#edits = edits;
    keep(this.on.key, edits === NO_EDITS ? null : JSON.stringify(edits));
    this.show();
  }
}
