/** The hotspots: those of the site with the reader's changes, which stay in this browser. */
import type { Hotspots } from "../format/manifest";
import {
  arranged,
  type Edits,
  type Group,
  groupsFile,
  type Held,
  membersOf,
  moved,
  NO_EDITS,
  OWN,
  readEdits,
  renamed,
  type Sets,
  siteGroup,
  withOwn,
  without,
} from "../model/groups";
import { download, fileStem } from "../ui/download";
import { keep, readKept } from "../ui/kept";
import type { UiState } from "../ui/state.svelte";
import { strings } from "../ui/strings";

export interface Grouped {
  readonly ui: UiState;
  readonly count: number;
  /** Those shown first; null where the site has none. */
  readonly first: Hotspots | null;
  /** Where the changes are kept: one place for each collection. */
  readonly key: string;
  /** The place in its list of each row's hotspot. */
  members(set: Hotspots): Promise<Int32Array>;
  /** The rows that `members` does not tell; null where there are none. */
  sets(set: Hotspots): Promise<Sets | null>;
  itemOf(row: number): string;
  imageOf(row: number): string;
  rowOf(item: string): number | undefined;
}

export class Grouping {
  #edits: Edits;
  #set: Hotspots | null;
  #held: Held | null = null;
  #regions: readonly Group[] = [];

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
    this.#held = null;
    if (!set) return;
    const missing = () => null;
    const loading = [this.on.members(set).catch(missing), this.on.sets(set).catch(missing)] as const;
    const [members, sets] = await Promise.all(loading);
    if (set === this.#set) this.#held = { set, members, sets };
  }

  /** Put the hotspots into the interface; again when the table is in, which tells what the reader's own hold. */
  show(): void {
    const { ui } = this.on;
    this.#regions = this.#set?.regions?.list.map(siteGroup) ?? [];
    ui.hotspots = arranged(this.#set?.list ?? [], this.#edits, (item) => this.on.rowOf(item));
    ui.hotspotsEdited = this.#edits !== NO_EDITS;
  }

  find(id: string | null): Group | null {
    return this.on.ui.hotspots.find((group) => group.id === id) ?? null;
  }

  maskOf(group: Group): Uint8Array | null {
    return membersOf(group, this.#held, this.on.count);
  }

  /** The site's hotspot of a row, and its place there, from 0; null where it is in none. */
  homeOf(row: number): { group: Group; index: number } | null {
    const members = this.#held?.members;
    const place = members?.[row] ?? -1;
    const group = this.on.ui.hotspots.find((candidate) => !candidate.rows && candidate.place === place);
    if (!members || place < 0 || !group) return null;
    let index = 0;
    for (let other = 0; other < row; other++) if (members[other] === place) index += 1;
    return { group, index };
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
  make(): string | null {
    const { ui } = this.on;
    if (ui.selectedRows.length === 0) return null;
    const id = `${OWN}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    const label = strings.ownHotspot(this.#edits.own.length + 1);
    const items = Array.from(ui.selectedRows, (row) => this.on.itemOf(row));
    this.#change(withOwn(this.#edits, ui.hotspots, { id, label, items }));
    ui.announcement = strings.hotspotMade(label);
    return id;
  }

  restore(): void {
    this.#change(NO_EDITS);
  }

  save(): void {
    const { ui } = this.on;
    const text = groupsFile(ui.hotspots, this.#edits, this.#held, {
      count: this.on.count,
      of: (row) => this.on.imageOf(row),
    });
    download(
      `${fileStem(ui.manifest?.title ?? "")}-hotspots.json`,
      new Blob([text], { type: "application/json" }),
    );
  }

  #change(edits: Edits): void {
    this.#edits = edits;
    keep(this.on.key, edits === NO_EDITS ? null : JSON.stringify(edits));
    this.show();
  }
}
