/** Hotspots on the map: pointed at, chosen, flown to, made and removed. `grouping.ts` keeps the list of them. */
import { hotspotsOf } from "../format/manifest";
import { type Box, boundsOf } from "../model/camera";
import { type Group, setFor } from "../model/groups";
import type { Pane } from "../model/pane";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import { type Desk, nextFrame, note, paneOf } from "./desk";
import type { Explorer } from "./explorer";
import type { Finding } from "./finding";
import type { Grouping } from "./grouping";
import type { Panel } from "./panel";
import type { Steps } from "./steps";

export interface HotspotsDesk extends Desk {
  readonly grouping: Grouping;
  readonly explorer: Explorer;
  readonly arranging: Arranging;
  readonly finding: Finding;
  readonly panel: Panel;
  readonly steps: Steps;
}

export class Hotspots {
  /** The hotspot pointed at in a list. */
  #pointed: string | null = null;

  constructor(readonly on: HotspotsDesk) {}

  /** The one to draw a line around. */
  get around(): Group | null {
    return this.on.grouping.find(this.#pointed ?? this.on.ui.hotspot);
  }

  /** Each model has hotspots of its own; one that is chosen stays so as long as it is listed. */
  async use(layout: string): Promise<void> {
    const { site, ui, grouping } = this.on;
    const set = setFor(hotspotsOf(site), site.layouts, layout);
    if (set) await grouping.use(set);
    this.hide(ui.off);
    if (ui.hotspot !== null && !grouping.find(ui.hotspot)) this.highlight(null);
  }

  point(id: string | null): void {
    const { stage, grouping } = this.on;
    this.#pointed = id;
    const group = grouping.find(id);
    if (!stage) return;
    stage.highlight.spot = group && grouping.maskOf(group);
    stage.relight();
  }

  choose(id: string): void {
    const { ui, grouping, arranging, steps } = this.on;
    const group = grouping.find(id);
    if (!group) return;
    this.highlight(id);
    // The site's own lie together on one layout alone, the reader's wherever their pictures do.
    const { bounds } = group;
    const home = bounds && grouping.layout;
    const there = ui.halves.filter((half) => !home || half.layout === home);
    for (const half of there) {
      const pane = paneOf(this.on, half);
      pane?.fit(this.#around(bounds ?? boundsOf(placesOf(group, pane), 0), half.layout));
    }
    if (home && there.length === 0) void arranging.show(home, this.#around(bounds, home));
    ui.announcement = strings.hotspotShown(group.label, group.count);
    steps.remember("step");
  }

  /** A box with a picture's room around it. */
  #around(box: Box, layout: string): Box {
    const cell = this.on.site.layouts.find(({ name }) => name === layout)?.cell ?? 0;
    return { x0: box.x0 - cell, y0: box.y0 - cell, x1: box.x1 + cell, y1: box.y1 + cell };
  }

  /** Light one, and no other; none where the id is null or of none that is listed. */
  highlight(id: string | null): void {
    const { ui, stage, grouping } = this.on;
    const group = grouping.find(id);
    ui.hotspot = group?.id ?? null;
    if (!stage) return;
    stage.highlight.group = group && grouping.maskOf(group);
    stage.highlight.spot = null;
    stage.relight();
  }

  // --- levels, and what is hidden ------------------------------------------------------------------------------------

  setCoarse(coarse: boolean): void {
    this.on.ui.coarse = coarse;
    this.on.steps.remember("step");
  }

  /** Hide the pictures of a hotspot, or show them again. */
  toggle(id: string): void {
    const { ui, grouping, steps } = this.on;
    const group = grouping.find(id);
    if (!group) return;
    const off = ui.off.includes(id);
    this.hide(off ? ui.off.filter((other) => other !== id) : [...ui.off, id]);
    ui.announcement = off ? strings.hotspotBack(group.label) : strings.hotspotHidden(group.label);
    steps.remember("step");
  }

  /** Hide the pictures of these, and of no others. */
  hide(ids: readonly string[]): void {
    const { ui, stage, items, grouping } = this.on;
    ui.off = ids;
    if (!stage) return;
    const masks = ids.map((id) => {
      const group = grouping.find(id);
      return group && grouping.maskOf(group);
    });
    const given = masks.filter((mask) => mask !== null);
    const off = given.length > 0 ? new Uint8Array(items.count) : null;
    for (const mask of given) for (let row = 0; off && row < off.length; row++) if (mask[row]) off[row] = 1;
    stage.highlight.off = off;
    stage.relight();
  }

  chooseNone(): void {
    if (this.on.ui.hotspot === null) return;
    this.highlight(null);
    this.on.steps.remember("step");
  }

  /** Make a hotspot of what is selected, and let it be named. */
  async make(): Promise<void> {
    const { ui, grouping, finding, panel } = this.on;
    const id = await grouping.make().catch(() => {
      note(ui, strings.tableMissing);
      return null;
    });
    if (id === null) return;
    if (!ui.findOpen && !ui.mapless) finding.toggle();
    finding.setTab("hotspots");
    if (ui.detail) panel.dismiss();
    // The panel is a part that may have to be loaded.
    for (let wait = 0; wait < 100; wait++) {
      await nextFrame();
      const field = document.querySelector<HTMLInputElement>(".panel ol input[type=text]");
      if (!field) continue;
      field.focus();
      field.select();
      return;
    }
  }

  async keep(id: string): Promise<void> {
    await this.on.grouping.keep(id).catch(() => note(this.on.ui, strings.tableMissing));
  }

  remove(id: string): void {
    if (this.on.ui.hotspot === id) this.chooseNone();
    if (this.on.ui.off.includes(id)) this.toggle(id);
    this.on.grouping.remove(id);
  }

  select(id: string): void {
    const { grouping, explorer, ui } = this.on;
    const group = grouping.find(id);
    const mask = group && grouping.maskOf(group);
    if (mask) explorer.select(mask, ui.how);
  }

  /** Select the pictures of all hotspots that have a word. */
  selectTagged(tag: string): void {
    const { grouping, explorer, ui } = this.on;
    const mask = grouping.taggedWith(tag);
    if (mask) explorer.select(mask, ui.how);
  }

  toggleStrip(): void {
    this.on.ui.hotspotsShown = !this.on.ui.hotspotsShown;
    this.on.arranging.keepFitted();
  }
}

/** Where the rows of the reader's own hotspot lie in a map, 2 numbers each. */
function placesOf({ rows }: Group, { positions }: Pane): Float32Array {
  const places = new Float32Array(2 * (rows?.length ?? 0));
  for (let at = 0; at < places.length; at++)
    places[at] = positions[2 * (rows?.[at >> 1] ?? 0) + (at & 1)] ?? 0;
  return places;
}
