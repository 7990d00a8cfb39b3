/** Which layout is shown, and from where: switching, moving, zooming, and how much the interface covers. */
import type { Layout } from "../format/manifest";
import type { Box, Insets } from "../model/camera";
import { nameOf } from "../ui/arrangements";
import type { Gestures } from "../ui/gestures";
import { strings } from "../ui/strings";
import { groundColour } from "../ui/theme";
import { type Desk, note } from "./desk";
import type { Hotspots } from "./hotspots";
import type { Panel } from "./panel";
import type { Pointing } from "./pointing";
import type { Steps } from "./steps";

/** Below this width the panel comes from below; the style sheet has the same number. */
const NARROW = 720;
/** Share of the height that the words of a kiosk take. */
const KIOSK = 0.16;

export interface ArrangingDesk extends Desk {
  readonly gestures: Gestures | null;
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly pointing: Pointing;
  readonly steps: Steps;
}

export class Arranging {
  constructor(readonly on: ArrangingDesk) {}

  // --- layouts ------------------------------------------------------------------------------------------------------

  #layout(name: string): Layout | undefined {
    return this.on.site.layouts.find((candidate) => candidate.name === name);
  }

  /** Travel to a layout; `goal` is what the camera should show of it, all when null. */
  async show(name: string, goal: Box | null = null): Promise<void> {
    const { ui, stage, collection, hotspots, panel, steps } = this.on;
    const layout = this.#layout(name);
    if (!layout) return;
    const before = ui.layout;
    ui.layout = name;
    try {
      const placed = await collection.placed(layout);
      if (ui.layout === name) stage?.depart(placed, goal);
    } catch {
      if (ui.layout === name) ui.layout = before;
      note(ui, strings.layoutMissing(nameOf(layout)));
      return;
    }
    ui.announcement = strings.layoutShown(nameOf(layout));
    if (ui.detail) void panel.loadNear(ui.detail.row);
    steps.remember("step");
    await hotspots.use(name);
  }

  setSize(size: number): void {
    this.on.ui.size = size;
    this.on.stage?.setSize(size);
  }

  themeChanged(): void {
    this.on.stage?.setGround(groundColour());
  }

  // --- the camera ---------------------------------------------------------------------------------------------------

  pan(dx: number, dy: number): void {
    const { stage, pointing } = this.on;
    if (!stage) return;
    stage.place(stage.view.panned(dx, dy));
    pointing.markMiddle();
  }

  zoom(factor: number): void {
    const { stage, pointing } = this.on;
    if (!stage) return;
    stage.flyTo(stage.view.zoomed(factor), 200);
    pointing.markMiddle();
  }

  fit(): void {
    this.on.stage?.fit();
  }

  /** Bring the gestures to the camera, which something else moved. */
  syncCamera(): void {
    const { stage, gestures } = this.on;
    if (!stage) return;
    const { size, box, limits, camera } = stage.view;
    gestures?.setLimits(size, box, limits);
    gestures?.setCamera(camera);
  }

  /** How much of the view the interface covers. */
  measure(): void {
    const { ui, stage } = this.on;
    const view = stage?.view;
    if (!view) return;
    const style = getComputedStyle(document.documentElement);
    const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
    const { width, height } = view.size;
    const strip = ui.stripShown ? pixels("--strip") : 0;
    const gap = 14;
    if (ui.kiosk) {
      view.insets = { top: gap, right: gap, bottom: KIOSK * height, left: gap };
      return;
    }
    const wide = width >= NARROW;
    const left = ui.told && wide ? pixels("--story") + 2 * gap : gap;
    const below = ui.told && !wide ? 0.42 * height : strip;
    const insets: Insets = { top: pixels("--bar") + gap, right: gap, bottom: below + gap, left };
    if (!ui.panelOpen) view.insets = insets;
    else if (!wide) view.insets = { ...insets, bottom: 0.62 * height + gap };
    else view.insets = { ...insets, right: pixels("--panel") + gap };
  }

  /** The interface covers more or less of the view: a map that was shown whole stays so. */
  keepFitted(): void {
    const wasFitted = this.on.stage?.view.isFitted();
    this.measure();
    if (wasFitted) this.fit();
  }
}
