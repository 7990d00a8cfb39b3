/**
 * The viewer: the only file that knows every part. It opens the site, makes the controls of `control/`, and lets them
 * know each other. `window.pixplot` is there for tests and for the curious: see control/hook.ts.
 */
import { flushSync, mount } from "svelte";
import { actionsOf, type Controls } from "./control/actions";
import { Arranging } from "./control/arranging";
import { Collection, fetchPlaced } from "./control/collection";
import { Comparing } from "./control/comparing";
import type { Desk } from "./control/desk";
import { Explorer } from "./control/explorer";
import { Finding } from "./control/finding";
import { Grouping } from "./control/grouping";
import { hookOf } from "./control/hook";
import { Hotspots } from "./control/hotspots";
import { Kiosk } from "./control/kiosk";
import { Loading } from "./control/loading";
import { Panel } from "./control/panel";
import { Pointing } from "./control/pointing";
import { Problems } from "./control/problems";
import { Saving } from "./control/saving";
import { Sharing } from "./control/sharing";
import { addressShown, askedTheme, Steps } from "./control/steps";
import { Telling } from "./control/telling";
import { CellCutter } from "./data/cells";
import { fetchArray, fetchManifest } from "./data/fetch";
import { PictureLoader } from "./data/pictures";
import { fetchSets } from "./data/sets";
import { loadTree } from "./data/tree";
import { FormatError, GraphicsError, ViewerError } from "./format/errors";
import { hotspotsOf, type Layout, type Manifest } from "./format/manifest";
import { type GL, limitsOf, openContext } from "./layers/context";
import { Stage } from "./layers/stage";
import { type AtlasPlan, planAtlas, sharperLevels } from "./model/budget";
import { setFor } from "./model/groups";
import { type Items, plainItems } from "./model/items";
import { sourceOf } from "./model/source";
import type { Placed } from "./model/travel";
import App from "./ui/App.svelte";
import { UiState } from "./ui/state.svelte";
import { speak, strings, wantedLanguage } from "./ui/strings";
import { currentTheme, dress, groundColour, watchTheme } from "./ui/theme";

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the page lies in another one. */
const FRAMED = window.parent !== window;

interface Opened {
  /** The folder of the collection; "" for the one beside the page. */
  readonly root: string;
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

/** All parts of an open site. The controls ask each other for what they need through it. */
class Viewer implements Desk, Controls {
  readonly site: Manifest;
  readonly root: string;
  readonly items: Items;
  readonly plan: AtlasPlan;
  readonly collection: Collection;
  readonly stage: Stage | null;
  readonly loading: Loading = new Loading(this);
  readonly steps: Steps = new Steps(this);
  readonly arranging: Arranging = new Arranging(this);
  readonly comparing: Comparing = new Comparing(this);
  readonly pointing: Pointing = new Pointing(this);
  readonly panel: Panel = new Panel(this);
  readonly finding: Finding = new Finding(this);
  readonly hotspots: Hotspots = new Hotspots(this);
  readonly problems: Problems = new Problems(this);
  readonly saving: Saving = new Saving(this);
  readonly sharing: Sharing = new Sharing(this);
  readonly telling: Telling = new Telling(this);
  readonly kiosk: Kiosk = new Kiosk(this);
  readonly grouping: Grouping;
  readonly explorer: Explorer;

  constructor(
    opened: Opened,
    readonly canvas: HTMLCanvasElement,
    readonly ui: UiState,
  ) {
    const { site, root, items, plan, layout, placed, exact, gl } = opened;
    this.site = site;
    this.root = root;
    this.items = items;
    this.plan = plan;
    this.collection = new Collection(site, { layout, placed }, this.loading);
    ui.main.layout = layout.name;
    this.stage = gl ? this.#makeStage(gl, placed) : null;
    this.grouping = this.#makeGrouping();
    this.explorer = this.#makeExplorer();
    if (this.stage) this.#raise(this.stage);
    this.loading.start(layout, placed, exact);
  }

  #makeStage(gl: GL, first: Placed): Stage {
    return new Stage({
      gl,
      canvas: this.canvas,
      items: this.items,
      plan: this.plan,
      first,
      ground: groundColour(),
      fetcher: (done, failed) => new PictureLoader(done, failed),
      sharper: sharperLevels(this.site.atlas, this.plan),
      cutter: (done) => new CellCutter(done),
      tree: loadTree,
      still: () => reducedMotion.matches,
      drawn: () => this.pointing.drawn(),
      indexed: () => this.panel.tellTruth(),
      placed: (pane) => this.pointing.sync(pane),
    });
  }

  #makeGrouping(): Grouping {
    return new Grouping({
      ui: this.ui,
      count: this.items.count,
      first: setFor(hotspotsOf(this.site), this.site.layouts, this.ui.main.layout) ?? this.site.hotspots,
      key: `pixplot-hotspots:${this.root || location.pathname}`,
      members: (ref) => this.collection.members(ref),
      sets: (set) => fetchSets(set),
      hold: (rows) => this.collection.hold(rows),
      rowsOf: (items) => this.collection.rowsOf(items),
      mark: this.site.table.digest.slice(0, 6),
      changed: () => {
        this.explorer.clustersChanged();
        this.steps.remember("camera");
      },
    });
  }

  #makeExplorer(): Explorer {
    return new Explorer({
      ui: this.ui,
      count: this.items.count,
      columns: this.site.columns,
      map: this.stage,
      mark: this.site.table.digest.slice(0, 6),
      finder: () => this.collection.finder(),
      called: (wanted) => this.grouping.called(wanted),
      remember: (kind) => this.steps.remember(kind),
    });
  }

  /** Show the first frame, and listen. */
  #raise(stage: Stage): void {
    const { view } = stage.main;
    this.pointing.attend(this.ui.main, stage.main, this.canvas);
    stage.resize(() => this.arranging.measure());
    view.place(view.cameraOf(addressShown(this.site).place));
    this.pointing.sync(stage.main);
    this.pointing.listen(stage);
    stage.draw(performance.now());
  }

  showMarks(): void {
    this.pointing.showMarks();
  }

  arrived(): Promise<void> {
    return this.steps.begin();
  }
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

/** Where collections may come from, besides the page's own server: the site's makers wrote it into the page. */
function allowedPlaces(): string[] {
  const listed = document.querySelector<HTMLMetaElement>('meta[name="pixplot-data-from"]')?.content ?? "";
  return listed.split(" ").filter((place) => place !== "");
}

/** Another collection's image servers are asked only where the page's own policy lets it. */
function permitted(site: Manifest, root: string): Manifest {
  if (root === "" || !site.services) return site;
  const policy = document.querySelector<HTMLMetaElement>("meta[http-equiv]")?.content.split(/[\s;]+/) ?? [];
  return {
    ...site,
    services: { ...site.services, hosts: site.services.hosts.filter((host) => policy.includes(host)) },
  };
}

/** CSS pixels of height below which the strip of hotspots is opened by the reader alone. */
const LOW = 480;
const NO_LIMITS = { textureSize: 4096, layers: 256 };

async function open(ui: UiState, canvas: HTMLCanvasElement): Promise<Viewer> {
  // What comes over the network is asked for first: to open the graphics holds up the page.
  const root = sourceOf(location.search, location.href, allowedPlaces());
  const asking = fetchManifest(root);
  asking.catch(() => null);
  const gl = tryContext(canvas);
  const site = permitted(await asking, root);
  if (site.look) dress(site.look);
  const asked = addressShown(site).layout;
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
  return new Viewer({ site, root, items: plainItems(colours), layout, placed, exact, gl, plan }, canvas, ui);
}

async function start(): Promise<void> {
  const ui = new UiState();
  ui.bare = new URLSearchParams(location.search).get("ui") === "0";
  // Written by `pixplot start`.
  ui.oneOfSeveral = new URLSearchParams(location.search).has("start");
  document.documentElement.toggleAttribute("data-bare", ui.bare);
  document.documentElement.toggleAttribute("data-framed", FRAMED);
  // A window so low, as at 200 %, is the map's.
  ui.hotspotsShown = innerHeight >= LOW;
  let viewer: Viewer | null = null;
  ui.themeChosen = askedTheme();
  watchTheme(ui.themeChosen, () => {
    ui.theme = currentTheme();
    viewer?.arranging.themeChanged();
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
    window.pixplot = hookOf(opened, opened.loading.ready);
    window.addEventListener("popstate", () => opened.steps.follow());
    if (ui.mapless) void opened.explorer.search(null);
    await opened.loading.ready;
    opened.kiosk.begin();
  } catch (error) {
    ui.error = {
      message: error instanceof Error ? error.message : `${error}`,
      advice: error instanceof ViewerError ? error.advice : strings.unexpected,
    };
    if (!(error instanceof ViewerError)) console.error(error);
  }
}

void start();
