/** Searching, filtering, selecting and colouring: from what the reader asks for to what is lit and listed. */
import type { Column } from "../format/manifest";
import { type Called, offersFor } from "../model/called";
import { searched } from "../model/columns";
import { clustersIn } from "../model/evaluate";
import type { Choice, Found } from "../model/facets";
import type { Finder } from "../model/finder";
import type { Highlight } from "../model/highlight";
import { inside, type Shape } from "../model/lasso";
import type { Clusters } from "../model/query";
import { type Named, parseFor } from "../model/search";
import { combined, decodeRows, encodeRows, type How, inverted, rowsOf, toggled } from "../model/selection";
import type { Scope, Tab, UiState } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import { note } from "./desk";

/** Milliseconds after the last key until a search starts. */
const TYPING = 120;

/** As much of the map as this needs. */
export interface MapView {
  readonly highlight: Highlight;
  relight(): void;
  rowsInView(): Int32Array;
  setInks(inks: Uint8Array, colours: readonly (readonly [number, number, number])[]): void;
}

export interface Explored {
  readonly ui: UiState;
  readonly count: number;
  readonly columns: readonly Column[];
  /** null where the browser draws none. */
  readonly map: MapView | null;
  /** The mark of the table that rows are of. */
  readonly mark: string;
  /** null without the table. */
  finder(): Promise<Finder | null>;
  /** The rows of the clusters that are asked for, once it is known who is in which. */
  called(wanted: readonly Clusters[]): Promise<Called>;
  /** Keep the state in the address; text that is still typed makes no new step of history. */
  remember(kind: "text" | "step"): void;
}

export class Explorer {
  #asked = 0;
  #typing = 0;
  #running: Promise<void> = Promise.resolve();

  readonly #named: Named;

  constructor(readonly on: Explored) {
    this.#named = { columns: searched(on.columns) };
  }

  // --- search and filters -------------------------------------------------------------------------------------------

  setText(text: string): void {
    this.on.ui.text = text;
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => void this.search("text"), TYPING);
  }

  /** The rows found for what is typed now, not for what was typed a moment ago. */
  async #settled(): Promise<Found | null> {
    if (this.#typing !== 0) await this.search("text");
    // A search that is on its way is of what is typed now; a newer one may have taken its place meanwhile.
    for (let running = this.#running, last = null; running !== last; running = this.#running) {
      last = running;
      await running;
    }
    return this.on.ui.found;
  }

  async best(): Promise<number | null> {
    const found = await this.#settled();
    return this.on.ui.text.trim() === "" ? null : (found?.rows[0] ?? null);
  }

  choose(column: string, choice: Choice | null): void {
    const choices = new Map(this.on.ui.choices);
    if (choice === null || (choice.kind === "names" && choice.names.length === 0)) choices.delete(column);
    else choices.set(column, choice);
    this.on.ui.choices = choices;
    void this.search("step");
  }

  clear(): void {
    this.on.ui.text = "";
    this.on.ui.choices = new Map();
    void this.search("step");
  }

  setHide(hide: boolean): void {
    this.on.ui.hide = hide;
    this.light();
    this.on.remember("step");
  }

  /** Find again what is asked for; an answer that a newer question overtook is dropped. `kind` null keeps no step. */
  search(kind: "text" | "step" | null): Promise<void> {
    clearTimeout(this.#typing);
    this.#typing = 0;
    this.#running = this.#search(kind);
    return this.#running;
  }

  async #search(kind: "text" | "step" | null): Promise<void> {
    const { ui } = this.on;
    const asked = ++this.#asked;
    const query = parseFor(this.#named, ui.text);
    const asking = async () => {
      const [finder, called] = await Promise.all([this.on.finder(), this.on.called(clustersIn(query))]);
      return finder?.find(ui.text, ui.choices, ui.tab === "filters", called) ?? null;
    };
    const found = await asking().catch(() => {
      note(ui, strings.tableMissing);
      return null;
    });
    if (!found || asked !== this.#asked) return;
    ui.found = found;
    ui.offers = offersFor(query, [...ui.hotspots, ...ui.regions]);
    this.light();
    this.#count();
    if (kind === null) return;
    if (ui.scope === "selection") ui.scope = "found";
    ui.announcement = strings.found(found.rows.length, this.on.count);
    this.on.remember(kind);
  }

  /** Whether what is found depends on what clusters are called. */
  get asksClusters(): boolean {
    return clustersIn(parseFor(this.#named, this.on.ui.text)).length > 0;
  }

  /** The clusters are others now, or called otherwise. */
  clustersChanged(): void {
    if (this.on.ui.offers.length > 0 || this.asksClusters) void this.search(null);
  }

  /** Bring filter and selection to the map. */
  light(): void {
    const { map, ui } = this.on;
    if (!map) return;
    map.highlight.setFilter(ui.filtering ? (ui.found?.mask ?? null) : null, ui.hide);
    map.highlight.selection = ui.selection;
    map.relight();
  }

  setTab(tab: Tab): void {
    this.on.ui.tab = tab;
    this.#count();
  }

  /** Count the filters where they are shown and were not: they may have been opened while a search was on its way. */
  #count(): void {
    if (this.on.ui.tab === "filters" && this.on.ui.found?.counted === false) void this.search(null);
  }

  setScope(scope: Scope): void {
    this.on.ui.scope = scope;
    this.viewMoved();
  }

  /** The camera came to rest. */
  viewMoved(): void {
    const { ui, map } = this.on;
    if (ui.scope === "view" && map) ui.inView = map.rowsInView();
  }

  // --- selection ----------------------------------------------------------------------------------------------------

  get #matching(): Uint8Array | null {
    return this.on.ui.filtering ? (this.on.ui.found?.mask ?? null) : null;
  }

  select(mask: Uint8Array, how: How): void {
    const { ui, count } = this.on;
    this.#setSelection(combined(ui.selection ?? new Uint8Array(count), mask, how));
    ui.announcement = strings.selected(ui.selectedRows.length);
    this.on.remember("step");
  }

  /** All pictures in a shape on a map that pass the filters, seen or not. */
  selectShape(shape: Shape, positions: Float32Array, how: How): void {
    this.select(inside(positions, shape, this.#matching), how);
  }

  async selectFound(): Promise<void> {
    const found = await this.#settled();
    if (found) this.select(found.mask, this.on.ui.how);
  }

  toggleRow(row: number): void {
    this.select(toggled(this.on.ui.selection ?? new Uint8Array(this.on.count), row), "replace");
  }

  invert(): void {
    this.select(inverted(this.on.ui.selection ?? new Uint8Array(this.on.count), this.#matching), "replace");
  }

  selectNone(): void {
    this.select(new Uint8Array(this.on.count), "replace");
  }

  #setSelection(mask: Uint8Array): void {
    const { ui } = this.on;
    ui.selectedRows = rowsOf(mask);
    ui.selection = ui.selectedRows.length > 0 ? mask : null;
    if (!ui.selection && ui.scope === "selection") ui.scope = "found";
    this.light();
  }

  /** The selection for the address, with the mark of the table: rows of another table would be other pictures. */
  encodeSelection(): string | null {
    const { selection } = this.on.ui;
    return selection ? `${this.on.mark}:${encodeRows(selection)}` : null;
  }

  /** Whether it is of this table; rows of another would be other pictures. */
  restoreSelection(text: string | null): boolean {
    const [mark, rows = ""] = (text ?? "").split(":");
    const mask = mark === this.on.mark ? decodeRows(rows, this.on.count) : null;
    this.#setSelection(mask ?? new Uint8Array(this.on.count));
    return text === null || mask !== null;
  }

  /** The rows at hand: selected, else matching; null for all. */
  rows(): Int32Array | null {
    const { ui } = this.on;
    if (ui.selection) return ui.selectedRows;
    return ui.filtering ? (ui.found?.rows ?? null) : null;
  }

  // --- colours ------------------------------------------------------------------------------------------------------

  async colourBy(name: string | null, remembered = true): Promise<void> {
    const { ui, map, count, columns } = this.on;
    const column = columns.find((candidate) => candidate.name === name);
    const found = column ? await (await this.on.finder())?.inks(column.name) : null;
    const years = column?.role === "year" || column?.type === "date";
    const entries = found?.legend ?? [];
    ui.legend = column && found ? { column: column.name, label: column.label, years, entries } : null;
    map?.setInks(
      found?.inks ?? new Uint8Array(count),
      entries.map(({ colour }) => channels(colour)),
    );
    if (remembered) this.on.remember("step");
  }
}

/** "#rrggbb" as channels in [0, 1]. */
function channels(colour: string): [number, number, number] {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return [r, g, b];
}
