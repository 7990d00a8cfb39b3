/** The map on its canvas: camera, travel between layouts, drawing, sharp pictures and pointing. It knows no texts and no page. */
import type { Level } from "../format/manifest";
import { rowsOfRanges } from "../model/blocks";
import { type Account, type AtlasPlan, BUDGET, poolPlaces, SHARP_SIDE } from "../model/budget";
import { areaOf, type Box, boundsOf, type Camera } from "../model/camera";
import { type Caption, type Shown, shownCaptions, withCaptions } from "../model/captions";
import { CellStream, type Cutter, levelFor } from "../model/cells";
import { Highlight } from "../model/highlight";
import { halfExtent, type Items } from "../model/items";
import { FULL, Pace, SAMPLE } from "../model/pace";
import { PlaceIndex } from "../model/picking";
import { sharpOrder } from "../model/priority";
import { type Fetcher, SharpStream } from "../model/stream";
import { type Placed, Travel } from "../model/travel";
import type { Tree } from "../model/tree";
import { View } from "../model/view";
import type { GL } from "./context";
import type { Rgb } from "./frame";
import { Scene } from "./scene";

/** Milliseconds. */
const TRAVEL_TIME = 1200;
/** How long the camera must rest before sharp pictures are asked for. */
const REST = 70;
/** CSS pixels around a small picture that still count as pointing at it. */
const SLACK = 6;
/** Side in device pixels below which looking for the rows in view is not worth it when most are. */
const SMALL = 16;
/** Bytes of cells written in one frame. */
const UPLOAD_BYTES = 2 ** 21;
/** More rows than this are not looked for one by one. */
const MOST_SOUGHT = 100_000;
/** How long a motion must rest before it is drawn in full, in milliseconds. */
const STILL = 160;
/** While pages come in, the map is drawn again this often, in milliseconds. */
const REFRESH = 400;
/** Of more rows than this, the first frame shows a sample. */
const MANY = 200_000;
/** While frames are slow, no more rows than this are drawn as quads. */
const FEW_QUADS = 2000;

/** A picture's rectangle on the screen, in CSS pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface StageParts {
  readonly gl: GL;
  readonly canvas: HTMLCanvasElement;
  readonly items: Items;
  readonly plan: AtlasPlan;
  readonly first: Placed;
  readonly ground: Rgb;
  /** Who fetches sharp pictures, and whom to tell of each. */
  fetcher(done: (key: number, picture: ImageBitmap) => void, failed: (key: number) => void): Fetcher;
  /** The levels of the atlas that are sharper than the planned one, at most two. */
  readonly sharper: readonly Level[];
  /** Who cuts cells out of pages, and whom to tell of each job; null pixels where a page could not be had. */
  cutter(done: (id: number, pixels: Uint8Array | null) => void): Cutter;
  tree(positions: Float32Array): Promise<Tree>;
  /** Whether the reader wants no motion. */
  still(): boolean;
  /** A frame was drawn. */
  drawn(): void;
  /** The layout entered has its index: neighbours on the map can be told. */
  indexed(): void;
  /** The camera or its limits were set by other than a gesture. */
  placed(): void;
}

/** Device pixels per CSS pixel, as far as they are drawn. */
function deviceRatio(): number {
  return Math.min(2, devicePixelRatio || 1);
}

export class Stage {
  readonly view = new View();
  readonly highlight: Highlight;
  /** Of the picture square, relative to the layout's own. */
  size = 1;
  hovered = -1;
  opened = -1;
  frames = 0;
  /** How many pictures of the last frame came from their own files. */
  sharp = 0;
  readonly #parts: StageParts;
  #inks: { inks: Uint8Array; colours: readonly Rgb[] };
  readonly #travel: Travel;
  #scene: Scene;
  #stream: SharpStream;
  #near: CellStream[];
  #index: PlaceIndex | null = null;
  #ground: Rgb;
  #complete = false;
  #paged = false;
  /** The canvas in device pixels, when nothing moves. */
  #full = { width: 1, height: 1 };
  #pathOf: ((row: number) => string | null) | null = null;
  #scheduled = false;
  #drawnAt = 0;
  #restTimer = 0;
  #fullTimer = 0;
  #refreshTimer = 0;
  readonly #pace = new Pace();
  #quality = FULL;
  /** The camera of the last frame. */
  #last: Camera | null = null;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#ground = parts.ground;
    this.#travel = new Travel(parts.first);
    this.highlight = new Highlight(parts.items.count);
    this.#inks = { inks: new Uint8Array(parts.items.count), colours: [] };
    this.#scene = this.#makeScene();
    this.#stream = this.#makeStream();
    this.#near = this.#makeNear();
    this.#settleIn(parts.first);
  }

  get items(): Items {
    return this.#parts.items;
  }

  /** Positions of the layout shown or travelled to, 2 per row. */
  get positions(): Float32Array {
    return this.#travel.entered.positions;
  }

  /** Where the pictures are, for whoever needs neighbours on the map; null while it is built. */
  get index(): PlaceIndex | null {
    return this.#index;
  }

  get settled(): boolean {
    const full = this.#quality === FULL && this.#refreshTimer === 0;
    return !this.#scheduled && full && this.#index !== null && this.#isSettled(performance.now());
  }

  gpuBytes(): number {
    return this.#scene.bytes();
  }

  account(): Account {
    return {
      parts: this.#scene.parts(),
      budget: BUDGET,
      frames: this.frames,
      stride: this.#quality.stride,
      loading: this.#near.reduce((sum, { loading }) => sum + loading, 0),
    };
  }

  // --- the canvas ---------------------------------------------------------------------------------------------------

  /** The canvas when the window is as large as the screen, or larger where it is so already. */
  #largest(): { width: number; height: number } {
    const { canvas } = this.#parts;
    const ratio = deviceRatio();
    return {
      width: Math.ceil(Math.max(screen.width, canvas.clientWidth) * ratio),
      height: Math.ceil(Math.max(screen.height, canvas.clientHeight) * ratio),
    };
  }

  #makeScene(): Scene {
    const scene = new Scene(
      this.#parts.gl,
      this.items,
      this.#parts.plan,
      this.#parts.sharper.map(({ cell }) => cell),
      this.#largest(),
    );
    if (this.#complete) scene.reorder();
    scene.setPositions(this.#travel.left.positions, this.#travel.entered.positions);
    scene.setLines(this.#travel.entered.marks?.lines ?? null);
    scene.setLit(this.highlight.lit);
    scene.setInks(this.#inks.inks, this.#inks.colours);
    return scene;
  }

  #makeStream(): SharpStream {
    const fetcher = this.#parts.fetcher(
      (key, picture) => this.#placeSharp(key, picture),
      (key) => this.#stream.failed(key),
    );
    return new SharpStream(this.items, this.#scene.sharpLayers, fetcher);
  }

  #makeNear(): CellStream[] {
    const cutter = this.#parts.cutter((id, pixels) => this.#cut(id, pixels));
    const { plan, sharper } = this.#parts;
    return sharper.map((level, at) => {
      const places = poolPlaces(level.cell, this.#scene.nearLayers[at] ?? 0);
      return new CellStream(level, plan.page, places, cutter);
    });
  }

  #cut(id: number, pixels: Uint8Array | null): void {
    for (const stream of this.#near) {
      if (pixels) stream.arrived(id, pixels);
      else stream.failed(id);
    }
    this.invalidate();
  }

  /** Write cells that came, as many as a frame has time for. */
  #uploadCells(now: number): void {
    let bytes = UPLOAD_BYTES;
    for (const [at, stream] of this.#near.entries()) {
      if (bytes <= 0) return;
      for (const { place, pixels } of stream.take(bytes, now)) {
        this.#scene.writeCell(at, place, pixels);
        bytes -= pixels.length;
      }
    }
  }

  /** The context came back empty: make everything again. */
  restore(): void {
    this.#stream.close();
    for (const stream of this.#near) stream.close();
    this.#scene = this.#makeScene();
    this.#stream = this.#makeStream();
    this.#near = this.#makeNear();
    this.invalidate();
  }

  /** A strip of an atlas page. */
  writePage(layer: number, y: number, strip: ImageBitmap, last: boolean): void {
    if (this.#parts.gl.isContextLost()) return;
    this.#scene.writePage(layer, y, strip, last);
    this.#paged = true;
    // While dots are drawn, pages change nothing; and a frame may take as long as many strips.
    if (this.#scene.drawsDots(this.view.side * this.view.camera.k * this.#ratio)) return;
    this.#refreshTimer ||= window.setTimeout(() => {
      this.#refreshTimer = 0;
      this.invalidate();
    }, REFRESH);
  }

  /** Sizes and slots are in the items now. */
  completed(): void {
    this.#complete = true;
    this.#scene.reorder();
    this.invalidate();
  }

  /** Positions of the layout entered, finer than they were. */
  refine(placed: Placed, positions: Float32Array): void {
    placed.positions.set(positions);
    this.#scene.setPositions(this.#travel.left.positions, this.#travel.entered.positions);
    this.invalidate();
  }

  /** Take the canvas's size; `measure` brings the insets up to date before a fitted view is fitted again. */
  resize(measure: () => void): void {
    const { canvas } = this.#parts;
    const ratio = deviceRatio();
    const [width, height] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
    const wasFitted = this.view.isFitted();
    this.view.size = { width, height };
    this.#full = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    this.#scale();
    measure();
    if (wasFitted) this.view.place(this.view.fitted());
    this.#parts.placed();
    // Resizing cleared the canvas; waiting for the next frame would flicker.
    this.draw(performance.now());
  }

  /** Give the canvas as many pixels as the quality asks for. */
  #scale(): void {
    const { canvas } = this.#parts;
    const [width, height] = [this.#full.width, this.#full.height].map((side) =>
      Math.max(1, Math.round(side * this.#quality.scale)),
    ) as [number, number];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  setGround(ground: Rgb): void {
    this.#ground = ground;
    this.invalidate();
  }

  /** The ink of each row's frame, 0 for none, and the inks' colours. */
  setInks(inks: Uint8Array, colours: readonly Rgb[]): void {
    this.#inks = { inks, colours };
    this.#scene.setInks(inks, colours);
    this.invalidate();
  }

  /** Settles when the graphics have done all that they were told so far. */
  async finished(): Promise<void> {
    const { gl } = this.#parts;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (!fence) return;
    gl.flush();
    while (!gl.isContextLost() && gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED)
      await new Promise((resolve) => setTimeout(resolve, 4));
    gl.deleteSync(fence);
  }

  /** Draw and give the canvas away before the browser clears it. */
  picture(): Promise<Blob | null> {
    this.draw(performance.now());
    return new Promise((resolve) => this.#parts.canvas.toBlob(resolve, "image/png"));
  }

  /** Bring the lights to the screen after `highlight` changed. */
  relight(): void {
    if (!this.highlight.update()) return;
    this.#scene.setLit(this.highlight.lit);
    this.invalidate();
  }

  invalidate(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame((now) => {
      this.#scheduled = false;
      this.draw(now);
    });
  }

  get #ratio(): number {
    return this.#parts.canvas.width / this.view.size.width;
  }

  draw(now: number): void {
    if (this.#parts.gl.isContextLost()) return;
    const { view } = this;
    this.#drawnAt = now;
    const flew = view.flying;
    view.side = this.#travel.cell(now) * this.size;
    view.advance(now);
    if (flew) this.#parts.placed();
    this.#choose(now);
    this.#uploadCells(now);
    this.#drawScene(now);
    this.frames += 1;
    this.#parts.drawn();
    if (!this.#isSettled(now)) this.invalidate();
    else this.#wantSoon();
  }

  /** Choose how finely to draw, and see to it that what comes to rest is drawn in full. */
  #choose(now: number): void {
    const { camera, flying } = this.view;
    const moving = camera !== this.#last || flying || !this.#travel.arrived(now);
    const first = this.#last === null;
    this.#last = camera;
    if (!moving || first) this.#pace.rested();
    const still = first && this.items.count > MANY ? SAMPLE : FULL;
    const quality = moving && !first ? this.#pace.moving(now) : still;
    if (quality !== this.#quality) {
      this.#quality = quality;
      this.#scale();
    }
    clearTimeout(this.#fullTimer);
    if (quality !== FULL) this.#fullTimer = window.setTimeout(() => this.invalidate(), STILL);
  }

  #drawScene(now: number): void {
    const { view } = this;
    const side = view.side * view.camera.k * this.#ratio;
    this.sharp = 0;
    this.#scene.draw(
      {
        camera: view.camera,
        view: view.size,
        ratio: this.#ratio,
        mix: this.#travel.mix(now),
        side,
        seen: view.seen(),
        stride: this.#quality.stride,
        ground: this.#ground,
        highlight: this.highlight.active,
        rows: this.#rowsAsQuads(side, now),
        front: this.#inFront(now),
      },
      {
        sharp: (slot) => this.#sharpOf(slot, now),
        near: (at, slot) => this.#near[at]?.shown(slot, now) ?? null,
        cells: this.#parts.sharper.map(({ cell }) => cell),
      },
    );
  }

  /** The rows in view when they should be quads, else null. */
  #rowsAsQuads(side: number, now: number): Int32Array | null {
    if (!this.#index || !this.#travel.arrived(now)) return null;
    // Small pictures, most of them in view: points in any case, and the query would be long.
    const seen = this.view.seen();
    if (side < SMALL && areaOf(seen) > 0.3 * areaOf(this.view.box)) return null;
    const points = rowsOfRanges(this.#scene.rangesIn(seen, 1));
    if (points > MOST_SOUGHT) return null;
    const rows = this.#index.rowsIn(seen);
    if (this.#quality !== FULL && rows.length > FEW_QUADS && side < this.#scene.largestPoint) return null;
    return this.#scene.prefersQuads(side, rows.length, points) ? this.#index.inDrawingOrder(rows) : null;
  }

  #inFront(now: number): Int32Array {
    const rows = [this.opened, this.hovered];
    return Int32Array.from(this.#travel.arrived(now) ? rows.filter((row) => row >= 0) : []);
  }

  #isSettled(now: number): boolean {
    return this.#travel.arrived(now) && !this.view.flying && !this.#fading(now);
  }

  #fading(now: number): boolean {
    return this.#stream.fading(now) || this.#near.some((stream) => stream.waiting || stream.fading(now));
  }

  // --- sharp pictures -----------------------------------------------------------------------------------------------

  /** From now on sharp pictures can be had. */
  setPaths(pathOf: (row: number) => string | null): void {
    this.#pathOf = pathOf;
    this.#wantSoon();
  }

  #sharpOf(slot: number, now: number): { layer: number; strength: number } | null {
    const shown = this.#stream.shown(slot, now);
    if (shown) this.sharp += 1;
    return shown;
  }

  #wantSoon(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#want(), REST);
  }

  #want(): void {
    const { side, camera } = this.view;
    const { plan, sharper } = this.#parts;
    const pixels = side * camera.k * this.#ratio;
    const level = levelFor(pixels, [plan.level.cell / plan.shrink, ...sharper.map(({ cell }) => cell)]);
    const rows = level > 0 ? this.#rowsAsQuads(pixels, performance.now()) : null;
    if (!this.#index || !this.#complete) return;
    const [x, y] = this.view.toMap(...this.view.middle());
    const wants = sharpOrder(this.items, this.#index.positions, rows ?? new Int32Array(), x, y, side);
    const slots = wants.map(({ slot }) => slot);
    const own = level > sharper.length;
    // While a picture's own file is on its way, the sharpest cell is soonest there.
    const wanted = own ? level - 2 : level - 1;
    for (const [at, stream] of this.#near.entries()) stream.want(at === wanted ? slots : []);
    if (this.#pathOf) this.#stream.want(own ? wants : [], this.#pathOf);
  }

  /** What a row is drawn from: 512 its own file, else the side of the sharpest cell that is there, 0 the mean colour alone. */
  sourceOf(row: number): number {
    const [slot, now] = [this.items.slots[row] ?? 0, performance.now()];
    if (this.#stream.shown(slot, now)) return SHARP_SIDE;
    const near = this.#near.findLast((stream) => stream.shown(slot, now));
    if (near) return near.cell;
    return this.#complete && this.#paged ? this.#parts.plan.level.cell : 0;
  }

  #placeSharp(key: number, picture: ImageBitmap): void {
    const layer = this.#parts.gl.isContextLost() ? null : this.#stream.place(key, performance.now());
    if (layer !== null) {
      this.#scene.writeSharp(layer, picture);
      this.invalidate();
    }
    picture.close();
  }

  // --- the camera ---------------------------------------------------------------------------------------------------

  /** A gesture moved the camera. */
  gestured(camera: Camera): void {
    this.mark(-1);
    this.view.place(camera);
    this.invalidate();
  }

  place(camera: Camera): void {
    this.view.place(camera);
    this.#parts.placed();
    this.invalidate();
  }

  /** `duration` in milliseconds; null for what suits the distance. */
  flyTo(camera: Camera, duration: number | null = null): void {
    this.view.flyTo(camera, performance.now(), this.#parts.still() ? 0 : duration);
    this.#parts.placed();
    this.invalidate();
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
    this.size = size;
    this.mark(-1);
    this.view.side = this.#travel.entered.cell * size;
    this.#parts.placed();
    this.invalidate();
  }

  // --- pointing -----------------------------------------------------------------------------------------------------

  /** The row drawn on top at a place of the canvas, in CSS pixels, or -1. */
  pick(px: number, py: number): number {
    if (!this.#index || !this.#travel.arrived(performance.now())) return -1;
    const [x, y] = this.view.toMap(px, py);
    const { highlight } = this;
    const first = highlight.active ? (row: number) => highlight.has(row) : null;
    const shown = highlight.active ? (row: number) => highlight.shows(row) : null;
    return this.#index.at(x, y, this.view.side, SLACK / this.view.camera.k, first, shown);
  }

  mark(row: number): void {
    if (row === this.hovered) return;
    this.hovered = row;
    this.invalidate();
  }

  /** Rows whose middle is in the part of the view that nothing covers, hidden ones excluded. */
  rowsInView(): Int32Array {
    const { top, right, bottom, left } = this.view.insets;
    const { width, height } = this.view.size;
    const [x0, y1] = this.view.toMap(left, top);
    const [x1, y0] = this.view.toMap(width - right, height - bottom);
    const rows = this.#index?.rowsIn({ x0, y0, x1, y1 }) ?? new Int32Array();
    return rows.filter((row) => this.highlight.shows(row));
  }

  nearestToMiddle(): number {
    return this.#index?.nearest(...this.view.toMap(...this.view.middle())) ?? -1;
  }

  screenOf(row: number): Rectangle {
    const [x, y] = this.view.toScreen(...this.#travel.place(row, this.#drawnAt));
    const side = this.view.side * this.view.camera.k;
    const [halfWidth, halfHeight] = halfExtent(this.items, row);
    const [width, height] = [2 * halfWidth * side, 2 * halfHeight * side];
    return { x: x - width / 2, y: y - height / 2, width, height };
  }

  /** The captions with room for them, the layout's and `more`; none while the pictures travel. `even`: see model/captions.ts. */
  captions(widthOf: (caption: Caption) => number, even: boolean, more: readonly Caption[]): Shown[] {
    const { marks } = this.#travel.entered;
    if (!this.#travel.arrived(this.#drawnAt)) return [];
    const order = [...(marks?.captions ?? []), ...more];
    return shownCaptions(order, this.view.camera, this.view.size, widthOf, even);
  }

  // --- layouts ------------------------------------------------------------------------------------------------------

  /** Travel to another layout; `goal` is what the camera should show of it, all when null. */
  depart(placed: Placed, goal: Box | null): void {
    const duration = this.#parts.still() ? 0 : TRAVEL_TIME;
    this.mark(-1);
    this.#travel.depart(placed, performance.now(), duration);
    this.#scene.setPositions(this.#travel.left.positions, placed.positions);
    this.#scene.setLines(placed.marks?.lines ?? null);
    this.#settleIn(placed);
    void this.reindex();
    this.flyTo(this.view.fitted(goal ?? this.view.box), duration);
  }

  /** Build the index of the layout entered; until then nothing can be pointed at. */
  async reindex(): Promise<void> {
    const placed = this.#travel.entered;
    this.#index = null;
    const tree = await this.#parts.tree(placed.positions);
    if (this.#travel.entered !== placed) return;
    this.#index = new PlaceIndex(this.items, placed.positions, tree);
    this.#parts.indexed();
    this.invalidate();
  }

  #settleIn(placed: Placed): void {
    this.view.side = placed.cell * this.size;
    this.view.box = withCaptions(boundsOf(placed.positions, placed.cell / 2), placed.marks?.captions ?? []);
  }
}
