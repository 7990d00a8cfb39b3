/**
 * The viewer: the only file that knows every part. It loads the site, holds the state, and tells layers and interface
 * what to show. `window.pixplot` is there for tests and for the curious: see DebugHook.
 */
import { flushSync, mount } from "svelte";
import { CellCutter } from "./data/cells";
import { fetchArray, fetchManifest } from "./data/fetch";
import { fetchMarks } from "./data/marks";
import { Neighbours } from "./data/neighbours";
import { loadPages, type Strip } from "./data/pages";
import { PictureLoader } from "./data/pictures";
import { fetchPositions } from "./data/positions";
import { Services } from "./data/services";
import type { FileRows as Rows } from "./data/table";
import { loadTree } from "./data/tree";
import { FormatError, GraphicsError, ViewerError } from "./format/errors";
import { type Hotspots, hotspotsOf, type Layout, type Manifest } from "./format/manifest";
import { type GL, limitsOf, openContext } from "./layers/context";
import { Stage } from "./layers/stage";
import { type Address, readAddress, writeAddress } from "./model/address";
import { type AtlasPlan, planAtlas, sharperLevels } from "./model/budget";
import { type Box, boundsOf, type Camera, type Insets } from "./model/camera";
import { detailOf, picturePath, titleOf } from "./model/detail";
import type { Finder } from "./model/finder";
import { type Group, setFor } from "./model/groups";
import type { Exported } from "./model/iiif";
import { fillItems, type Items, plainItems, sizeOf } from "./model/items";
import { namesOnMap, pathOf } from "./model/names";
import { pageOrder } from "./model/priority";
import type { Problem } from "./model/problems";
import { maskOf, rowsOf } from "./model/selection";
import type { Service } from "./model/service";
import { matesOf } from "./model/stacks";
import type { Placed } from "./model/travel";
import App from "./ui/App.svelte";
import { captionText, nameOf } from "./ui/arrangements";
import { download, fileStem } from "./ui/download";
import { Drawing } from "./ui/drawing";
import { Explorer } from "./ui/explorer";
import { Gestures } from "./ui/gestures";
import { Grouping } from "./ui/grouping";
import { captionWidth } from "./ui/measure";
import { type Actions, type Outline, type Reader, UiState } from "./ui/state.svelte";
import { number, speak, strings, wantedLanguage } from "./ui/strings";
import { chooseTheme, currentTheme, groundColour, watchTheme } from "./ui/theme";

/** Milliseconds that a click waits to see whether it becomes a double click. */
const CLICK_WAIT = 220;
/** How long the camera must rest before the address takes it, in milliseconds. */
const REST = 300;
/** Below this width the panel comes from below; the style sheet has the same number. */
const NARROW = 720;
/** Share of its cell that a picture in a grid takes, so that neighbours do not touch. */
const GRID_SHARE = 0.93;
/** Side of a cell where there is no atlas. */
const NO_ATLAS_CELL = 64;
/** Of so few items everything is asked for at once; of more, the first view comes first. */
const FEW = 16_384;
/** Roles of the columns that a list tells below the title. */
const NOTED = ["category", "year"];

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
  /** What a row is drawn from: 512 its own file, else the side of its atlas cell, 0 its mean colour alone. */
  sourceOf(row: number): number;
  /** How many pictures in view are drawn from their own files. */
  readonly sharp: number;
}

declare global {
  interface Window {
    pixplot?: DebugHook;
  }
}

/** `?debug` shows what is on the graphics card. */
const DEBUG = new URLSearchParams(location.search).has("debug");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

interface Opened {
  readonly site: Manifest;
  readonly items: Items;
  readonly layout: Layout;
  readonly placed: Placed;
  /** Whether the positions are the exact ones. */
  readonly exact: boolean;
  /** null where the browser has no WebGL2: then there is no map, and all else. */
  readonly gl: GL | null;
  readonly plan: AtlasPlan;
}

interface Arrived {
  readonly placed: Placed;
  readonly exact: boolean;
}

/** A layout without its labels is still a layout. */
async function fetchPlaced(layout: Layout, failed: () => void = () => undefined): Promise<Arrived> {
  const marks = fetchMarks(layout).catch(() => {
    failed();
    return null;
  });
  const { positions, exact } = await fetchPositions(layout.positions);
  const cell = layout.kind === "grid" ? layout.cell * GRID_SHARE : layout.cell;
  return { placed: { positions, cell, marks: await marks }, exact };
}

/** The parsing of tables is its own chunk: nothing on the first screen needs it. */
async function loadTable(site: Manifest): Promise<Rows> {
  const { fetchTable } = await import("./data/table");
  return fetchTable(site.table, ["image", "item", ...site.columns.map(({ name }) => name)]);
}

class Viewer {
  readonly ready: Promise<void>;
  readonly site: Manifest;
  readonly items: Items;
  readonly explorer: Explorer;
  readonly grouping: Grouping;
  readonly #stage: Stage | null;
  #gestures: Gestures | null = null;
  #drawing: Drawing | null = null;
  readonly #layouts = new Map<string, Promise<Placed>>();
  readonly #neighbours: Neighbours | null;
  readonly #near = new Map<string, Promise<Uint8Array>>();
  readonly #services: Services | null;
  #stacks: Promise<Uint32Array | null> | null = null;
  readonly #members = new Map<Hotspots, Promise<Int32Array>>();
  #table: Rows | null = null;
  #rows: Map<string, number> | null = null;
  #tableOpened: Promise<void> | null = null;
  /** The first frame is on the screen. */
  readonly #first: Promise<void>;
  /** Sizes and slots are in. */
  readonly #completed: Promise<void>;
  /** The pages of the atlas are in. */
  #based: Promise<void> = Promise.resolve();
  #finder: Promise<Finder | null> | null = null;
  /** The hotspot pointed at in a list. */
  #pointed: string | null = null;
  #clickTimer = 0;
  #restTimer = 0;
  #returnFocus: HTMLElement | null = null;
  #loaded = 0;
  /** Whether the state comes from the address just now, or has yet to come from it. */
  #applying = true;
  #lastKind = "step";

  constructor(
    readonly opened: Opened,
    readonly canvas: HTMLCanvasElement,
    readonly ui: UiState,
  ) {
    const { site, layout, placed, exact } = opened;
    this.site = site;
    this.items = opened.items;
    this.#layouts.set(layout.name, Promise.resolve(placed));
    this.#neighbours = site.neighbours ? new Neighbours(site.neighbours) : null;
    this.#services = site.services ? new Services(site.services) : null;
    ui.layout = layout.name;
    this.#stage = opened.gl ? this.#makeStage(opened.gl, placed) : null;
    this.grouping = this.#makeGrouping();
    this.explorer = this.#makeExplorer();
    if (this.#stage) this.#raise(this.#stage);
    this.#first = this.#finish("pixplot-first");
    this.#completed = this.#loadItems();
    this.#based = this.#completed.then(() => this.#loadAtlas());
    // Whoever waits for what failed is told; until then it is nobody's fault.
    this.#based.catch(() => null);
    if (!exact) void this.#refine(layout, placed);
    this.ready = this.#loadRest();
  }

  #makeStage(gl: GL, first: Placed): Stage {
    return new Stage({
      gl,
      canvas: this.canvas,
      items: this.items,
      plan: this.opened.plan,
      first,
      ground: groundColour(),
      fetcher: (done, failed) => new PictureLoader(done, failed),
      sharper: sharperLevels(this.site.atlas, this.opened.plan),
      cutter: (done) => new CellCutter(done),
      tree: loadTree,
      still: () => reducedMotion.matches,
      drawn: () => this.#drawn(),
      indexed: () => this.#tellTruth(),
      placed: () => this.#syncCamera(),
    });
  }

  #makeGrouping(): Grouping {
    return new Grouping({
      ui: this.ui,
      count: this.items.count,
      first: setFor(hotspotsOf(this.site), this.site.layouts, this.ui.layout) ?? this.site.hotspots,
      key: `pixplot-hotspots:${location.pathname}`,
      members: (set) => this.#membersOf(set),
      itemOf: (row) => `${this.#table?.value("item", row) ?? ""}`,
      rowOf: (item) => this.#rowOf(item),
    });
  }

  #makeExplorer(): Explorer {
    return new Explorer({
      ui: this.ui,
      count: this.items.count,
      columns: this.site.columns,
      map: this.#stage,
      mark: this.site.table.digest.slice(0, 6),
      finder: () => this.#openFinder(),
      read: (column, row) => this.#table?.value(column, row),
      exported: (rows) => this.exported(rows),
      remember: (kind) => this.#remember(kind),
    });
  }

  /** Show the first frame, and listen. */
  #raise(stage: Stage): void {
    const { view } = stage;
    this.#drawing = new Drawing(this.canvas, this.ui, (points, how) => this.#drew(points, how));
    this.#gestures = new Gestures(
      this.canvas,
      () => view.place(view.camera),
      (camera) => stage.gestured(camera),
      (event) => !this.#drawing?.wants(event),
    );
    stage.resize(() => this.#measure());
    const { place } = readAddress(location.hash);
    view.place(place ? view.cameraAt(place) : view.fitted());
    this.#syncCamera();
    this.#listen(stage);
    stage.draw(performance.now());
  }

  // --- what is loaded after the first frame ---------------------------------------------------------------------

  /** The texts: when first asked for, and at the latest when the map stands. */
  #openTable(): Promise<void> {
    this.#tableOpened ??= this.#loadTable();
    return this.#tableOpened;
  }

  /** Sizes and slots: what turns dots into pictures. */
  async #loadItems(): Promise<void> {
    const { site, items } = this;
    if (items.count > FEW) await this.#first;
    const [sizes, slots] = await Promise.all([
      fetchArray(site.sizes, "u32"),
      fetchArray(site.atlas.slots, "u32"),
    ]);
    fillItems(items, sizes, slots, this.#stage ? this.opened.plan.level.cell : NO_ATLAS_CELL);
    this.#stage?.completed();
    await this.#first;
  }

  /** Mark the moment at which all that was drawn is on the screen. */
  async #finish(mark: string): Promise<void> {
    await this.#stage?.finished();
    performance.mark(mark);
  }

  /** Put the exact positions of a layout in the place of coarse ones, once the map stands. */
  async #refine(layout: Layout, placed: Placed): Promise<void> {
    try {
      await this.#based;
      this.#stage?.refine(placed, await fetchArray(layout.positions, "f32"));
    } catch {
      // Coarse places are a pixel off when one is very near.
    }
  }

  async #loadTable(): Promise<void> {
    await nextFrame();
    try {
      const rows = await loadTable(this.site);
      this.#table = rows;
      this.ui.reader = this.#readerOf(rows);
      this.#showMarks();
      this.#stage?.setPaths((row) => this.#pictureOf(row, rows));
    } catch {
      this.#note(strings.tableMissing);
    }
  }

  async #loadRest(): Promise<void> {
    await nextFrame();
    // With many, an index in the making would take the processor from the first frame.
    if (this.items.count > FEW) await this.#first;
    const index = this.#stage?.reindex();
    if (this.items.count > FEW) await this.#based;
    const table = this.#openTable();
    await Promise.all([this.#based, table, index, this.grouping.load()]);
    this.ui.progress = null;
    this.ui.hotspotPictures = true;
    this.grouping.show();
    // An address that says nothing must not undo what was typed while the map was loading.
    if (location.hash.length > 1) await this.#apply(readAddress(location.hash), true);
    this.#applying = false;
    await nextFrame();
  }

  async #loadAtlas(): Promise<void> {
    const stage = this.#stage;
    if (!stage) return;
    const { plan } = this.opened;
    const shown = plan.level.pages.slice(0, plan.layers);
    let missing = plan.level.pages.length - shown.length;
    const take = async (strip: Strip) => {
      await nextFrame();
      stage.writePage(strip.layer, strip.y, strip.bitmap, strip.last);
      if (strip.last) this.#step(shown.length);
    };
    const order = pageOrder(this.items.slots, stage.positions, plan, shown.length, stage.view.camera);
    await loadPages(shown, order, plan.shrink, take, () => {
      missing += 1;
    });
    stage.invalidate();
    await nextFrame();
    await this.#finish("pixplot-base");
    if (missing > 0) this.#note(strings.pagesMissing(missing));
  }

  #step(pages: number): void {
    this.#loaded += 1;
    // After a lost context the pages come again, behind a map that is already there.
    if (this.ui.progress !== null) this.ui.progress = Math.min(1, 0.3 + (0.7 * this.#loaded) / pages);
  }

  #openFinder(): Promise<Finder | null> {
    this.#finder ??= (async () => {
      await this.#openTable();
      const { openFinder } = await import("./data/finder");
      return this.#table && openFinder({ columns: this.site.columns, bytes: this.#table.bytes });
    })();
    return this.#finder;
  }

  #readerOf(table: Rows): Reader {
    const noted = this.site.columns.filter(({ role }) => role !== null && NOTED.includes(role));
    return {
      title: (row) => titleOf(this.site.columns, (column) => table.value(column, row)),
      picture: (row) => this.#pictureOf(row, table),
      note: (row) =>
        noted
          .map(({ name }) => table.value(name, row))
          .filter((value) => value !== null && value !== undefined)
          .join(" · "),
    };
  }

  #pictureOf(row: number, table: Rows): string {
    return picturePath(this.site.pictures.path, `${table.value("image", row) ?? ""}`);
  }

  #rowOf(item: string): number | undefined {
    const table = this.#table;
    if (!table) return undefined;
    this.#rows ??= new Map(
      Array.from({ length: table.count }, (_, row) => [`${table.value("item", row)}`, row]),
    );
    return this.#rows.get(item);
  }

  #note(note: string): void {
    this.ui.notes = [...this.ui.notes.filter((other) => other !== note), note];
  }

  // --- the address ----------------------------------------------------------------------------------------------

  #address(): Address {
    const { ui } = this;
    const view = this.#stage?.view;
    return {
      layout: ui.layout === this.site.layouts[0]?.name ? null : ui.layout,
      item: ui.detail && this.#table ? `${this.#table.value("item", ui.detail.row)}` : null,
      place: view && !view.isFitted() ? view.looksAt : null,
      text: ui.text,
      choices: ui.choices,
      hide: ui.hide,
      selection: this.explorer.encodeSelection(),
      hotspot: ui.hotspot,
      colour: ui.legend?.column ?? null,
    };
  }

  /** Steps can be gone back; a text that is still typed and a camera that moves belong to the step before. */
  #remember(kind: "step" | "text" | "camera"): void {
    if (this.#applying) return;
    const hash = writeAddress(this.#address());
    const push = kind === "step" || (kind === "text" && this.#lastKind !== "text");
    if (kind !== "camera") this.#lastKind = kind;
    if (hash === location.hash) return;
    const to = hash || location.pathname + location.search;
    if (push) history.pushState(null, "", to);
    else history.replaceState(null, "", to);
  }

  /** Bring everything to what an address says; the camera too, unless it is the first, which was shown from the start. */
  async #apply(address: Address, first = false): Promise<void> {
    this.#applying = true;
    const { ui, explorer } = this;
    try {
      const layout = address.layout ?? this.site.layouts[0]?.name ?? "";
      if (layout !== ui.layout) await this.showLayout(layout);
      [ui.text, ui.choices, ui.hide] = [address.text, address.choices, address.hide];
      if (ui.filtering || ui.found) await explorer.search(null);
      explorer.restoreSelection(address.selection);
      this.#chooseGroup(this.grouping.find(address.hotspot));
      if (address.colour !== (ui.legend?.column ?? null)) await explorer.colourBy(address.colour, false);
      const row = address.item === null ? undefined : this.#rowOf(address.item);
      if (row !== undefined) await this.open(row, address.place === null);
      else this.#closeDetail();
      const view = this.#stage?.view;
      if (view && !first) this.#stage?.flyTo(address.place ? view.cameraAt(address.place) : view.fitted());
    } finally {
      this.#applying = false;
    }
  }

  // --- the canvas -----------------------------------------------------------------------------------------------

  #listen(stage: Stage): void {
    const { canvas } = this;
    new ResizeObserver(() => stage.resize(() => this.#measure())).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      stage.restore();
      void this.#loadAtlas();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0) this.#hover(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerdown", () => stage.mark(-1));
    canvas.addEventListener("pointerleave", () => stage.mark(-1));
    canvas.addEventListener("click", (event) => this.#click(event));
  }

  /** How much of the view the interface covers. */
  #measure(): void {
    const view = this.#stage?.view;
    if (!view) return;
    const style = getComputedStyle(document.documentElement);
    const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
    const { width, height } = view.size;
    const strip = this.ui.hotspotsShown && this.ui.hotspots.length > 0 ? pixels("--strip") : 0;
    const gap = 14;
    const insets: Insets = { top: pixels("--bar") + gap, right: gap, bottom: strip + gap, left: gap };
    if (!this.ui.panelOpen) view.insets = insets;
    else if (width < NARROW) view.insets = { ...insets, bottom: 0.62 * height + gap };
    else view.insets = { ...insets, right: pixels("--panel") + gap };
  }

  #syncCamera(): void {
    if (!this.#stage) return;
    const { size, box, limits, camera } = this.#stage.view;
    this.#gestures?.setLimits(size, box, limits);
    this.#gestures?.setCamera(camera);
  }

  #drawn(): void {
    this.#showMarks();
    if (DEBUG) this.ui.account = this.#stage?.account() ?? null;
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#rested(), REST);
  }

  #rested(): void {
    this.explorer.viewMoved();
    if (!this.#stage?.view.flying) this.#remember("camera");
  }

  pan(dx: number, dy: number): void {
    if (!this.#stage) return;
    this.#stage.place(this.#stage.view.panned(dx, dy));
    this.#markMiddle();
  }

  zoom(factor: number): void {
    if (!this.#stage) return;
    this.#stage.flyTo(this.#stage.view.zoomed(factor), 200);
    this.#markMiddle();
  }

  fit(): void {
    this.#stage?.fit();
  }

  // --- pointing -------------------------------------------------------------------------------------------------

  #hover(px: number, py: number): void {
    const row = this.#stage?.pick(px, py) ?? -1;
    this.#stage?.mark(row);
    this.canvas.classList.toggle("pointing", row >= 0);
  }

  pointRow(row: number): void {
    this.#stage?.mark(row);
  }

  /** While the keyboard steers, the picture nearest to the middle is the one that Enter opens. */
  #markMiddle(): void {
    if (document.activeElement === this.canvas) this.#stage?.mark(this.#stage.nearestToMiddle());
  }

  /** The mark is what shows that the map has the keyboard. */
  focusMap(focused: boolean): void {
    if (focused) this.#markMiddle();
    else this.#stage?.mark(-1);
  }

  #showMarks(): void {
    const { ui } = this;
    const stage = this.#stage;
    if (!stage) return;
    const row = stage.hovered;
    ui.selected = ui.detail ? stage.screenOf(ui.detail.row) : null;
    const home = ui.layout === this.grouping.layout;
    ui.captions = stage.captions(
      ({ text, of }) => (of ? captionWidth(text, of) : captionWidth(captionText(text, ui.current), "label")),
      ui.current?.arrangement === "date",
      home ? namesOnMap(ui.hotspots, this.grouping.regions, stage.view.camera, stage.view.side) : [],
    );
    const around = home ? this.grouping.find(this.#pointed ?? ui.hotspot) : null;
    ui.ring = around ? pathOf(around.outline, (x, y) => stage.view.toScreen(x, y)) : "";
    ui.hovered = row < 0 ? null : { outline: stage.screenOf(row), title: ui.reader?.title(row) ?? null };
  }

  #click(event: MouseEvent): void {
    clearTimeout(this.#clickTimer);
    if (event.detail > 1 || this.#drawing?.clicked) return;
    const row = this.#stage?.pick(event.offsetX, event.offsetY) ?? -1;
    if (this.ui.tool || event.shiftKey) {
      if (row >= 0) this.explorer.toggleRow(row);
    } else this.#clickTimer = window.setTimeout(() => this.#clicked(row), CLICK_WAIT);
  }

  #clicked(row: number): void {
    if (row < 0 || !this.#stage?.highlight.has(row)) this.chooseNone();
    if (row >= 0) void this.open(row);
  }

  /** A line was drawn, in CSS pixels. */
  #drew(points: readonly number[], how: Parameters<Explorer["selectShape"]>[1]): void {
    const view = this.#stage?.view;
    if (!view) return;
    const shape: number[] = [];
    for (let at = 0; at < points.length; at += 2)
      shape.push(...view.toMap(points[at] ?? 0, points[at + 1] ?? 0));
    this.explorer.selectShape(shape, how);
  }

  // --- the panel ------------------------------------------------------------------------------------------------

  async open(row: number, reveal = true): Promise<void> {
    await Promise.all([this.#openTable(), this.#completed]);
    const table = this.#table;
    if (!table || row < 0 || row >= this.items.count) return;
    const { ui } = this;
    const first = ui.detail === null;
    if (first) this.#returnFocus = document.activeElement as HTMLElement | null;
    const read = (column: string) => table.value(column, row);
    const size = sizeOf(this.items, row);
    ui.detail = detailOf(this.site.columns, row, size, this.site.pictures.path, read, number);
    ui.place = this.#placeOf(row);
    ui.announcement = strings.opened(ui.detail.title);
    this.#remember(first ? "step" : "camera");
    this.#measure();
    this.#showOpened(row, reveal);
    void this.#loadSimilar(row);
    void this.#loadNear(row);
    void this.#loadService(row);
    void this.#loadStack(row);
  }

  #showOpened(row: number, reveal: boolean): void {
    const stage = this.#stage;
    if (!stage) return;
    stage.opened = row;
    stage.mark(-1);
    if (reveal) stage.reveal(row);
    stage.invalidate();
  }

  /** The rows that one steps through from a row: selected, matching or of the hotspot chosen, where it is one of them. */
  #sequence(row: number): Int32Array | null {
    const group = this.grouping.find(this.ui.hotspot);
    const mask = group && this.grouping.maskOf(group);
    const ways = [this.explorer.rows(), mask ? rowsOf(mask) : null];
    return ways.find((rows) => rows?.includes(row)) ?? null;
  }

  #placeOf(row: number): { index: number; count: number } {
    const rows = this.#sequence(row);
    return rows ? { index: rows.indexOf(row), count: rows.length } : { index: row, count: this.items.count };
  }

  stepBy(by: number): void {
    if (!this.ui.detail) return;
    const rows = this.#sequence(this.ui.detail.row);
    const index = this.ui.place.index + by;
    if (index >= 0 && index < this.ui.place.count) void this.open(rows?.[index] ?? index);
  }

  locate(): void {
    if (this.ui.detail) this.#stage?.locate(this.ui.detail.row);
  }

  close(): void {
    if (!this.ui.detail) return;
    this.#closeDetail();
    this.ui.announcement = strings.closed;
    this.#remember("step");
    // The panel must be gone before the focus can rest elsewhere.
    flushSync();
    (this.#returnFocus?.isConnected ? this.#returnFocus : this.canvas).focus({ preventScroll: true });
  }

  #closeDetail(): void {
    this.ui.detail = null;
    this.ui.service = null;
    this.ui.similar = null;
    this.ui.stack = [];
    this.lightSimilar(false);
    this.#measure();
    if (!this.#stage) return;
    this.#stage.opened = -1;
    this.#stage.invalidate();
  }

  async openFirst(): Promise<void> {
    const row = await this.explorer.best();
    if (row !== null) await this.open(row);
  }

  openMarked(): void {
    const row =
      this.#stage && (this.#stage.hovered >= 0 ? this.#stage.hovered : this.#stage.nearestToMiddle());
    if (row !== null && row >= 0) void this.open(row);
  }

  escape(): void {
    const { ui } = this;
    if (ui.tool) ui.tool = null;
    else if (ui.detail) this.close();
    else if (ui.findOpen) this.closeFind();
    else if (ui.hotspot !== null) this.chooseNone();
    else if (ui.selection) this.explorer.selectNone();
  }

  // --- image servers --------------------------------------------------------------------------------------------

  /** Without it the site's own picture stays, which is no reason to trouble the reader. */
  async #loadService(row: number): Promise<void> {
    this.ui.service = null;
    const service = (await this.#services?.of(row).catch(() => null)) ?? null;
    if (this.ui.detail?.row === row) this.ui.service = service;
  }

  /** What a IIIF manifest says of some rows. */
  async exported(rows: Int32Array): Promise<Exported> {
    const services = (await this.#services?.ofRows(rows)) ?? new Map<number, Service>();
    const table = this.#table;
    return {
      address: new URL(".", location.href).href,
      title: this.site.title,
      columns: this.site.columns,
      pictures: this.site.pictures,
      read: (column, row) => table?.value(column, row) ?? null,
      size: (row) => sizeOf(this.items, row),
      service: (row) => services.get(row) ?? null,
    };
  }

  // --- the pictures most alike ----------------------------------------------------------------------------------

  async #loadSimilar(row: number): Promise<void> {
    if (!this.#neighbours) return;
    let rows: number[] | null = null;
    try {
      rows = await this.#neighbours.of(row);
    } catch {
      // Told in the panel.
    }
    if (this.ui.detail?.row !== row) return;
    this.ui.similar = rows
      ? { row, rows: rows.filter((other) => other < this.items.count), near: null }
      : "failed";
    this.#tellTruth();
    this.lightSimilar(this.ui.similarLit);
  }

  /** How true the place of the open picture is, where the layout says so. */
  async #loadNear(row: number): Promise<void> {
    const layout = this.ui.current;
    this.ui.near = null;
    if (!layout?.near) return;
    const known = this.#near.get(layout.name) ?? fetchArray(layout.near, "u8");
    this.#near.set(layout.name, known);
    // A sentence that cannot be had is left out.
    const shares = await known.catch(() => null);
    if (this.ui.detail?.row !== row || this.ui.layout !== layout.name) return;
    this.ui.near = shares ? (shares[row] ?? 0) / 255 : null;
  }

  /** Without the list of stacks the panel tells of none. */
  async #loadStack(row: number): Promise<void> {
    if (!this.site.stacks) return;
    this.#stacks ??= fetchArray(this.site.stacks, "u32").catch(() => null);
    const stacks = await this.#stacks;
    if (this.ui.detail?.row === row) this.ui.stack = stacks ? matesOf(stacks, row) : [];
  }

  /** How many of the open picture's true neighbours are among as many nearest on the map. */
  #tellTruth(): void {
    const { similar } = this.ui;
    const index = this.#stage?.index;
    if (!index || !similar || similar === "failed") return;
    const { slots } = this.items;
    const around = new Set(index.around(similar.row, similar.rows.length).map((row) => slots[row]));
    this.ui.similar = { ...similar, near: similar.rows.map((row) => around.has(slots[row])) };
  }

  lightSimilar(lit: boolean): void {
    const { similar } = this.ui;
    this.ui.similarLit = lit;
    const rows = lit && similar && similar !== "failed" ? [similar.row, ...similar.rows] : null;
    if (!this.#stage) return;
    this.#stage.highlight.spot = rows && maskOf(this.items.count, rows);
    this.#stage.relight();
  }

  // --- search ---------------------------------------------------------------------------------------------------

  toggleFind(): void {
    if (this.ui.findOpen) this.closeFind();
    else {
      this.ui.findOpen = true;
      this.#keepFitted();
      void this.explorer.search(null);
    }
  }

  closeFind(): void {
    this.ui.findOpen = false;
    flushSync();
    this.#keepFitted();
    document.querySelector<HTMLElement>(`[aria-label="${strings.openFind}"]`)?.focus({ preventScroll: true });
  }

  /** The interface covers more or less of the view: a map that was shown whole stays so. */
  #keepFitted(): void {
    const wasFitted = this.#stage?.view.isFitted();
    this.#measure();
    if (wasFitted) this.fit();
  }

  // --- layouts and hotspots -------------------------------------------------------------------------------------

  #placedOf(layout: Layout): Promise<Placed> {
    const known = this.#layouts.get(layout.name);
    if (known) return known;
    const failed = () => this.#note(strings.marksMissing);
    const loading = fetchPlaced(layout, failed).then(({ placed, exact }) => {
      if (!exact) void this.#refine(layout, placed);
      return placed;
    });
    this.#layouts.set(layout.name, loading);
    return loading;
  }

  #membersOf(set: Hotspots): Promise<Int32Array> {
    const known = this.#members.get(set);
    if (known) return known;
    const loading = fetchArray(set.members, "i32");
    this.#members.set(set, loading);
    loading.catch(() => this.#members.delete(set));
    return loading;
  }

  /** Each model has hotspots of its own; one that is chosen stays so as long as it is listed. */
  async #useHotspotsOf(layout: string): Promise<void> {
    const set = setFor(hotspotsOf(this.site), this.site.layouts, layout);
    if (set) await this.grouping.use(set);
    if (this.ui.hotspot !== null && !this.grouping.find(this.ui.hotspot)) this.#chooseGroup(null);
  }

  /** Travel to a layout; `goal` is what the camera should show of it, all when null. */
  async showLayout(name: string, goal: Box | null = null): Promise<void> {
    const layout = this.site.layouts.find((candidate) => candidate.name === name);
    if (!layout) return;
    const before = this.ui.layout;
    this.ui.layout = name;
    try {
      const placed = await this.#placedOf(layout);
      if (this.ui.layout === name) this.#stage?.depart(placed, goal);
    } catch {
      this.#layouts.delete(name);
      if (this.ui.layout === name) this.ui.layout = before;
      this.#note(strings.layoutMissing(nameOf(layout)));
      return;
    }
    this.ui.announcement = strings.layoutShown(nameOf(layout));
    if (this.ui.detail) void this.#loadNear(this.ui.detail.row);
    this.#remember("step");
    await this.#useHotspotsOf(name);
  }

  setSize(size: number): void {
    this.ui.size = size;
    this.#stage?.setSize(size);
  }

  pointHotspot(id: string | null): void {
    this.#pointed = id;
    const group = this.grouping.find(id);
    if (!this.#stage) return;
    this.#stage.highlight.spot = group && this.grouping.maskOf(group);
    this.#stage.relight();
  }

  chooseHotspot(id: string): void {
    const group = this.grouping.find(id);
    if (!group) return;
    this.#chooseGroup(group);
    const home = group.bounds ? this.grouping.layout : this.ui.layout;
    const cell = this.site.layouts.find(({ name }) => name === home)?.cell ?? 0;
    const box = group.bounds ?? this.#boundsOf(group);
    const goal = { x0: box.x0 - cell, y0: box.y0 - cell, x1: box.x1 + cell, y1: box.y1 + cell };
    if (!home || this.ui.layout === home) this.#stage?.fit(goal);
    else void this.showLayout(home, goal);
    this.ui.announcement = strings.hotspotShown(group.label, group.count);
    this.#remember("step");
  }

  /** Where the rows of the reader's own hotspot lie now. */
  #boundsOf(group: Group): Box {
    const positions = this.#stage?.positions ?? new Float32Array();
    const places = (group.rows ?? []).flatMap((row) => [
      positions[2 * row] ?? 0,
      positions[2 * row + 1] ?? 0,
    ]);
    return boundsOf(Float32Array.from(places), 0);
  }

  #chooseGroup(group: Group | null): void {
    this.ui.hotspot = group?.id ?? null;
    if (!this.#stage) return;
    this.#stage.highlight.group = group && this.grouping.maskOf(group);
    this.#stage.highlight.spot = null;
    this.#stage.relight();
  }

  chooseNone(): void {
    if (this.ui.hotspot === null) return;
    this.#chooseGroup(null);
    this.#remember("step");
  }

  /** Make a hotspot of what is selected, and let it be named. */
  async makeHotspot(): Promise<void> {
    const id = this.grouping.make();
    if (id === null) return;
    if (!this.ui.findOpen && !this.ui.mapless) this.toggleFind();
    this.ui.tab = "hotspots";
    if (this.ui.detail) this.#closeDetail();
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

  removeHotspot(id: string): void {
    if (this.ui.hotspot === id) this.chooseNone();
    this.grouping.remove(id);
  }

  selectHotspot(id: string): void {
    const group = this.grouping.find(id);
    const mask = group && this.grouping.maskOf(group);
    if (mask) this.explorer.select(mask, this.ui.how);
  }

  toggleHotspots(): void {
    this.ui.hotspotsShown = !this.ui.hotspotsShown;
    this.#keepFitted();
  }

  async openProblems(): Promise<void> {
    this.ui.problemsOpen = true;
    if (Array.isArray(this.ui.problems)) return;
    this.ui.problems = null;
    try {
      if (!this.site.problems) throw new FormatError("problems", "a table", null);
      const [{ fetchTable }, { PROBLEM_COLUMNS }] = await Promise.all([
        import("./data/table"),
        import("./model/problems"),
      ]);
      const table = await fetchTable(this.site.problems, PROBLEM_COLUMNS);
      this.ui.problems = Array.from({ length: table.count }, (_, row) => {
        const cells = PROBLEM_COLUMNS.map((name) => [name, `${table.value(name, row) ?? ""}`]);
        return Object.fromEntries(cells) as Problem;
      });
    } catch {
      this.ui.problems = "failed";
    }
  }

  async saveProblems(): Promise<void> {
    const { problems } = this.ui;
    if (!problems || problems === "failed") return;
    const { problemsCsv } = await import("./model/problems");
    const text = new Blob([problemsCsv(problems)], { type: "text/csv" });
    download(`${fileStem(this.site.title)}-problems.csv`, text);
  }

  themeChanged(): void {
    this.#stage?.setGround(groundColour());
  }

  /** Back and forward, or an address typed over. */
  addressChanged(): void {
    void this.#apply(readAddress(location.hash));
  }

  hook(): DebugHook {
    const { ui, ready } = this;
    const stage = this.#stage;
    return {
      ready,
      get frames() {
        return stage?.frames ?? 0;
      },
      get layout() {
        return ui.layout;
      },
      get settled() {
        return stage?.settled ?? true;
      },
      get camera() {
        return stage?.view.camera ?? { x: 0, y: 0, k: 1 };
      },
      get sharp() {
        return stage?.sharp ?? 0;
      },
      setCamera: (camera) => stage?.place(camera),
      sourceOf: (row) => stage?.sourceOf(row) ?? 0,
      gpuBytes: () => stage?.gpuBytes() ?? 0,
      screenOf: (row) => stage?.screenOf(row) ?? { x: 0, y: 0, width: 0, height: 0 },
    };
  }
}

function actionsOf(ui: UiState, viewer: () => Viewer | null): Actions {
  const explorer = () => viewer()?.explorer;
  const grouping = () => viewer()?.grouping;
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
    hoverHotspot: (id) => viewer()?.pointHotspot(id),
    chooseHotspot: (id) => viewer()?.chooseHotspot(id),
    renameHotspot: (id, label) => grouping()?.rename(id, label),
    moveHotspot: (id, by) => grouping()?.move(id, by),
    removeHotspot: (id) => viewer()?.removeHotspot(id),
    makeHotspot: () => void viewer()?.makeHotspot(),
    selectHotspot: (id) => viewer()?.selectHotspot(id),
    saveHotspots: () => grouping()?.save(),
    restoreHotspots: () => grouping()?.restore(),
    focusMap: (focused) => viewer()?.focusMap(focused),
    openMarked: () => viewer()?.openMarked(),
    open: (row) => void viewer()?.open(row),
    step: (by) => viewer()?.stepBy(by),
    locate: () => viewer()?.locate(),
    close: () => viewer()?.close(),
    escape: () => viewer()?.escape(),
    lightSimilar: (lit) => viewer()?.lightSimilar(lit),
    toggleFind: () => viewer()?.toggleFind(),
    closeFind: () => viewer()?.closeFind(),
    setTab: (tab) => explorer()?.setTab(tab),
    setScope: (scope) => explorer()?.setScope(scope),
    setText: (text) => explorer()?.setText(text),
    openFirst: () => void viewer()?.openFirst(),
    choose: (column, choice) => explorer()?.choose(column, choice),
    clearFilters: () => explorer()?.clear(),
    setHide: (hide) => explorer()?.setHide(hide),
    setTool: (tool) => {
      ui.tool = tool;
    },
    setHow: (how) => {
      ui.how = how;
    },
    selectFound: () => void explorer()?.selectFound(),
    toggleRow: (row) => explorer()?.toggleRow(row),
    pointRow: (row) => viewer()?.pointRow(row),
    invertSelection: () => explorer()?.invert(),
    clearSelection: () => explorer()?.selectNone(),
    save: (as) => void explorer()?.save(as),
    colourBy: (column) => void explorer()?.colourBy(column),
    openAbout: () => {
      ui.aboutOpen = true;
    },
    closeAbout: () => {
      ui.aboutOpen = false;
    },
    openProblems: () => void viewer()?.openProblems(),
    closeProblems: () => {
      ui.problemsOpen = false;
    },
    saveProblems: () => void viewer()?.saveProblems(),
    dismissNote: (note) => {
      ui.notes = ui.notes.filter((other) => other !== note);
    },
    reload: () => location.reload(),
  };
}

/** The canvas's context; null where the browser has none, which leaves the list. */
function tryContext(canvas: HTMLCanvasElement): GL | null {
  try {
    return openContext(canvas);
  } catch (error) {
    if (error instanceof GraphicsError) return null;
    throw error;
  }
}

const NO_LIMITS = { textureSize: 4096, layers: 256 };

async function open(ui: UiState, canvas: HTMLCanvasElement): Promise<Viewer> {
  // What comes over the network is asked for first: to open the graphics holds up the page.
  const asking = fetchManifest();
  asking.catch(() => null);
  const gl = tryContext(canvas);
  const site = await asking;
  const asked = readAddress(location.hash).layout;
  const layout = site.layouts.find(({ name }) => name === asked) ?? site.layouts[0];
  if (!layout) throw new FormatError("layouts", "at least one layout", site.layouts);
  let arrived = 0;
  const count = <T>(promise: Promise<T>) =>
    promise.finally(() => {
      arrived += 1;
      ui.progress = (0.3 * arrived) / 2;
    });
  const loading = Promise.all([count(fetchPlaced(layout)), count(fetchArray(site.colours, "u8"))]);
  loading.catch(() => null);
  const plan = planAtlas(site.atlas, site.counts.images, gl ? limitsOf(gl) : NO_LIMITS);
  if (!plan) throw new FormatError("atlas.levels", "a level with at least one page", site.atlas.levels);
  const [{ placed, exact }, colours] = await loading;
  ui.mapless = gl === null;
  if (ui.mapless) ui.notes = [strings.noMap];
  ui.manifest = site;
  flushSync();
  return new Viewer({ site, items: plainItems(colours), layout, placed, exact, gl, plan }, canvas, ui);
}

async function start(): Promise<void> {
  const ui = new UiState();
  let viewer: Viewer | null = null;
  watchTheme(() => {
    ui.theme = currentTheme();
    viewer?.themeChanged();
  });
  ui.theme = currentTheme();
  await speak(wantedLanguage());
  const target = document.getElementById("app");
  if (!target) throw new Error("index.html: expected an element #app, got none.");
  mount(App, { target, props: { state: ui, actions: actionsOf(ui, () => viewer) } });
  flushSync();
  const canvas = document.querySelector<HTMLCanvasElement>("#map");
  if (!canvas) throw new Error("App.svelte: expected a canvas #map, got none.");
  try {
    const opened = await open(ui, canvas);
    viewer = opened;
    window.pixplot = opened.hook();
    window.addEventListener("popstate", () => opened.addressChanged());
    if (ui.mapless) void opened.explorer.search(null);
    await opened.ready;
  } catch (error) {
    ui.error = {
      message: error instanceof Error ? error.message : `${error}`,
      advice: error instanceof ViewerError ? error.advice : strings.unexpected,
    };
    if (!(error instanceof ViewerError)) console.error(error);
  }
}

void start();
