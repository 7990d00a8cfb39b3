/** The maps under the reader's hand: what is pointed at, clicked, dragged and drawn around, and what is marked there. */
import type { Stage } from "../layers/stage";
import { namesOfOwn, namesOnMap, pathOf } from "../model/names";
import type { Pane } from "../model/pane";
import type { How } from "../model/selection";
import { captionText } from "../ui/arrangements";
import { Drawing } from "../ui/drawing";
import { Gestures, passesBy } from "../ui/gestures";
import { captionWidth, eventSize } from "../ui/measure";
import type { Half } from "../ui/state.svelte";
import type { Arranging } from "./arranging";
import { type Desk, paneOf } from "./desk";
import type { Explorer } from "./explorer";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Loading } from "./loading";
import type { Panel } from "./panel";
import type { Steps } from "./steps";

/** Milliseconds that a click waits to see whether it becomes a double click. */
const CLICK_WAIT = 220;
/** How long the cameras must rest before the address takes them, in milliseconds. */
const REST = 300;
/** `?debug` shows what is on the graphics card. */
const DEBUG = new URLSearchParams(location.search).has("debug");
/** Whether the page lies in another one. */
const FRAMED = window.parent !== window;

export interface PointingDesk extends Desk {
  readonly arranging: Arranging;
  readonly explorer: Explorer;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly loading: Loading;
  readonly panel: Panel;
  readonly steps: Steps;
}

/** A map, the element that takes what is done to it, and who listens there. */
interface Surface {
  readonly pane: Pane;
  readonly element: HTMLElement;
  readonly gestures: Gestures;
  readonly drawing: Drawing;
}

export class Pointing {
  readonly #surfaces = new Map<Half, Surface>();
  #clickTimer = 0;
  #restTimer = 0;

  constructor(readonly on: PointingDesk) {}

  listen(stage: Stage): void {
    const { canvas, arranging, loading } = this.on;
    new ResizeObserver(() => stage.resize(() => arranging.measure())).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      stage.restore();
      void loading.loadAtlas();
    });
  }

  /** Take what is done to an element for a map. The listeners go with the element. */
  attend(half: Half, pane: Pane, element: HTMLElement): void {
    const { ui, stage } = this.on;
    if (!stage) return;
    const drawing = new Drawing(element, ui, half, (points, how) => this.#drew(pane, points, how));
    const gestures = new Gestures(
      element,
      () => pane.view.place(pane.view.camera),
      (camera) => {
        stage.mark(-1);
        pane.gestured(camera);
      },
      (event) => !drawing.wants(event) && !(FRAMED && passesBy(event)),
    );
    this.#surfaces.set(half, { pane, element, gestures, drawing });
    element.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0)
        element.classList.toggle("pointing", this.#hover(stage, pane, event) >= 0);
    });
    element.addEventListener("pointerdown", () => stage.mark(-1));
    element.addEventListener("pointerleave", () => stage.mark(-1));
    element.addEventListener("click", (event) => this.#click(pane, drawing, event));
    this.sync(pane);
  }

  leave(half: Half): void {
    this.#surfaces.delete(half);
  }

  /** Bring the gestures to a camera, which something else moved. */
  sync(pane: Pane): void {
    const { size, limits, camera } = pane.view;
    for (const { pane: other, gestures } of this.#surfaces.values()) {
      if (other !== pane) continue;
      gestures.setLimits(size, (at) => pane.view.clamped(at, [0, Infinity]), limits);
      gestures.setCamera(camera);
    }
  }

  // --- pointing -----------------------------------------------------------------------------------------------------

  #hover(stage: Stage, pane: Pane, { offsetX, offsetY }: PointerEvent): number {
    const row = pane.pick(offsetX, offsetY);
    stage.mark(row);
    return row;
  }

  pointRow(row: number): void {
    this.on.stage?.mark(row);
  }

  /** While the keyboard steers, the picture nearest to the middle is the one that Enter opens. */
  markMiddle(half: Half): void {
    const surface = this.#surfaces.get(half);
    if (surface && document.activeElement === surface.element)
      this.on.stage?.mark(surface.pane.nearestToMiddle());
  }

  /** The mark is what shows that a map has the keyboard. */
  focus(focused: boolean, half: Half): void {
    if (focused) this.markMiddle(half);
    else this.on.stage?.mark(-1);
  }

  openMarked(half: Half): void {
    const { stage, panel } = this.on;
    const marked = stage?.hovered ?? -1;
    const row = marked >= 0 ? marked : (paneOf(this.on, half)?.nearestToMiddle() ?? -1);
    if (row >= 0) void panel.open(row);
  }

  #click(pane: Pane, drawing: Drawing, event: MouseEvent): void {
    const { ui, explorer } = this.on;
    clearTimeout(this.#clickTimer);
    if (event.detail > 1 || drawing.clicked) return;
    const row = pane.pick(event.offsetX, event.offsetY);
    if (ui.tool || event.shiftKey) {
      if (row >= 0) explorer.toggleRow(row);
    } else this.#clickTimer = window.setTimeout(() => this.#clicked(row), CLICK_WAIT);
  }

  #clicked(row: number): void {
    if (row < 0 || !this.on.stage?.highlight.has(row)) this.on.hotspots.chooseNone();
    if (row >= 0) void this.on.panel.open(row);
  }

  /** A line was drawn, in CSS pixels of the map. */
  #drew({ view, positions }: Pane, points: readonly number[], how: How): void {
    const shape: number[] = [];
    for (let at = 0; at < points.length; at += 2)
      shape.push(...view.toMap(points[at] ?? 0, points[at + 1] ?? 0));
    this.on.explorer.selectShape(shape, positions, how);
  }

  // --- what is marked -----------------------------------------------------------------------------------------------

  /** A frame was drawn. */
  drawn(): void {
    const { ui, stage } = this.on;
    this.showMarks();
    if (DEBUG) ui.account = stage?.account() ?? null;
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#rested(), REST);
  }

  #rested(): void {
    const { explorer, stage, steps } = this.on;
    explorer.viewMoved();
    if (!stage?.panes.some(({ view }) => view.flying)) steps.remember("camera");
  }

  showMarks(): void {
    const { ui, stage } = this.on;
    if (!stage) return;
    for (const half of ui.halves) {
      const pane = paneOf(this.on, half);
      if (pane) this.#mark(half, pane, stage.hovered);
    }
  }

  #mark(half: Half, pane: Pane, row: number): void {
    const { ui, grouping, hotspots } = this.on;
    const { view } = pane;
    const layout = ui.layoutOf(half);
    half.selected = ui.detail ? pane.screenOf(ui.detail.row) : null;
    const home = half.layout === grouping.layout;
    half.captions = pane.captions(
      ({ text, of }) => (of ? captionWidth(text, of) : captionWidth(captionText(text, layout), "label")),
      layout?.arrangement === "date",
      [
        ...namesOfOwn(ui.hotspots, pane.positions, view.camera, view.side, ui.off),
        ...(home ? namesOnMap(ui.hotspots, grouping.regions, view.camera, view.side, ui.off) : []),
      ],
    );
    half.events = pane.events;
    half.told = pane.told(half.captions, eventSize);
    const around = home ? hotspots.around : null;
    half.ring = around ? pathOf(around.outline, (x, y) => view.toScreen(x, y)) : "";
    half.hovered = row < 0 ? null : { outline: pane.screenOf(row), title: ui.reader?.title(row) ?? null };
  }
}
