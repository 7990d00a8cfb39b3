/** One map in the view: a layout, the journey to it, a camera of its own, and what lies where. The page has one, or two side by side. */
import { type Box, boundsOf, type Camera } from "./camera";
import { type Caption, type Shown, shownCaptions, withCaptions } from "./captions";
import { type Event, type Size, type Told, toldEvents } from "./events";
import type { Highlight } from "./highlight";
import { halfExtent, type Items } from "./items";
import { PlaceIndex } from "./picking";
import type { Area, Part } from "./split";
import { type Placed, Travel } from "./travel";
import type { Tree } from "./tree";
import { View } from "./view";

/** Milliseconds. */
const TRAVEL_TIME = 1200;
/** CSS pixels around a small picture that still count as pointing at it. */
const SLACK = 6;

export interface PaneParts {
  readonly items: Items;
  readonly first: Placed;
  /** The lights of all panes. */
  readonly highlight: Highlight;
  tree(positions: Float32Array): Promise<Tree>;
  /** Whether the reader wants no motion. */
  still(): boolean;
  /** Something is to be drawn anew. */
  changed(): void;
  /** The pictures are on their way to another layout, or their positions became finer. */
  moved(pane: Pane): void;
  /** The layout entered has its index: neighbours on the map can be told. */
  indexed(pane: Pane): void;
  /** The camera or its limits were set by other than a gesture. */
  placed(pane: Pane): void;
}

export class Pane {
  readonly view = new View();
  /** Where it lies on the canvas, in CSS pixels; `view` counts from its left top corner. */
  area: Area = { x: 0, y: 0, width: 1, height: 1 };
  readonly #parts: PaneParts;
  readonly #travel: Travel;
  /** Of the picture square, relative to the layout's own. */
  #size: number;
  #index: PlaceIndex | null = null;
  #drawnAt = 0;
  /** The camera of the last frame. */
  #last: Camera | null = null;

  constructor(parts: PaneParts, size = 1) {
    this.#parts = parts;
    this.#travel = new Travel(parts.first);
    this.#size = size;
    this.#settleIn(parts.first);
  }

  /** Positions of the layout shown or travelled to, 2 per row. */
  get positions(): Float32Array {
    return this.#travel.entered.positions;
  }

  get travel(): Travel {
    return this.#travel;
  }

  /** Where the pictures are, for whoever needs neighbours on the map; null while it is built. */
  get index(): PlaceIndex | null {
    return this.#index;
  }

  isSettled(now: number): boolean {
    return this.#travel.arrived(now) && !this.view.flying;
  }

  /** Lie there; whoever calls sees to it that a view that was fitted is fitted again. */
  lie({ area, insets }: Part): void {
    this.area = area;
    this.view.size = { width: area.width, height: area.height };
    this.view.insets = insets;
  }

  // --- frames -------------------------------------------------------------------------------------------------------

  /** Come to where all is at `now`; tells whether anything moves, and whether it is the first time. */
  advance(now: number): { moving: boolean; first: boolean } {
    const { view } = this;
    this.#drawnAt = now;
    const flew = view.flying;
    view.side = this.#travel.cell(now) * this.#size;
    view.advance(now);
    if (flew) this.#parts.placed(this);
    const first = this.#last === null;
    const moving = view.camera !== this.#last || !this.isSettled(now);
    this.#last = view.camera;
    return { moving, first };
  }

  // --- the camera ---------------------------------------------------------------------------------------------------

  /** A gesture moved the camera. */
  gestured(camera: Camera): void {
    this.view.place(camera);
    this.#parts.changed();
  }

  place(camera: Camera): void {
    this.view.place(camera);
    this.#parts.placed(this);
    this.#parts.changed();
  }

  /** `duration` in milliseconds; null for what suits the distance. */
  flyTo(camera: Camera, duration: number | null = null): void {
    this.view.flyTo(camera, performance.now(), this.#parts.still() ? 0 : duration);
    this.#parts.placed(this);
    this.#parts.changed();
  }

  fit(box: Box = this.view.box): void {
    this.flyTo(this.view.fitted(box));
  }

  /** Let the row's whole picture, unless it is huge, be seen. */
  reveal(row: number): void {
    const [x, y] = this.#travel.place(row, performance.now());
    const half = Math.min(120, (this.view.side * this.view.camera.k) / 2);
    const camera = this.view.revealing(x, y, half);
    if (camera.x !== this.view.camera.x || camera.y !== this.view.camera.y) this.flyTo(camera, 450);
  }

  locate(row: number): void {
    const [x, y] = this.#travel.place(row, performance.now());
    this.flyTo(this.view.centredOn(x, y, 150 / this.view.side));
  }

  setSize(size: number): void {
    this.#size = size;
    this.view.side = this.#travel.entered.cell * size;
    this.#parts.placed(this);
    this.#parts.changed();
  }

  // --- pointing -----------------------------------------------------------------------------------------------------

  /** The row drawn on top at a place of the pane, in CSS pixels, or -1. */
  pick(px: number, py: number): number {
    if (!this.#index || !this.#travel.arrived(performance.now())) return -1;
    const [x, y] = this.view.toMap(px, py);
    const { highlight } = this.#parts;
    const first = highlight.active ? (row: number) => highlight.has(row) : null;
    const shown = highlight.active ? (row: number) => highlight.shows(row) : null;
    return this.#index.at(x, y, this.view.side, SLACK / this.view.camera.k, first, shown);
  }

  /** Rows whose middle is in the part of the view that nothing covers, hidden ones excluded. */
  rowsInView(): Int32Array {
    const { top, right, bottom, left } = this.view.insets;
    const { width, height } = this.view.size;
    const [x0, y1] = this.view.toMap(left, top);
    const [x1, y0] = this.view.toMap(width - right, height - bottom);
    const rows = this.#index?.rowsIn({ x0, y0, x1, y1 }) ?? new Int32Array();
    return rows.filter((row) => this.#parts.highlight.shows(row));
  }

  nearestToMiddle(): number {
    return this.#index?.nearest(...this.view.toMap(...this.view.middle())) ?? -1;
  }

  /** A row's picture, in CSS pixels of the pane. */
  screenOf(row: number): Area {
    const [x, y] = this.view.toScreen(...this.#travel.place(row, this.#drawnAt));
    const side = this.view.side * this.view.camera.k;
    const [halfWidth, halfHeight] = halfExtent(this.#parts.items, row);
    const [width, height] = [2 * halfWidth * side, 2 * halfHeight * side];
    return { x: x - width / 2, y: y - height / 2, width, height };
  }

  /** The captions with room for them, the layout's and `more`; none while the pictures travel. `even`: see captions.ts. */
  captions(widthOf: (caption: Caption) => number, even: boolean, more: readonly Caption[]): Shown[] {
    const { marks } = this.#travel.entered;
    if (!this.#travel.arrived(this.#drawnAt)) return [];
    const order = [...(marks?.captions ?? []), ...more];
    return shownCaptions(order, this.view.camera, this.view.size, widthOf, even, this.view.insets);
  }

  /** What the layout tells of its years. */
  get events(): readonly Event[] {
    return this.#travel.entered.marks?.events ?? [];
  }

  /** Those with room for them beside the captions; none while the pictures travel. */
  told(captions: readonly Shown[], sizeOf: (event: Event, whole: boolean) => Size): Told[] {
    if (!this.#travel.arrived(this.#drawnAt)) return [];
    return toldEvents(this.events, captions, this.view.camera, this.view.size, sizeOf);
  }

  // --- layouts ------------------------------------------------------------------------------------------------------

  /** Travel to another layout; `goal` is what the camera should show of it, all when null. */
  depart(placed: Placed, goal: Box | null): void {
    const duration = this.#parts.still() ? 0 : TRAVEL_TIME;
    this.#travel.depart(placed, performance.now(), duration);
    this.#parts.moved(this);
    this.#settleIn(placed);
    void this.reindex();
    this.flyTo(this.view.fitted(goal ?? this.view.box), duration);
  }

  /** Positions of a layout came in finer than they were, and were put in the place of the coarse ones. */
  refined(placed: Placed): void {
    if (this.#travel.entered === placed) this.#parts.moved(this);
  }

  /** Build the index of the layout entered; until then nothing can be pointed at. */
  async reindex(): Promise<void> {
    const placed = this.#travel.entered;
    this.#index = null;
    const tree = await this.#parts.tree(placed.positions);
    if (this.#travel.entered !== placed) return;
    this.#index = new PlaceIndex(this.#parts.items, placed.positions, tree);
    this.#parts.indexed(this);
    this.#parts.changed();
  }

  #settleIn(placed: Placed): void {
    this.view.side = placed.cell * this.#size;
    this.view.box = withCaptions(boundsOf(placed.positions, placed.cell / 2), placed.marks?.captions ?? []);
  }
}
