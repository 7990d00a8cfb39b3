/** The canvas and what is drawn on it: one map, or two beside each other, from the same textures. It knows no texts and no page. */
import type { Level } from "../format/manifest";
import { rowsOfRanges } from "../model/blocks";
import { type Account, type AtlasPlan, BUDGET, poolPlaces, SHARP_SIDE } from "../model/budget";
import { areaOf, type Viewport } from "../model/camera";
import { CellStream, type Cutter, levelFor } from "../model/cells";
import { Highlight } from "../model/highlight";
import type { Items } from "../model/items";
import { FULL, Pace, SAMPLE } from "../model/pace";
import { Pane, type PaneParts } from "../model/pane";
import { alternating, sharpOrder, type Want } from "../model/priority";
import type { Area } from "../model/split";
import { type Fetcher, SharpStream } from "../model/stream";
import type { Placed } from "../model/travel";
import type { GL } from "./context";
import type { Rgb } from "./frame";
import { type PageStrip, Scene } from "./scene";
import type { Spread } from "./spread";

/** How long the cameras must rest before sharp pictures are asked for, in milliseconds. */
const REST = 70;
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

export interface StageParts extends Pick<PaneParts, "tree" | "still" | "indexed" | "placed"> {
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
  /** A frame was drawn. */
  drawn(): void;
}

/** Device pixels per CSS pixel, as far as they are drawn. */
function deviceRatio(): number {
  return Math.min(2, devicePixelRatio || 1);
}

export class Stage {
  readonly highlight: Highlight;
  readonly main: Pane;
  hovered = -1;
  opened = -1;
  frames = 0;
  /** How many pictures of the last frame came from their own files. */
  sharp = 0;
  readonly #parts: StageParts;
  #inks: { inks: Uint8Array; colours: readonly Rgb[] };
  #beside: Pane | null = null;
  /** Of the pictures, relative to the layouts' own. */
  #size = 1;
  #scene: Scene;
  readonly #spreads = new Map<Pane, Spread>();
  #stream: SharpStream;
  #near: CellStream[];
  #ground: Rgb;
  #complete = false;
  #paged = false;
  /** The canvas in CSS pixels. */
  #page: Viewport = { width: 1, height: 1 };
  /** The canvas in device pixels, when nothing moves. */
  #full = { width: 1, height: 1 };
  #pathOf: ((row: number) => string | null) | null = null;
  #scheduled = false;
  #restTimer = 0;
  #fullTimer = 0;
  #refreshTimer = 0;
  readonly #pace = new Pace();
  #quality = FULL;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#ground = parts.ground;
    this.highlight = new Highlight(parts.items.count);
    this.#inks = { inks: new Uint8Array(parts.items.count), colours: [] };
    this.main = this.#makePane(parts.first);
    this.#scene = this.#makeScene();
    for (const [pane, spread] of this.#spreads) this.#place(pane, spread);
    this.#stream = this.#makeStream();
    this.#near = this.#makeNear();
  }

  get items(): Items {
    return this.#parts.items;
  }

  /** The second map; null where there is one alone. */
  get beside(): Pane | null {
    return this.#beside;
  }

  get panes(): readonly Pane[] {
    return this.#beside ? [this.main, this.#beside] : [this.main];
  }

  /** The canvas in CSS pixels. */
  get page(): Viewport {
    return this.#page;
  }

  get settled(): boolean {
    const full = this.#quality === FULL && this.#refreshTimer === 0;
    const indexed = this.panes.every(({ index }) => index !== null);
    return !this.#scheduled && full && indexed && this.#isSettled(performance.now());
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

  // --- panes --------------------------------------------------------------------------------------------------------

  #makePane(first: Placed): Pane {
    const { items, tree, still, indexed, placed } = this.#parts;
    const changed = () => this.invalidate();
    const moved = (pane: Pane) => this.#moved(pane);
    const parts = { items, first, highlight: this.highlight, tree, still, indexed, placed, changed, moved };
    return new Pane(parts, this.#size);
  }

  #moved(pane: Pane): void {
    this.mark(-1);
    const spread = this.#spreads.get(pane);
    if (spread) this.#place(pane, spread);
    this.invalidate();
  }

  #place({ travel }: Pane, spread: Spread): void {
    this.#scene.setPositions(spread, travel.left.positions, travel.entered.positions);
    spread.lines.set(travel.entered.marks?.lines ?? null);
  }

  /** Show a second map; whoever calls says where both lie. */
  split(first: Placed): Pane {
    this.join();
    const pane = this.#makePane(first);
    this.#beside = pane;
    const spread = this.#scene.spread();
    this.#spreads.set(pane, spread);
    this.#place(pane, spread);
    if (this.#scene.share()) this.#renewStreams();
    void pane.reindex();
    return pane;
  }

  /** Show one map alone again. */
  join(): void {
    const spread = this.#beside && this.#spreads.get(this.#beside);
    if (!this.#beside || !spread) return;
    this.#spreads.delete(this.#beside);
    this.#beside = null;
    this.#scene.drop(spread);
    if (this.#scene.share()) this.#renewStreams();
    this.invalidate();
  }

  #renewStreams(): void {
    this.#stream.close();
    for (const stream of this.#near) stream.close();
    this.#stream = this.#makeStream();
    this.#near = this.#makeNear();
    this.#wantSoon();
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
    scene.setLit(this.highlight.lit);
    scene.setInks(this.#inks.inks, this.#inks.colours);
    for (const pane of this.panes) this.#spreads.set(pane, scene.spread());
    scene.share();
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
    this.#scene = this.#makeScene();
    for (const [pane, spread] of this.#spreads) this.#place(pane, spread);
    this.#renewStreams();
    this.invalidate();
  }

  /** A strip of an atlas page. */
  writePage(strip: PageStrip): void {
    if (this.#parts.gl.isContextLost()) return;
    this.#scene.writePage(strip);
    this.#paged = true;
    // While dots are drawn, pages change nothing; and a frame may take as long as many strips.
    if (this.panes.every((pane) => this.#scene.drawsDots(this.#pixels(pane)))) return;
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

  /** Positions of a layout, finer than they were. */
  refine(placed: Placed, positions: Float32Array): void {
    placed.positions.set(positions);
    for (const pane of this.panes) pane.refined(placed);
  }

  /** Take the canvas's size; `measure` says where the panes lie in it before fitted views are fitted again. */
  resize(measure: () => void): void {
    const { canvas } = this.#parts;
    const ratio = deviceRatio();
    const [width, height] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
    const fitted = this.panes.filter(({ view }) => view.isFitted());
    this.#page = { width, height };
    this.#full = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    this.#scale();
    measure();
    for (const { view } of fitted) view.place(view.fitted());
    for (const pane of this.panes) this.#parts.placed(pane);
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

  /** Of the pictures of all panes, relative to the layouts' own. */
  setSize(size: number): void {
    this.#size = size;
    this.mark(-1);
    for (const pane of this.panes) pane.setSize(size);
  }

  mark(row: number): void {
    if (row === this.hovered) return;
    this.hovered = row;
    this.invalidate();
  }

  /** Rows in view in any pane, ascending. */
  rowsInView(): Int32Array {
    const found = this.panes.map((pane) => pane.rowsInView());
    const [only] = found;
    if (found.length === 1 && only) return only;
    return Int32Array.from(new Set(found.flatMap((rows) => Array.from(rows)))).sort();
  }

  // --- frames -------------------------------------------------------------------------------------------------------

  get #ratio(): number {
    return this.#parts.canvas.width / this.#page.width;
  }

  /** Side of a picture's square in device pixels. */
  #pixels({ view }: Pane): number {
    return view.side * view.camera.k * this.#ratio;
  }

  /** Where a pane lies on the canvas, in device pixels from the left lower corner. */
  #areaOf({ area }: Pane): Area {
    const [left, right, top, bottom] = [area.x, area.x + area.width, area.y, area.y + area.height].map(
      (side) => Math.round(side * this.#ratio),
    ) as [number, number, number, number];
    return { x: left, y: this.#parts.canvas.height - bottom, width: right - left, height: bottom - top };
  }

  draw(now: number): void {
    if (this.#parts.gl.isContextLost()) return;
    this.#choose(
      this.panes.map((pane) => pane.advance(now)),
      now,
    );
    this.#uploadCells(now);
    this.sharp = 0;
    this.#scene.clear(this.#ground);
    for (const [pane, spread] of this.#spreads) this.#drawPane(pane, spread, now);
    this.frames += 1;
    this.#parts.drawn();
    if (!this.#isSettled(now)) this.invalidate();
    else this.#wantSoon();
  }

  /** Choose how finely to draw, and see to it that what comes to rest is drawn in full. */
  #choose(motions: readonly { moving: boolean; first: boolean }[], now: number): void {
    const moving = motions.some((motion) => motion.moving && !motion.first);
    if (!moving) this.#pace.rested();
    const still = motions[0]?.first && this.items.count > MANY ? SAMPLE : FULL;
    const quality = moving ? this.#pace.moving(now) : still;
    if (quality !== this.#quality) {
      this.#quality = quality;
      this.#scale();
    }
    clearTimeout(this.#fullTimer);
    if (quality !== FULL) this.#fullTimer = window.setTimeout(() => this.invalidate(), STILL);
  }

  #drawPane(pane: Pane, spread: Spread, now: number): void {
    const { view, travel } = pane;
    this.#scene.draw(
      spread,
      {
        camera: view.camera,
        view: view.size,
        area: this.#areaOf(pane),
        mix: travel.mix(now),
        side: this.#pixels(pane),
        seen: view.seen(),
        stride: this.#quality.stride,
        ground: this.#ground,
        highlight: this.highlight.active,
        rows: this.#rowsAsQuads(pane, now),
        front: travel.arrived(now) ? this.#inFront() : new Int32Array(),
      },
      {
        sharp: (slot) => this.#sharpOf(slot, now),
        near: (at, slot) => this.#near[at]?.shown(slot, now) ?? null,
        cells: this.#parts.sharper.map(({ cell }) => cell),
      },
    );
  }

  /** The rows in view when they should be quads, else null. */
  #rowsAsQuads(pane: Pane, now: number): Int32Array | null {
    const { view, index, travel } = pane;
    const side = this.#pixels(pane);
    const spread = this.#spreads.get(pane);
    if (!index || !spread || !travel.arrived(now)) return null;
    // Small pictures, most of them in view: points in any case, and the query would be long.
    const seen = view.seen();
    if (side < SMALL && areaOf(seen) > 0.3 * areaOf(view.box)) return null;
    const points = rowsOfRanges(spread.rangesIn(seen, 1));
    if (points > MOST_SOUGHT) return null;
    const rows = index.rowsIn(seen);
    if (this.#quality !== FULL && rows.length > FEW_QUADS && side < this.#scene.largestPoint) return null;
    return this.#scene.prefersQuads(side, rows.length, points) ? index.inDrawingOrder(rows) : null;
  }

  #inFront(): Int32Array {
    return Int32Array.from([this.opened, this.hovered].filter((row) => row >= 0));
  }

  #isSettled(now: number): boolean {
    return this.panes.every((pane) => pane.isSettled(now)) && !this.#fading(now);
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
    if (!this.#complete || this.panes.some(({ index }) => index === null)) return;
    const { plan, sharper } = this.#parts;
    const cells = [plan.level.cell / plan.shrink, ...sharper.map(({ cell }) => cell)];
    const wanted = this.panes.map((pane) => {
      const level = levelFor(this.#pixels(pane), cells);
      return { level, wants: level > 0 ? this.#wantsOf(pane) : [] };
    });
    // While a picture's own file is on its way, the sharpest cell is soonest there.
    const own = cells.length;
    const from = (at: number) =>
      alternating(
        wanted.filter(({ level }) => (level === own ? own - 2 : level - 1) === at).map(({ wants }) => wants),
      );
    for (const [at, stream] of this.#near.entries()) stream.want(from(at).map(({ slot }) => slot));
    const files = wanted.filter(({ level }) => level === own).map(({ wants }) => wants);
    if (this.#pathOf) this.#stream.want(alternating(files), this.#pathOf);
  }

  /** The pictures that a pane shows large, those nearest to its middle first. */
  #wantsOf(pane: Pane): Want[] {
    const rows = this.#rowsAsQuads(pane, performance.now());
    if (!rows || !pane.index) return [];
    const [x, y] = pane.view.toMap(...pane.view.middle());
    return sharpOrder(this.items, pane.index.positions, rows, x, y, pane.view.side);
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
}
