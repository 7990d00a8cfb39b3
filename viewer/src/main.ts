/**
 * The viewer: the only file that knows every part. It loads the site, holds the state, and tells layers and interface
 * what to show. `window.pixplot` is there for tests and for the curious: see DebugHook.
 */
import { flushSync, mount } from "svelte";
import { fetchArray, fetchManifest } from "./data/fetch";
import { loadPages, type Strip } from "./data/pages";
import { PictureLoader } from "./data/pictures";
import type { Rows } from "./data/table";
import { loadTree } from "./data/tree";
import { FormatError, ViewerError } from "./format/errors";
import type { Layout, Manifest } from "./format/manifest";
import { limitsOf, openContext } from "./layers/context";
import { Scene } from "./layers/scene";
import { readAddress, writeAddress } from "./model/address";
import { type AtlasPlan, planAtlas } from "./model/budget";
import { areaOf, type Box, boundsOf, type Camera, type Insets } from "./model/camera";
import { detailOf, picturePath, titleOf } from "./model/detail";
import { Highlight } from "./model/highlight";
import { halfExtent, type Items, makeItems, sizeOf } from "./model/items";
import { PlaceIndex } from "./model/picking";
import { needsSharp, sharpOrder } from "./model/priority";
import { SharpStream } from "./model/stream";
import { type Placed, Travel } from "./model/travel";
import { View } from "./model/view";
import App from "./ui/App.svelte";
import { Gestures } from "./ui/gestures";
import { type Actions, type Outline, type Problem, UiState } from "./ui/state.svelte";
import { strings } from "./ui/strings";
import { chooseTheme, currentTheme, groundColour, watchTheme } from "./ui/theme";

/** Milliseconds. */
const TRAVEL_TIME = 1200;
/** How long a click waits to see whether it becomes a double click. */
const CLICK_WAIT = 220;
/** How long the camera must rest before sharp pictures are asked for. */
const REST = 70;
/** CSS pixels around a small picture that still count as pointing at it. */
const SLACK = 6;
/** Below this width the panel comes from below; the style sheet has the same number. */
const NARROW = 720;
/** Side in device pixels below which looking for the rows in view is not worth it when most are. */
const SMALL = 16;
/** Share of its cell that a picture in a grid takes, so that neighbours do not touch. */
const GRID_SHARE = 0.93;
const PROBLEM_COLUMNS = ["path", "stage", "kind", "reason", "action"] as const;

/** For tests: what is on the screen, and where. */
export interface DebugHook {
  /** Settles when the atlas, the table and the first layout are in. */
  readonly ready: Promise<void>;
  /** Frames drawn so far; stands still while nothing changes. */
  readonly frames: number;
  /** The layout shown or travelled to. */
  readonly layout: string;
  /** Nothing moves (no travel, no flight, no fade), and the pictures can be pointed at. */
  readonly settled: boolean;
  readonly camera: Camera;
  setCamera(camera: Camera): void;
  /** Bytes kept on the GPU, at most 256 MiB. */
  gpuBytes(): number;
  /** The rectangle of a row's picture, in CSS pixels from the page's top left. */
  screenOf(row: number): Outline;
  /** How many pictures in view are drawn from their own files. */
  readonly sharp: number;
}

declare global {
  interface Window {
    pixplot?: DebugHook;
  }
}

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** All arrays that the first picture needs, fetched side by side. */
async function loadItems(
  site: Manifest,
  plan: AtlasPlan,
  first: Layout,
  arrived: () => void,
): Promise<[Items, Float32Array]> {
  const count = <T>(promise: Promise<T>) => promise.finally(arrived);
  const [positions, colours, sizes, slots] = await Promise.all([
    count(fetchArray(first.positions, "f32")),
    count(fetchArray(site.colours, "u8")),
    count(fetchArray(site.sizes, "u32")),
    count(fetchArray(site.atlas.slots, "u32")),
  ]);
  return [makeItems(colours, sizes, slots, plan.level.cell), positions];
}

function placedIn(layout: Layout, positions: Float32Array): Placed {
  return { positions, cell: layout.kind === "grid" ? layout.cell * GRID_SHARE : layout.cell };
}

/** The parsing of tables is its own chunk: nothing on the first screen needs it. */
async function loadTable(site: Manifest): Promise<Rows> {
  const { fetchTable } = await import("./data/table");
  return fetchTable(site.table, ["image", "item", ...site.columns.map(({ name }) => name)]);
}

class Viewer {
  readonly ready: Promise<void>;
  #frames = 0;
  #scheduled = false;
  #drawnAt = 0;
  readonly #view = new View();
  readonly #gestures: Gestures;
  readonly #travel: Travel;
  readonly #highlight: Highlight;
  readonly #layouts = new Map<string, Promise<Placed>>();
  #index: PlaceIndex | null = null;
  #scene: Scene;
  #stream: SharpStream;
  #sharpInView = 0;
  #restTimer = 0;
  #clickTimer = 0;
  #table: Rows | null = null;
  readonly #tableLoaded: Promise<void>;
  #hovered = -1;
  #ground: readonly [number, number, number] = groundColour();
  #returnFocus: HTMLElement | null = null;
  #loaded = 0;

  constructor(
    readonly site: Manifest,
    readonly items: Items,
    readonly plan: AtlasPlan,
    readonly gl: WebGL2RenderingContext,
    readonly canvas: HTMLCanvasElement,
    readonly ui: UiState,
    first: { layout: Layout; positions: Float32Array; members: Promise<Int32Array> | null },
  ) {
    const { layout, positions } = first;
    const placed = placedIn(layout, positions);
    this.#layouts.set(layout.name, Promise.resolve(placed));
    this.#travel = new Travel(placed);
    this.#highlight = new Highlight(items.count);
    this.#scene = this.#makeScene();
    this.#stream = this.#makeStream();
    this.#gestures = new Gestures(
      canvas,
      () => this.#view.place(this.#view.camera),
      (camera) => this.#gestured(camera),
    );
    ui.layout = layout.name;
    this.#settleIn(placed);
    this.#resize();
    this.#view.place(this.#view.fitted());
    this.#syncCamera();
    this.#listen();
    this.draw(performance.now());
    this.#tableLoaded = this.#loadRest(first.members);
    this.ready = this.#tableLoaded;
  }

  // --- what is loaded after the first frame ---------------------------------------------------------------------

  async #loadRest(members: Promise<Int32Array> | null): Promise<void> {
    await nextFrame();
    const index = this.#reindex(this.#travel.entered);
    const pages = this.#loadAtlas();
    const table = loadTable(this.site).then(
      (rows) => {
        this.#table = rows;
        this.#showMarks();
        this.#wantSoon();
      },
      () => this.#note(strings.tableMissing),
    );
    // Without them the list still flies to its hotspots; it only lights nothing.
    const known = members ? await members.catch(() => null) : null;
    if (known) this.#highlight.setMembers(known);
    this.#relight();
    await Promise.all([pages, table, index]);
    this.ui.progress = null;
    this.#showMedoids();
    this.#openAddressed();
    await nextFrame();
  }

  async #loadAtlas(): Promise<void> {
    const { pages } = this.plan.level;
    const shown = pages.slice(0, this.plan.layers);
    let missing = pages.length - shown.length;
    const take = async (strip: Strip) => {
      await nextFrame();
      if (this.gl.isContextLost()) return;
      this.#scene.writePage(strip.layer, strip.y, strip.bitmap, strip.last);
      if (strip.last) this.#step(shown.length);
      this.invalidate();
    };
    await loadPages(shown, this.plan.shrink, take, () => {
      missing += 1;
    });
    if (missing > 0) this.#note(strings.pagesMissing(missing));
  }

  #step(pages: number): void {
    this.#loaded += 1;
    // After a lost context the pages come again, behind a map that is already there.
    if (this.ui.progress !== null) this.ui.progress = Math.min(1, 0.3 + (0.7 * this.#loaded) / pages);
  }

  // --- the address ----------------------------------------------------------------------------------------------

  #remember(): void {
    const { layout, detail } = this.ui;
    const item = detail && this.#table ? `${this.#table.value("item", detail.row)}` : null;
    const hash = writeAddress({ layout: layout === this.site.layouts[0]?.name ? null : layout, item });
    if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
  }

  #openAddressed(): void {
    const { item } = readAddress(location.hash);
    const table = this.#table;
    if (item === null || !table) return;
    for (let row = 0; row < table.count; row++) {
      if (table.value("item", row) === item) {
        void this.open(row);
        return;
      }
    }
  }

  #addressChanged(): void {
    const layout = readAddress(location.hash).layout ?? this.site.layouts[0]?.name;
    this.#openAddressed();
    if (layout && layout !== this.ui.layout) void this.showLayout(layout);
  }

  #showMedoids(): void {
    const table = this.#table;
    if (!table) return;
    this.ui.hotspotPictures = this.ui.hotspots.map(({ item }) => this.#pictureOf(item, table));
  }

  #pictureOf(row: number, table: Rows): string {
    return picturePath(this.site.pictures.path, `${table.value("image", row) ?? ""}`);
  }

  #note(note: string): void {
    this.ui.notes = [...this.ui.notes.filter((other) => other !== note), note];
  }

  // --- the canvas -----------------------------------------------------------------------------------------------

  #makeScene(): Scene {
    const scene = new Scene(this.gl, this.items, this.plan);
    scene.setPositions(this.#travel.left.positions, this.#travel.entered.positions);
    scene.setLit(this.#highlight.lit);
    return scene;
  }

  #makeStream(): SharpStream {
    const pictures = new PictureLoader(
      (key, picture) => this.#placeSharp(key, picture),
      (key) => this.#stream.failed(key),
    );
    return new SharpStream(this.items, this.#scene.pool.layers, pictures);
  }

  #listen(): void {
    const { canvas } = this;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => void this.#restore());
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0) this.#hover(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerleave", () => this.#mark(-1));
    canvas.addEventListener("click", (event) => this.#click(event));
    window.addEventListener("hashchange", () => this.#addressChanged());
  }

  /** The context came back empty: make everything again. */
  async #restore(): Promise<void> {
    this.#stream.close();
    this.#scene = this.#makeScene();
    this.#stream = this.#makeStream();
    this.invalidate();
    await this.#loadAtlas();
  }

  #resize(): void {
    const { canvas } = this;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [Math.max(1, canvas.clientWidth), Math.max(1, canvas.clientHeight)];
    const wasFitted = this.#isFitted();
    this.#view.size = { width, height };
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.#measure();
    if (wasFitted) this.#view.place(this.#view.fitted());
    this.#syncCamera();
    // Resizing cleared the canvas; waiting for the next frame would flicker.
    this.draw(performance.now());
  }

  #isFitted(): boolean {
    const [now, fitted] = [this.#view.camera, this.#view.fitted()];
    return Math.abs(now.k / fitted.k - 1) < 1e-6 && Math.hypot(now.x - fitted.x, now.y - fitted.y) < 1e-6;
  }

  /** How much of the view the interface covers. */
  #measure(): void {
    const style = getComputedStyle(document.documentElement);
    const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
    const { width, height } = this.#view.size;
    const open = this.ui.detail !== null;
    const strip = this.ui.hotspotsShown && this.ui.hotspots.length > 0 ? pixels("--strip") : 0;
    const gap = 14;
    const insets: Insets = { top: pixels("--bar") + gap, right: gap, bottom: strip + gap, left: gap };
    if (!open) this.#view.insets = insets;
    else if (width < NARROW) this.#view.insets = { ...insets, bottom: 0.62 * height + gap };
    else this.#view.insets = { ...insets, right: pixels("--panel") + gap };
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
    return this.canvas.width / this.#view.size.width;
  }

  draw(now: number): void {
    if (this.gl.isContextLost()) return;
    const view = this.#view;
    this.#drawnAt = now;
    const flew = view.flying;
    view.side = this.#travel.cell(now) * this.ui.size;
    view.advance(now);
    if (flew) this.#syncCamera();
    const side = view.side * view.camera.k * this.#ratio;
    const rows = this.#rowsAsQuads(side, now);
    this.#sharpInView = 0;
    this.#scene.draw(
      {
        camera: view.camera,
        view: view.size,
        ratio: this.#ratio,
        mix: this.#travel.mix(now),
        side,
        ground: this.#ground,
        highlight: this.#highlight.active,
        rows,
        front: this.#inFront(now),
      },
      (slot) => this.#sharpOf(slot, now),
    );
    this.#frames += 1;
    this.#showMarks();
    if (!this.#settled(now)) this.invalidate();
    else this.#wantSoon();
  }

  /** The rows in view when they should be quads, else null. */
  #rowsAsQuads(side: number, now: number): Int32Array | null {
    if (!this.#index || !this.#travel.arrived(now)) return null;
    // Small pictures, most of them in view: points in any case, and the query would be long.
    if (side < SMALL && areaOf(this.#view.seen()) > 0.3 * areaOf(this.#view.box)) return null;
    const rows = this.#index.rowsIn(this.#view.seen());
    return this.#scene.prefersQuads(side, rows.length) ? rows : null;
  }

  #inFront(now: number): Int32Array {
    const rows = [this.ui.detail?.row ?? -1, this.#hovered];
    return Int32Array.from(this.#travel.arrived(now) ? rows.filter((row) => row >= 0) : []);
  }

  #settled(now: number): boolean {
    return this.#travel.arrived(now) && !this.#view.flying && !this.#stream.fading(now);
  }

  // --- sharp pictures -------------------------------------------------------------------------------------------

  #sharpOf(slot: number, now: number): { layer: number; strength: number } | null {
    const shown = this.#stream.shown(slot, now);
    if (shown) this.#sharpInView += 1;
    return shown;
  }

  #wantSoon(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#want(), REST);
  }

  #want(): void {
    const { side, camera } = this.#view;
    const pixels = side * camera.k * this.#ratio;
    const cell = this.plan.level.cell / this.plan.shrink;
    const table = this.#table;
    const rows = needsSharp(pixels, cell) ? this.#rowsAsQuads(pixels, performance.now()) : null;
    if (!table || !this.#index) return;
    const [x, y] = this.#view.toMap(...this.#view.middle());
    const { positions } = this.#index;
    const wants = sharpOrder(this.items, positions, rows ?? new Int32Array(), x, y, side);
    this.#stream.want(wants, (row) => this.#pictureOf(row, table));
  }

  #placeSharp(key: number, picture: ImageBitmap): void {
    const layer = this.gl.isContextLost() ? null : this.#stream.place(key, performance.now());
    if (layer !== null) {
      this.#scene.writeSharp(layer, picture);
      this.invalidate();
    }
    picture.close();
  }

  // --- the camera -----------------------------------------------------------------------------------------------

  #syncCamera(): void {
    this.#gestures.setLimits(this.#view.size, this.#view.box, this.#view.limits);
    this.#gestures.setCamera(this.#view.camera);
  }

  #gestured(camera: Camera): void {
    this.#mark(-1);
    this.#view.place(camera);
    this.invalidate();
  }

  place(camera: Camera): void {
    this.#view.place(camera);
    this.#syncCamera();
    this.invalidate();
  }

  flyTo(camera: Camera, duration: number | null = null): void {
    this.#view.flyTo(camera, performance.now(), reducedMotion.matches ? 0 : duration);
    this.#syncCamera();
    this.invalidate();
  }

  pan(dx: number, dy: number): void {
    this.place(this.#view.panned(dx, dy));
    this.#markMiddle();
  }

  zoom(factor: number): void {
    this.flyTo(this.#view.zoomed(factor), 200);
    this.#markMiddle();
  }

  fit(): void {
    this.flyTo(this.#view.fitted());
  }

  // --- pointing -------------------------------------------------------------------------------------------------

  #pick(px: number, py: number): number {
    if (!this.#index || !this.#travel.arrived(performance.now())) return -1;
    const [x, y] = this.#view.toMap(px, py);
    const first = this.#highlight.active ? (row: number) => this.#highlight.has(row) : null;
    return this.#index.at(x, y, this.#view.side, SLACK / this.#view.camera.k, first);
  }

  #hover(px: number, py: number): void {
    this.#mark(this.#pick(px, py));
    this.canvas.classList.toggle("pointing", this.#hovered >= 0);
  }

  #mark(row: number): void {
    if (row === this.#hovered) return;
    this.#hovered = row;
    this.invalidate();
  }

  /** While the keyboard steers, the picture nearest to the middle is the one that Enter opens. */
  #markMiddle(): void {
    if (document.activeElement === this.canvas) this.#mark(this.#nearestToMiddle());
  }

  /** The mark is what shows that the map has the keyboard. */
  focusMap(focused: boolean): void {
    if (focused) this.#markMiddle();
    else this.#mark(-1);
  }

  #nearestToMiddle(): number {
    return this.#index?.nearest(...this.#view.toMap(...this.#view.middle())) ?? -1;
  }

  screenOf(row: number): Outline {
    const [x, y] = this.#view.toScreen(...this.#travel.place(row, this.#drawnAt));
    const side = this.#view.side * this.#view.camera.k;
    const [halfWidth, halfHeight] = halfExtent(this.items, row);
    const [width, height] = [2 * halfWidth * side, 2 * halfHeight * side];
    return { x: x - width / 2, y: y - height / 2, width, height };
  }

  #showMarks(): void {
    const { ui } = this;
    const detail = ui.detail;
    ui.selected = detail ? this.screenOf(detail.row) : null;
    const row = this.#hovered;
    ui.hovered = row < 0 ? null : { outline: this.screenOf(row), title: this.#titleOf(row) };
  }

  #titleOf(row: number): string | null {
    const table = this.#table;
    return table ? titleOf(this.site.columns, (column) => table.value(column, row)) : null;
  }

  #click(event: MouseEvent): void {
    clearTimeout(this.#clickTimer);
    if (event.detail > 1) return;
    const row = this.#pick(event.offsetX, event.offsetY);
    this.#clickTimer = window.setTimeout(() => this.#clicked(row), CLICK_WAIT);
  }

  #clicked(row: number): void {
    if (row < 0 || !this.#highlight.has(row)) this.chooseNone();
    if (row >= 0) void this.open(row);
  }

  // --- the panel ------------------------------------------------------------------------------------------------

  async open(row: number): Promise<void> {
    if (!this.#table) await this.#tableLoaded;
    const table = this.#table;
    if (!table || row < 0 || row >= this.items.count) return;
    if (!this.ui.detail) this.#returnFocus = document.activeElement as HTMLElement | null;
    const read = (column: string) => table.value(column, row);
    this.ui.detail = detailOf(this.site.columns, row, sizeOf(this.items, row), this.site.pictures.path, read);
    this.ui.announcement = strings.opened(this.ui.detail.title);
    this.#remember();
    this.#mark(-1);
    this.#measure();
    this.#reveal(row);
    this.invalidate();
  }

  /** Let the row's whole picture, unless it is huge, be seen beside the panel. */
  #reveal(row: number): void {
    const [x, y] = this.#travel.place(row, performance.now());
    const half = Math.min(120, (this.#view.side * this.#view.camera.k) / 2);
    const camera = this.#view.revealing(x, y, half);
    if (camera.x !== this.#view.camera.x || camera.y !== this.#view.camera.y) this.flyTo(camera, 450);
  }

  locate(): void {
    if (!this.ui.detail) return;
    const [x, y] = this.#travel.place(this.ui.detail.row, performance.now());
    this.flyTo(this.#view.centredOn(x, y, 150 / this.#view.side));
  }

  stepBy(by: number): void {
    const row = (this.ui.detail?.row ?? -1) + by;
    if (this.ui.detail && row >= 0 && row < this.items.count) void this.open(row);
  }

  close(): void {
    if (!this.ui.detail) return;
    this.ui.detail = null;
    this.ui.announcement = strings.closed;
    this.#remember();
    this.#measure();
    // The panel must be gone before the focus can rest elsewhere.
    flushSync();
    (this.#returnFocus?.isConnected ? this.#returnFocus : this.canvas).focus({ preventScroll: true });
    this.invalidate();
  }

  openMarked(): void {
    const row = this.#hovered >= 0 ? this.#hovered : this.#nearestToMiddle();
    if (row >= 0) void this.open(row);
  }

  escape(): void {
    if (this.ui.detail) this.close();
    else this.chooseNone();
  }

  // --- layouts and hotspots -------------------------------------------------------------------------------------

  #placedOf(layout: Layout): Promise<Placed> {
    const known = this.#layouts.get(layout.name);
    if (known) return known;
    const loading = fetchArray(layout.positions, "f32").then((positions) => placedIn(layout, positions));
    this.#layouts.set(layout.name, loading);
    return loading;
  }

  /** Travel to a layout; `goal` is what the camera should show of it, all when null. */
  async showLayout(name: string, goal: Box | null = null): Promise<void> {
    const layout = this.site.layouts.find((candidate) => candidate.name === name);
    if (!layout) return;
    const before = this.ui.layout;
    this.ui.layout = name;
    try {
      const placed = await this.#placedOf(layout);
      if (this.ui.layout === name) this.#depart(placed, goal);
    } catch {
      this.#layouts.delete(name);
      if (this.ui.layout === name) this.ui.layout = before;
      this.#note(strings.layoutMissing(layout.label));
      return;
    }
    this.ui.announcement = strings.layoutShown(layout.label);
    this.#remember();
  }

  #depart(placed: Placed, goal: Box | null): void {
    const now = performance.now();
    const duration = reducedMotion.matches ? 0 : TRAVEL_TIME;
    this.#mark(-1);
    this.#travel.depart(placed, now, duration);
    this.#scene.setPositions(this.#travel.left.positions, placed.positions);
    this.#settleIn(placed);
    this.#index = null;
    void this.#reindex(placed);
    this.flyTo(this.#view.fitted(goal ?? this.#view.box), duration);
  }

  async #reindex(placed: Placed): Promise<void> {
    const tree = await loadTree(placed.positions);
    if (this.#travel.entered !== placed) return;
    this.#index = new PlaceIndex(this.items, placed.positions, tree);
    this.invalidate();
  }

  #settleIn(placed: Placed): void {
    this.#view.side = placed.cell * this.ui.size;
    this.#view.box = boundsOf(placed.positions, placed.cell / 2);
  }

  setSize(size: number): void {
    this.ui.size = size;
    this.#mark(-1);
    this.#view.side = this.#travel.entered.cell * size;
    this.#syncCamera();
    this.invalidate();
  }

  pointHotspot(index: number): void {
    this.#highlight.pointed = index;
    this.#relight();
  }

  chooseHotspot(index: number): void {
    const hotspot = this.ui.hotspots[index];
    const home = this.site.hotspots?.layout;
    if (!hotspot || !home) return;
    this.#highlight.chosen = index;
    this.ui.hotspot = index;
    this.#relight();
    const [x0 = -1, y0 = -1, x1 = 1, y1 = 1] = hotspot.bounds;
    const cell = this.site.layouts.find(({ name }) => name === home)?.cell ?? 0;
    const box = { x0: x0 - cell, y0: y0 - cell, x1: x1 + cell, y1: y1 + cell };
    if (this.ui.layout === home) this.flyTo(this.#view.fitted(box));
    else void this.showLayout(home, box);
    this.ui.announcement = strings.hotspotShown(hotspot.label, hotspot.count);
  }

  chooseNone(): void {
    this.#highlight.chosen = -1;
    this.#highlight.pointed = -1;
    this.ui.hotspot = -1;
    this.#relight();
  }

  #relight(): void {
    if (!this.#highlight.update()) return;
    this.#scene.setLit(this.#highlight.lit);
    this.invalidate();
  }

  toggleHotspots(): void {
    const wasFitted = this.#isFitted();
    this.ui.hotspotsShown = !this.ui.hotspotsShown;
    this.#measure();
    if (wasFitted) this.fit();
  }

  async loadProblems(): Promise<void> {
    try {
      if (!this.site.problems) throw new FormatError("problems", "a table", null);
      const { fetchTable } = await import("./data/table");
      const table = await fetchTable(this.site.problems, PROBLEM_COLUMNS);
      this.ui.problems = Array.from({ length: table.count }, (_, row) => {
        const cells = PROBLEM_COLUMNS.map((name) => [name, `${table.value(name, row) ?? ""}`]);
        return Object.fromEntries(cells) as Problem;
      });
    } catch {
      this.ui.problems = "failed";
    }
  }

  themeChanged(): void {
    this.#ground = groundColour();
    this.invalidate();
  }

  hook(): DebugHook {
    const viewer = this;
    return {
      ready: this.ready,
      get frames() {
        return viewer.#frames;
      },
      get layout() {
        return viewer.ui.layout;
      },
      get settled() {
        return !viewer.#scheduled && viewer.#index !== null && viewer.#settled(performance.now());
      },
      get camera() {
        return viewer.#view.camera;
      },
      get sharp() {
        return viewer.#sharpInView;
      },
      setCamera: (camera) => viewer.place(camera),
      gpuBytes: () => viewer.#scene.bytes(),
      screenOf: (row) => viewer.screenOf(row),
    };
  }
}

function actionsOf(ui: UiState, viewer: () => Viewer | null): Actions {
  return {
    showLayout: (name) => void viewer()?.showLayout(name),
    setSize: (size) => viewer()?.setSize(size),
    zoom: (factor) => viewer()?.zoom(factor),
    pan: (dx, dy) => viewer()?.pan(dx, dy),
    fit: () => viewer()?.fit(),
    toggleTheme: () => {
      chooseTheme(currentTheme() === "dark" ? "light" : "dark");
      ui.theme = currentTheme();
      viewer()?.themeChanged();
    },
    toggleHotspots: () => viewer()?.toggleHotspots(),
    hoverHotspot: (index) => viewer()?.pointHotspot(index),
    chooseHotspot: (index) => viewer()?.chooseHotspot(index),
    focusMap: (focused) => viewer()?.focusMap(focused),
    openMarked: () => viewer()?.openMarked(),
    step: (by) => viewer()?.stepBy(by),
    locate: () => viewer()?.locate(),
    close: () => viewer()?.close(),
    escape: () => viewer()?.escape(),
    openAbout: () => {
      ui.aboutOpen = true;
    },
    closeAbout: () => {
      ui.aboutOpen = false;
    },
    loadProblems: () => void viewer()?.loadProblems(),
    dismissNote: (note) => {
      ui.notes = ui.notes.filter((other) => other !== note);
    },
    reload: () => location.reload(),
  };
}

async function open(ui: UiState, canvas: HTMLCanvasElement): Promise<Viewer> {
  const gl = openContext(canvas);
  const site = await fetchManifest();
  const plan = planAtlas(site.atlas, site.counts.images, limitsOf(gl));
  const asked = readAddress(location.hash).layout;
  const layout = site.layouts.find(({ name }) => name === asked) ?? site.layouts[0];
  if (!plan || !layout)
    throw new FormatError("atlas.levels", "a level with at least one page", site.atlas.levels);
  const members = site.hotspots ? fetchArray(site.hotspots.members, "i32") : null;
  // Answered later; until then a failure is nobody's fault.
  members?.catch(() => null);
  let arrived = 0;
  const [items, positions] = await loadItems(site, plan, layout, () => {
    arrived += 1;
    ui.progress = (0.3 * arrived) / 4;
  });
  ui.manifest = site;
  flushSync();
  return new Viewer(site, items, plan, gl, canvas, ui, { layout, positions, members });
}

function start(): void {
  const ui = new UiState();
  let viewer: Viewer | null = null;
  watchTheme(() => {
    ui.theme = currentTheme();
    viewer?.themeChanged();
  });
  ui.theme = currentTheme();
  const target = document.getElementById("app");
  if (!target) throw new Error("index.html: expected an element #app, got none.");
  mount(App, { target, props: { state: ui, actions: actionsOf(ui, () => viewer) } });
  flushSync();
  const canvas = document.querySelector<HTMLCanvasElement>("#map");
  if (!canvas) throw new Error("App.svelte: expected a canvas #map, got none.");
  open(ui, canvas).then(
    (opened) => {
      viewer = opened;
      window.pixplot = opened.hook();
    },
    (error: unknown) => {
      ui.error = {
        message: error instanceof Error ? error.message : `${error}`,
        advice: error instanceof ViewerError ? error.advice : strings.unexpected,
      };
      if (!(error instanceof ViewerError)) console.error(error);
    },
  );
}

start();
