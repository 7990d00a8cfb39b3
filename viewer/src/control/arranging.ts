/** Which layout is shown, and from where: switching, moving, zooming, and how much the interface covers. */
import type { Layout } from "../format/manifest";
import type { Box, Insets, Viewport } from "../model/camera";
import type { Pane } from "../model/pane";
import { halves, whole } from "../model/split";
import { nameOf } from "../ui/arrangements";
import type { Half, Theme } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import { groundColour, wearTheme } from "../ui/theme";
import { type Desk, note, paneOf } from "./desk";
import type { Hotspots } from "./hotspots";
import type { Panel } from "./panel";
import type { Pointing } from "./pointing";
import type { Steps } from "./steps";

/** Below this width the panel comes from below; the style sheet has the same number. */
const NARROW = 720;
/** CSS pixels that a map shown whole keeps from what covers it. */
const GAP = 14;
/** Share of the height that a sheet from below takes, as in the style sheet. */
const SHEET = 0.62;
/** Share of the height that the words of a kiosk take. */
const KIOSK = 0.16;

export interface ArrangingDesk extends Desk {
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly pointing: Pointing;
  readonly steps: Steps;
}

export class Arranging {
  /** Layouts chosen whose places have not come. */
  #coming = 0;

  constructor(readonly on: ArrangingDesk) {}

  // --- layouts ------------------------------------------------------------------------------------------------------

  layout(name: string): Layout | undefined {
    return this.on.site.layouts.find((candidate) => candidate.name === name);
  }

  /** Whether the pictures will leave for a layout as soon as its places are in. */
  get departing(): boolean {
    return this.#coming > 0;
  }

  /** Travel to a layout; `goal` is what the camera should show of it, all when null. */
  async show(name: string, goal: Box | null = null, half: Half = this.on.ui.main): Promise<void> {
    const { ui, collection, hotspots, panel, steps } = this.on;
    const layout = this.layout(name);
    if (!layout) return;
    const before = half.layout;
    half.layout = name;
    this.#coming += 1;
    try {
      const placed = await collection.placed(layout);
      if (half.layout === name) paneOf(this.on, half)?.depart(placed, goal);
    } catch {
      if (half.layout === name) half.layout = before;
      note(ui, strings.layoutMissing(nameOf(layout)));
      return;
    } finally {
      this.#coming -= 1;
    }
    ui.announcement = strings.layoutShown(nameOf(layout));
    if (half === ui.main && ui.detail) {
      void panel.loadNear(ui.detail.row);
      void panel.loadSimilar(ui.detail.row);
    }
    steps.remember("step");
    // What is told of the pictures is of the first map.
    if (half === ui.main) await hotspots.use(name);
  }

  setSize(size: number): void {
    this.on.ui.size = size;
    this.on.stage?.setSize(size);
  }

  /** The theme that an address asks for; one that asks for none leaves it as it is. */
  wear(theme: Theme | null): void {
    const { ui } = this.on;
    if (!theme || theme === ui.theme) return;
    wearTheme(theme);
    [ui.theme, ui.themeChosen] = [theme, theme];
    this.themeChanged();
  }

  themeChanged(): void {
    this.on.stage?.setGround(groundColour());
  }

  // --- the camera ---------------------------------------------------------------------------------------------------

  pan(dx: number, dy: number, half: Half): void {
    const pane = paneOf(this.on, half);
    if (!pane) return;
    pane.place(pane.view.panned(dx, dy));
    this.on.pointing.markMiddle(half);
  }

  /** One map, or all; so with `fit`. */
  zoom(factor: number, half: Half | null): void {
    for (const one of half ? [half] : this.on.ui.halves) {
      const pane = paneOf(this.on, one);
      pane?.flyTo(pane.view.zoomed(factor), 200);
      this.on.pointing.markMiddle(one);
    }
  }

  fit(half: Half | null): void {
    for (const one of half ? [half] : this.on.ui.halves) paneOf(this.on, one)?.fit();
  }

  /** Share the page out between the maps, as far as the interface leaves it to them. */
  measure(): void {
    const { ui, stage } = this.on;
    if (!stage) return;
    const covered = this.#covered(stage.page);
    const head = ui.bare ? 0 : pixels("--head");
    const parts = stage.beside ? halves(stage.page, covered, head, GAP) : [whole(stage.page, covered)];
    for (const [place, part] of parts.entries()) {
      stage.panes[place]?.lie(part);
      const half = ui.halves[place];
      if (half) [half.area, half.head] = [part.area, part.head];
    }
  }

  #covered({ width, height }: Viewport): Insets {
    const { ui } = this.on;
    if (ui.kiosk) return { top: GAP, right: GAP, bottom: KIOSK * height, left: GAP };
    const wide = width >= NARROW;
    const strip = ui.stripShown ? pixels("--strip") : 0;
    const left = ui.told && wide ? pixels("--story") + 2 * GAP : GAP;
    const below = ui.told && !wide ? 0.42 * height : strip;
    const insets: Insets = { top: pixels("--bar") + GAP, right: GAP, bottom: below + GAP, left };
    if (!ui.panelOpen) return insets;
    return wide ? { ...insets, right: pixels("--panel") + GAP } : { ...insets, bottom: SHEET * height + GAP };
  }

  /** The interface covers more or less of the view: maps that were shown whole stay so, and are told. */
  keepFitted(): readonly Pane[] {
    const fitted = (this.on.stage?.panes ?? []).filter(({ view }) => view.isFitted());
    this.measure();
    for (const pane of fitted) pane.fit();
    return fitted;
  }

  /** A picture's panel covers a part of one map, which stays as it is; two make room. Tells which were fitted again. */
  makeRoom(): readonly Pane[] {
    if (this.on.stage?.beside) return this.keepFitted();
    this.measure();
    return [];
  }
}

/** A measure of the style sheet, in CSS pixels. */
function pixels(name: string): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue(name));
}
