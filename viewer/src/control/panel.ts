/** The picture that is open: its texts, its likes and its place among those stepped through. */
import { flushSync } from "svelte";
import { detailOf } from "../model/detail";
import { sizeOf } from "../model/items";
import type { Pane } from "../model/pane";
import { ownRights, restOf, rightsFields } from "../model/rights";
import { maskOf, rowsOf } from "../model/selection";
import { matesOf } from "../model/stacks";
import { number, strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import { type Desk, note } from "./desk";
import type { Explorer } from "./explorer";
import type { Finding } from "./finding";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Loading } from "./loading";
import type { Sharing } from "./sharing";
import type { Steps } from "./steps";
import type { Telling } from "./telling";

export interface PanelDesk extends Desk {
  readonly arranging: Arranging;
  readonly explorer: Explorer;
  readonly finding: Finding;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly loading: Loading;
  readonly sharing: Sharing;
  readonly steps: Steps;
  readonly telling: Telling;
}

export class Panel {
  #returnFocus: HTMLElement | null = null;
  #asked = 0;

  constructor(readonly on: PanelDesk) {}

  async open(row: number, reveal = true): Promise<void> {
    const { ui, site, items, collection, arranging, loading, sharing, steps } = this.on;
    if (row < 0 || row >= items.count) return;
    const asked = ++this.#asked;
    const [table] = await Promise.all([collection.hold([row]).catch(() => null), loading.completed]);
    if (!table) note(ui, strings.tableMissing);
    // Another may have been asked for since.
    if (!table || asked !== this.#asked) return;
    const first = ui.detail === null;
    if (first) this.#returnFocus = document.activeElement as HTMLElement | null;
    const read = (column: string) => table.value(column, row);
    const size = sizeOf(items, row);
    const detail = detailOf(site.columns, row, size, site.pictures.path, read, number, site.alt);
    const rest = restOf(ownRights(site.columns, read), site.rights);
    ui.detail = { ...detail, fields: [...detail.fields, ...rightsFields(rest, strings.rights)] };
    ui.alt = ui.detail.alt ?? this.#placeInWords(row);
    ui.citation = sharing.citation(ui.detail, read);
    ui.place = this.#placeOf(row);
    ui.announcement = strings.opened(ui.detail.title);
    steps.remember(first ? "step" : "camera");
    const fitted = arranging.makeRoom();
    this.#showOpened(row, reveal ? fitted : null);
    // Within another page nobody sees more than the title.
    if (ui.bare) return;
    void this.loadSimilar(row);
    void this.loadNear(row);
    void this.#loadService(row);
    void this.#loadStack(row);
  }

  /** `whole`: the maps that show all anyway, and so the picture too; null where no map is to move. */
  #showOpened(row: number, whole: readonly Pane[] | null): void {
    const { stage } = this.on;
    if (!stage) return;
    stage.opened = row;
    stage.mark(-1);
    for (const pane of whole ? stage.panes : []) if (!whole?.includes(pane)) pane.reveal(row);
    stage.invalidate();
  }

  async openFirst(): Promise<void> {
    const row = await this.on.explorer.best();
    if (row !== null) await this.open(row);
  }

  locate(): void {
    const { detail } = this.on.ui;
    if (detail) for (const pane of this.on.stage?.panes ?? []) pane.locate(detail.row);
  }

  // --- stepping through ---------------------------------------------------------------------------------------------

  /** The rows that one steps through from a row: selected, matching or of the hotspot chosen, where it is one of them. */
  #sequence(row: number): Int32Array | null {
    const { ui, grouping, explorer } = this.on;
    const group = grouping.find(ui.hotspot);
    const mask = group && grouping.maskOf(group);
    const ways = [explorer.rows(), mask ? rowsOf(mask) : null];
    return ways.find((rows) => rows?.includes(row)) ?? null;
  }

  #placeOf(row: number): { index: number; count: number } {
    const rows = this.#sequence(row);
    return rows
      ? { index: rows.indexOf(row), count: rows.length }
      : { index: row, count: this.on.items.count };
  }

  /** What stands for a picture of which nothing is known: its hotspot, and its place there. */
  #placeInWords(row: number): string {
    const { grouping, items } = this.on;
    const home = grouping.homeOf(row);
    return home
      ? strings.pictureIn(home.group.label, home.index, home.group.count)
      : strings.pictureAt(row, items.count);
  }

  stepBy(by: number): void {
    const { detail, place } = this.on.ui;
    if (!detail) return;
    const rows = this.#sequence(detail.row);
    const index = place.index + by;
    if (index >= 0 && index < place.count) void this.open(rows?.[index] ?? index);
  }

  // --- closing ------------------------------------------------------------------------------------------------------

  close(): void {
    const { ui, canvas, steps } = this.on;
    if (!ui.detail) return;
    this.dismiss();
    ui.announcement = strings.closed;
    steps.remember("step");
    // The panel must be gone before the focus can rest elsewhere.
    flushSync();
    (this.#returnFocus?.isConnected ? this.#returnFocus : canvas).focus({ preventScroll: true });
  }

  /** Close without a word, where something else takes the place of the panel. */
  dismiss(): void {
    const { ui, stage, arranging } = this.on;
    this.#asked += 1;
    ui.detail = null;
    ui.service = null;
    ui.similar = null;
    ui.stack = [];
    this.lightSimilar(false);
    arranging.makeRoom();
    if (!stage) return;
    stage.opened = -1;
    stage.invalidate();
  }

  /** Escape closes what was opened last. */
  escape(): void {
    const { ui, finding, hotspots, explorer } = this.on;
    if (ui.tool) ui.tool = null;
    else if (ui.detail) this.close();
    else if (ui.findOpen) finding.close();
    else if (ui.told) this.on.telling.close();
    else if (ui.hotspot !== null) hotspots.chooseNone();
    else if (ui.selection) explorer.selectNone();
  }

  // --- what is told of the picture ----------------------------------------------------------------------------------

  async #loadService(row: number): Promise<void> {
    const { ui, collection } = this.on;
    ui.service = null;
    const service = await collection.service(row);
    if (ui.detail?.row === row) ui.service = service;
  }

  /** How true the place of the open picture is, where the layout says so. */
  async loadNear(row: number): Promise<void> {
    const { ui, collection } = this.on;
    const layout = ui.current;
    ui.near = null;
    // A sentence that cannot be had is left out.
    const shares = layout && (await collection.near(layout));
    if (ui.detail?.row !== row || ui.main.layout !== layout?.name) return;
    ui.near = shares ? (shares[row] ?? 0) / 255 : null;
  }

  /** Without the list of stacks the panel tells of none. */
  async #loadStack(row: number): Promise<void> {
    const { ui, collection } = this.on;
    const stacks = await collection.stacks();
    if (ui.detail?.row === row) ui.stack = stacks ? matesOf(stacks, row) : [];
  }

  /** By the model of the layout that is shown, and beside it by all others. */
  async loadSimilar(row: number): Promise<void> {
    const { ui, collection } = this.on;
    // What cannot be had is told in the panel.
    const found = await collection.similar(row).catch(() => null);
    if (ui.detail?.row !== row) return;
    const own = found?.find(({ model }) => model === ui.current?.model) ?? found?.[0];
    if (!found) ui.similar = "failed";
    else if (own) ui.similar = { row, rows: own.rows, near: null, by: found.length > 1 ? found : [] };
    this.tellTruth();
    this.lightSimilar(ui.similarLit);
  }

  /** How many of the open picture's true neighbours are among as many nearest on the map. */
  tellTruth(): void {
    const { ui, stage, items } = this.on;
    const { similar } = ui;
    const index = stage?.main.index;
    if (!index || !similar || similar === "failed") return;
    const { slots } = items;
    const around = new Set(index.around(similar.row, similar.rows.length).map((row) => slots[row]));
    ui.similar = { ...similar, near: similar.rows.map((row) => around.has(slots[row])) };
  }

  lightSimilar(lit: boolean): void {
    const { ui, stage, items } = this.on;
    const { similar } = ui;
    ui.similarLit = lit;
    const rows = lit && similar && similar !== "failed" ? [similar.row, ...similar.rows] : null;
    if (!stage) return;
    stage.highlight.spot = rows && maskOf(items.count, rows);
    stage.relight();
  }
}
