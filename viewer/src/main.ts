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
import { Stage } from "./layers/stage";
import { readAddress, writeAddress } from "./model/address";
import { type AtlasPlan, planAtlas } from "./model/budget";
import type { Box, Camera, Insets } from "./model/camera";
import { detailOf, picturePath, titleOf } from "./model/detail";
import { type Items, makeItems, sizeOf } from "./model/items";
import type { Placed } from "./model/travel";
import App from "./ui/App.svelte";
import { Gestures } from "./ui/gestures";
import { type Actions, type Outline, type Problem, UiState } from "./ui/state.svelte";
import { strings } from "./ui/strings";
import { chooseTheme, currentTheme, groundColour, watchTheme } from "./ui/theme";

/** How long a click waits to see whether it becomes a double click. */
const CLICK_WAIT = 220;
/** Below this width the panel comes from below; the style sheet has the same number. */
const NARROW = 720;
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
  readonly #stage: Stage;
  #gestures: Gestures | null = null;
  readonly #layouts = new Map<string, Promise<Placed>>();
  #clickTimer = 0;
  #table: Rows | null = null;
  readonly #tableLoaded: Promise<void>;
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
    const placed = placedIn(first.layout, first.positions);
    this.#layouts.set(first.layout.name, Promise.resolve(placed));
    this.#stage = this.#makeStage(placed);
    const { view } = this.#stage;
    this.#gestures = new Gestures(
      canvas,
      () => view.place(view.camera),
      (camera) => this.#stage.gestured(camera),
    );
    ui.layout = first.layout.name;
    this.#stage.resize(() => this.#measure());
    view.place(view.fitted());
    this.#syncCamera();
    this.#listen();
    this.#stage.draw(performance.now());
    this.#tableLoaded = this.#loadRest(first.members);
    this.ready = this.#tableLoaded;
  }

  #makeStage(first: Placed): Stage {
    return new Stage({
      gl: this.gl,
      canvas: this.canvas,
      items: this.items,
      plan: this.plan,
      first,
      ground: groundColour(),
      fetcher: (done, failed) => new PictureLoader(done, failed),
      tree: loadTree,
      still: () => reducedMotion.matches,
      drawn: () => this.#showMarks(),
      placed: () => this.#syncCamera(),
    });
  }

  // --- what is loaded after the first frame ---------------------------------------------------------------------

  async #loadRest(members: Promise<Int32Array> | null): Promise<void> {
    await nextFrame();
    const index = this.#stage.reindex();
    const pages = this.#loadAtlas();
    const table = loadTable(this.site).then(
      (rows) => {
        this.#table = rows;
        this.#showMarks();
        this.#stage.setPaths((row) => this.#pictureOf(row, rows));
      },
      () => this.#note(strings.tableMissing),
    );
    // Without them the list still flies to its hotspots; it only lights nothing.
    const known = members ? await members.catch(() => null) : null;
    if (known) this.#stage.highlight.setMembers(known);
    this.#stage.relight();
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
      this.#stage.writePage(strip.layer, strip.y, strip.bitmap, strip.last);
      if (strip.last) this.#step(shown.length);
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

  #listen(): void {
    const { canvas } = this;
    const stage = this.#stage;
    new ResizeObserver(() => stage.resize(() => this.#measure())).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      stage.restore();
      void this.#loadAtlas();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch" && event.buttons === 0) this.#hover(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerleave", () => stage.mark(-1));
    canvas.addEventListener("click", (event) => this.#click(event));
    window.addEventListener("hashchange", () => this.#addressChanged());
  }

  /** How much of the view the interface covers. */
  #measure(): void {
    const style = getComputedStyle(document.documentElement);
    const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
    const { width, height } = this.#stage.view.size;
    const open = this.ui.detail !== null;
    const strip = this.ui.hotspotsShown && this.ui.hotspots.length > 0 ? pixels("--strip") : 0;
    const gap = 14;
    const insets: Insets = { top: pixels("--bar") + gap, right: gap, bottom: strip + gap, left: gap };
    if (!open) this.#stage.view.insets = insets;
    else if (width < NARROW) this.#stage.view.insets = { ...insets, bottom: 0.62 * height + gap };
    else this.#stage.view.insets = { ...insets, right: pixels("--panel") + gap };
  }

  #syncCamera(): void {
    const { size, box, limits, camera } = this.#stage.view;
    this.#gestures?.setLimits(size, box, limits);
    this.#gestures?.setCamera(camera);
  }

  place(camera: Camera): void {
    this.#stage.place(camera);
  }

  pan(dx: number, dy: number): void {
    this.#stage.place(this.#stage.view.panned(dx, dy));
    this.#markMiddle();
  }

  zoom(factor: number): void {
    this.#stage.flyTo(this.#stage.view.zoomed(factor), 200);
    this.#markMiddle();
  }

  fit(): void {
    this.#stage.fit();
  }

  // --- pointing -------------------------------------------------------------------------------------------------

  #hover(px: number, py: number): void {
    this.#stage.mark(this.#stage.pick(px, py));
    this.canvas.classList.toggle("pointing", this.#stage.hovered >= 0);
  }

  /** While the keyboard steers, the picture nearest to the middle is the one that Enter opens. */
  #markMiddle(): void {
    if (document.activeElement === this.canvas) this.#stage.mark(this.#stage.nearestToMiddle());
  }

  /** The mark is what shows that the map has the keyboard. */
  focusMap(focused: boolean): void {
    if (focused) this.#markMiddle();
    else this.#stage.mark(-1);
  }

  #showMarks(): void {
    const { ui } = this;
    const stage = this.#stage;
    const row = stage.hovered;
    ui.selected = ui.detail ? stage.screenOf(ui.detail.row) : null;
    ui.hovered = row < 0 ? null : { outline: stage.screenOf(row), title: this.#titleOf(row) };
  }

  #titleOf(row: number): string | null {
    const table = this.#table;
    return table ? titleOf(this.site.columns, (column) => table.value(column, row)) : null;
  }

  #click(event: MouseEvent): void {
    clearTimeout(this.#clickTimer);
    if (event.detail > 1) return;
    const row = this.#stage.pick(event.offsetX, event.offsetY);
    this.#clickTimer = window.setTimeout(() => this.#clicked(row), CLICK_WAIT);
  }

  #clicked(row: number): void {
    if (row < 0 || !this.#stage.highlight.has(row)) this.chooseNone();
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
    this.#stage.opened = row;
    this.#stage.mark(-1);
    this.#measure();
    this.#stage.reveal(row);
    this.#stage.invalidate();
  }

  locate(): void {
    if (this.ui.detail) this.#stage.locate(this.ui.detail.row);
  }

  stepBy(by: number): void {
    const row = (this.ui.detail?.row ?? -1) + by;
    if (this.ui.detail && row >= 0 && row < this.items.count) void this.open(row);
  }

  close(): void {
    if (!this.ui.detail) return;
    this.ui.detail = null;
    this.#stage.opened = -1;
    this.ui.announcement = strings.closed;
    this.#remember();
    this.#measure();
    // The panel must be gone before the focus can rest elsewhere.
    flushSync();
    (this.#returnFocus?.isConnected ? this.#returnFocus : this.canvas).focus({ preventScroll: true });
    this.#stage.invalidate();
  }

  openMarked(): void {
    const row = this.#stage.hovered >= 0 ? this.#stage.hovered : this.#stage.nearestToMiddle();
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
      if (this.ui.layout === name) this.#stage.depart(placed, goal);
    } catch {
      this.#layouts.delete(name);
      if (this.ui.layout === name) this.ui.layout = before;
      this.#note(strings.layoutMissing(layout.label));
      return;
    }
    this.ui.announcement = strings.layoutShown(layout.label);
    this.#remember();
  }

  setSize(size: number): void {
    this.ui.size = size;
    this.#stage.setSize(size);
  }

  pointHotspot(index: number): void {
    this.#stage.highlight.pointed = index;
    this.#stage.relight();
  }

  chooseHotspot(index: number): void {
    const hotspot = this.ui.hotspots[index];
    const home = this.site.hotspots?.layout;
    if (!hotspot || !home) return;
    this.#stage.highlight.chosen = index;
    this.ui.hotspot = index;
    this.#stage.relight();
    const [x0 = -1, y0 = -1, x1 = 1, y1 = 1] = hotspot.bounds;
    const cell = this.site.layouts.find(({ name }) => name === home)?.cell ?? 0;
    const box = { x0: x0 - cell, y0: y0 - cell, x1: x1 + cell, y1: y1 + cell };
    if (this.ui.layout === home) this.#stage.fit(box);
    else void this.showLayout(home, box);
    this.ui.announcement = strings.hotspotShown(hotspot.label, hotspot.count);
  }

  chooseNone(): void {
    this.#stage.highlight.chosen = -1;
    this.#stage.highlight.pointed = -1;
    this.ui.hotspot = -1;
    this.#stage.relight();
  }

  toggleHotspots(): void {
    const wasFitted = this.#stage.view.isFitted();
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
    this.#stage.setGround(groundColour());
  }

  hook(): DebugHook {
    const viewer = this;
    return {
      ready: this.ready,
      get frames() {
        return viewer.#stage.frames;
      },
      get layout() {
        return viewer.ui.layout;
      },
      get settled() {
        return viewer.#stage.settled;
      },
      get camera() {
        return viewer.#stage.view.camera;
      },
      get sharp() {
        return viewer.#stage.sharp;
      },
      setCamera: (camera) => viewer.place(camera),
      gpuBytes: () => viewer.#stage.gpuBytes(),
      screenOf: (row) => viewer.#stage.screenOf(row),
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
