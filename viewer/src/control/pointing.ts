/** The canvas: what is pointed at, clicked and drawn around, and what is marked there. */
import type { Stage } from "../layers/stage";
import { namesOnMap, pathOf } from "../model/names";
import type { How } from "../model/selection";
import { captionText } from "../ui/arrangements";
import type { Drawing } from "../ui/drawing";
import { captionWidth } from "../ui/measure";
import type { Arranging } from "./arranging";
import type { Desk } from "./desk";
import type { Explorer } from "./explorer";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Loading } from "./loading";
import type { Panel } from "./panel";
import type { Steps } from "./steps";

/** Milliseconds that a click waits to see whether it becomes a double click. */
const CLICK_WAIT = 220;
/** How long the camera must rest before the address takes it, in milliseconds. */
const REST = 300;
/** `?debug` shows what is on the graphics card. */
const DEBUG = new URLSearchParams(location.search).has("debug");

export interface PointingDesk extends Desk {
  readonly drawing: Drawing | null;
  readonly arranging: Arranging;
  readonly explorer: Explorer;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly loading: Loading;
  readonly panel: Panel;
  readonly steps: Steps;
}

export class Pointing {
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
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0)
        this.#hover(stage, event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerdown", () => stage.mark(-1));
    canvas.addEventListener("pointerleave", () => stage.mark(-1));
    canvas.addEventListener("click", (event) => this.#click(stage, event));
  }

  // --- pointing -----------------------------------------------------------------------------------------------------

  #hover(stage: Stage, px: number, py: number): void {
    const row = stage.pick(px, py);
    stage.mark(row);
    this.on.canvas.classList.toggle("pointing", row >= 0);
  }

  pointRow(row: number): void {
    this.on.stage?.mark(row);
  }

  /** While the keyboard steers, the picture nearest to the middle is the one that Enter opens. */
  markMiddle(): void {
    const { stage, canvas } = this.on;
    if (document.activeElement === canvas) stage?.mark(stage.nearestToMiddle());
  }

  /** The mark is what shows that the map has the keyboard. */
  focus(focused: boolean): void {
    if (focused) this.markMiddle();
    else this.on.stage?.mark(-1);
  }

  openMarked(): void {
    const { stage, panel } = this.on;
    const row = stage && (stage.hovered >= 0 ? stage.hovered : stage.nearestToMiddle());
    if (row !== null && row >= 0) void panel.open(row);
  }

  #click(stage: Stage, event: MouseEvent): void {
    const { ui, drawing, explorer } = this.on;
    clearTimeout(this.#clickTimer);
    if (event.detail > 1 || drawing?.clicked) return;
    const row = stage.pick(event.offsetX, event.offsetY);
    if (ui.tool || event.shiftKey) {
      if (row >= 0) explorer.toggleRow(row);
    } else this.#clickTimer = window.setTimeout(() => this.#clicked(stage, row), CLICK_WAIT);
  }

  #clicked(stage: Stage, row: number): void {
    if (row < 0 || !stage.highlight.has(row)) this.on.hotspots.chooseNone();
    if (row >= 0) void this.on.panel.open(row);
  }

  /** A line was drawn, in CSS pixels. */
  drew(points: readonly number[], how: How): void {
    const view = this.on.stage?.view;
    if (!view) return;
    const shape: number[] = [];
    for (let at = 0; at < points.length; at += 2)
      shape.push(...view.toMap(points[at] ?? 0, points[at + 1] ?? 0));
    this.on.explorer.selectShape(shape, how);
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
    if (!stage?.view.flying) steps.remember("camera");
  }

  showMarks(): void {
    const { ui, stage, grouping, hotspots } = this.on;
    if (!stage) return;
    const row = stage.hovered;
    ui.selected = ui.detail ? stage.screenOf(ui.detail.row) : null;
    const home = ui.layout === grouping.layout;
    ui.captions = stage.captions(
      ({ text, of }) => (of ? captionWidth(text, of) : captionWidth(captionText(text, ui.current), "label")),
      ui.current?.arrangement === "date",
      home ? namesOnMap(ui.hotspots, grouping.regions, stage.view.camera, stage.view.side, ui.off) : [],
    );
    const around = home ? hotspots.around : null;
    ui.ring = around ? pathOf(around.outline, (x, y) => stage.view.toScreen(x, y)) : "";
    ui.hovered = row < 0 ? null : { outline: stage.screenOf(row), title: ui.reader?.title(row) ?? null };
  }
}
