/** What the interface shows, and what it can ask for. control/ writes the one, and answers the other. */
import type { Layout, Manifest } from "../format/manifest";
import type { Story } from "../format/stories";
import type { Account } from "../model/budget";
import type { Offer } from "../model/called";
import type { Shown } from "../model/captions";
import type { Detail } from "../model/detail";
import type { Event, Told as Happened } from "../model/events";
import type { Choice, Choices, Found } from "../model/facets";
import type { Group } from "../model/groups";
import type { Likes } from "../model/likes";
import type { LegendEntry } from "../model/palette";
import type { Problem } from "../model/problems";
import type { How } from "../model/selection";
import type { Service } from "../model/service";
import type { Area } from "../model/split";
import type { Told } from "../model/tour";

export type Theme = "light" | "dark";
export type Tab = "pictures" | "filters" | "hotspots";
export type Tool = "lasso" | "rectangle";
/** Which pictures are listed. */
export type Scope = "found" | "view" | "selection";
export type Saving = "csv" | "json" | "iiif" | "zip" | "png" | "svg";

/** What a list says of a row. */
export interface Reader {
  title(row: number): string;
  /** What stands for its picture where that is not seen. */
  alt(row: number): string;
  /** The address of its picture; null while it is not known. */
  picture(row: number): string | null;
  note(row: number): string;
}

export interface Similar {
  readonly row: number;
  readonly rows: readonly number[];
  /** Which of them are among as many nearest on the map; null without a map. */
  readonly near: readonly boolean[] | null;
  /** The same by each model, `rows` among them; empty where there is one model. */
  readonly by: readonly Likes[];
}

export interface Legend {
  readonly column: string;
  readonly label: string;
  /** Years are written without grouping. */
  readonly years: boolean;
  readonly entries: readonly LegendEntry[];
}

/** A map on the page: its layout, where it lies, and what is marked on it, in CSS pixels of the map. */
export class Half {
  layout = $state("");
  area = $state.raw<Area>({ x: 0, y: 0, width: 0, height: 0 });
  /** Where it is told, while there are two, what each shows. */
  head = $state.raw<Area>({ x: 0, y: 0, width: 0, height: 0 });
  hovered = $state.raw<{ outline: Area; title: string | null } | null>(null);
  selected = $state.raw<Area | null>(null);
  captions = $state.raw<readonly Shown[]>([]);
  /** What its layout tells of its years, and what of that has room. */
  events = $state.raw<readonly Event[]>([]);
  told = $state.raw<readonly Happened[]>([]);
  /** The outline of the hotspot pointed at or chosen, as a path. */
  ring = $state("");
  /** The line being drawn: x and y in turn. */
  drawing = $state.raw<readonly number[]>([]);
}

export class UiState {
  manifest = $state.raw<Manifest | null>(null);
  error = $state.raw<{ message: string; advice: string } | null>(null);
  /** Share of the map's files that arrived; null when all did. */
  /** What is on the graphics card, where the address asks for it. */
  account = $state.raw<Account | null>(null);
  progress = $state<number | null>(0);
  notes = $state.raw<readonly string[]>([]);
  readonly main = new Half();
  /** The second map; null where one has the page for itself. */
  beside = $state.raw<Half | null>(null);
  /** The model chosen last, for arrangements that are of none. */
  model = $state<string | null>(null);
  size = $state(1);
  theme = $state<Theme>("light");
  /** The page is a part of another one: the pictures alone, and a way to all of it. */
  bare = $state(false);
  /** The page is one of several collections, which a page above it leads to. */
  oneOfSeveral = $state(false);
  /** The theme that the reader chose on this page, or that its address asks for. */
  themeChosen = $state.raw<Theme | null>(null);
  /** The browser draws no map: the list stands alone. */
  mapless = $state(false);
  reader = $state.raw<Reader | null>(null);
  announcement = $state("");

  hotspots = $state.raw<readonly Group[]>([]);
  /** The coarse level; empty where there is none. */
  regions = $state.raw<readonly Group[]>([]);
  coarse = $state(false);
  /** Ids of those whose pictures are hidden. */
  off = $state.raw<readonly string[]>([]);
  /** The id of the one chosen. */
  hotspot = $state<string | null>(null);
  hotspotsShown = $state(true);
  /** Set once the atlas is in, so that the medoids' files do not compete with it. */
  hotspotPictures = $state(false);
  hotspotsEdited = $state(false);
  /** Labels of the reader's own for which the address has no room; and whether the selection is such. */
  unlinked = $state.raw<readonly string[]>([]);
  selectionUnlinked = $state(false);

  detail = $state.raw<Detail | null>(null);
  /** What stands for the open picture where it is not seen. */
  alt = $state("");
  citation = $state("");
  /** The open picture's place among those stepped through, from 0, and their number. */
  place = $state.raw<{ index: number; count: number }>({ index: 0, count: 0 });
  /** The image service of the open picture; null where there is none, or it has not come yet. */
  service = $state.raw<Service | null>(null);
  similar = $state.raw<Similar | "failed" | null>(null);
  similarLit = $state(false);
  /** Share of the pictures most like the open one that lie around it on this map; null where it is not known. */
  near = $state<number | null>(null);
  /** The rows that show the open picture too, or near-duplicates of it. */
  stack = $state.raw<readonly number[]>([]);
  /** Titles of the stories; null until they are asked for. */
  stories = $state.raw<readonly string[] | null>(null);
  /** The slide that is shown. */
  told = $state.raw<(Told & { readonly of: Story }) | null>(null);
  /** Nothing but the map is shown, which wanders. */
  kiosk = $state(false);
  /** Where it is. */
  stop = $state.raw<{ readonly title: string; readonly count: number | null } | null>(null);
  aboutOpen = $state(false);
  problemsOpen = $state(false);
  problems = $state.raw<readonly Problem[] | "failed" | null>(null);

  findOpen = $state(false);
  tab = $state<Tab>("pictures");
  text = $state("");
  choices = $state.raw<Choices>(new Map());
  hide = $state(false);
  found = $state.raw<Found | null>(null);
  /** Clusters and tags that are called as what is typed. */
  offers = $state.raw<readonly Offer[]>([]);
  scope = $state<Scope>("found");
  /** Rows in view, while the list shows those. */
  inView = $state.raw<Int32Array>(new Int32Array());

  tool = $state<Tool | null>(null);
  how = $state<How>("replace");
  selection = $state.raw<Uint8Array | null>(null);
  selectedRows = $state.raw<Int32Array>(new Int32Array());
  legend = $state.raw<Legend | null>(null);
  /** How many pictures are in the archive that is being made. */
  saving = $state.raw<{ readonly done: number; readonly all: number } | null>(null);

  get layouts(): readonly Layout[] {
    return this.manifest?.layouts ?? [];
  }

  get halves(): readonly Half[] {
    return this.beside ? [this.main, this.beside] : [this.main];
  }

  layoutOf(half: Half): Layout | null {
    return this.layouts.find(({ name }) => name === half.layout) ?? null;
  }

  /** The layout of the first map. */
  get current(): Layout | null {
    return this.layoutOf(this.main);
  }

  get filtering(): boolean {
    return this.text.trim() !== "" || this.choices.size > 0;
  }

  /** Search or filters hold, and the panel that says so is closed. */
  get filteringUnseen(): boolean {
    return this.filtering && !this.findOpen && !this.mapless && this.told === null;
  }

  /** The hotspots lie along the lower edge. */
  get stripShown(): boolean {
    const room = !this.mapless && !this.bare && this.told === null && !this.kiosk;
    return room && this.hotspotsShown && this.hotspots.length > 0;
  }

  get panelOpen(): boolean {
    return !this.bare && (this.detail !== null || this.findOpen);
  }

  /** The hotspots that are listed: of the one level or the other. */
  get groups(): readonly Group[] {
    return this.coarse && this.regions.length > 0 ? this.regions : this.hotspots;
  }

  get listed(): Int32Array {
    if (this.scope === "selection") return this.selectedRows;
    if (this.scope === "view") return this.inView;
    return this.found?.rows ?? new Int32Array();
  }
}

export interface Actions {
  /** In the first map, where no other is named. */
  showLayout(name: string, half?: Half): void;
  setSize(size: number): void;
  /** One map, or all of them. */
  zoom(factor: number, half?: Half): void;
  pan(dx: number, dy: number, half: Half): void;
  fit(half?: Half): void;
  /** Show a second map beside the first, or the first alone again. */
  toggleBeside(): void;
  /** The second map has its element. */
  besideShown(half: Half, element: HTMLElement): void;
  toggleTheme(): void;
  toggleHotspots(): void;
  hoverHotspot(id: string | null): void;
  chooseHotspot(id: string): void;
  renameHotspot(id: string, label: string): void;
  /** Give a hotspot the words of a line, between commas. */
  tagHotspot(id: string, line: string): void;
  /** Select the pictures of all hotspots that have a word. */
  selectTagged(tag: string): void;
  moveHotspot(id: string, by: number): void;
  removeHotspot(id: string): void;
  /** Hide the pictures of a hotspot, or show them again. */
  toggleHotspot(id: string): void;
  setCoarse(coarse: boolean): void;
  /** Make a cluster that a link brought the reader's own. */
  keepHotspot(id: string): void;
  makeHotspot(): void;
  selectHotspot(id: string): void;
  saveHotspots(): void;
  restoreHotspots(): void;
  /** A map got the focus by the keyboard, or lost it. */
  focusMap(focused: boolean, half: Half): void;
  openMarked(half: Half): void;
  open(row: number): void;
  step(by: number): void;
  locate(): void;
  close(): void;
  escape(): void;
  lightSimilar(lit: boolean): void;
  /** Whether it could be copied. */
  copyLink(): Promise<boolean>;
  copyCitation(): Promise<boolean>;
  toggleFind(): void;
  closeFind(): void;
  setTab(tab: Tab): void;
  setScope(scope: Scope): void;
  setText(text: string): void;
  /** Open the best hit. */
  openFirst(): void;
  choose(column: string, choice: Choice | null): void;
  clearFilters(): void;
  setHide(hide: boolean): void;
  setTool(tool: Tool | null): void;
  setHow(how: How): void;
  selectFound(): void;
  toggleRow(row: number): void;
  /** A row pointed at in a list, or -1. */
  pointRow(row: number): void;
  invertSelection(): void;
  clearSelection(): void;
  save(as: Saving): void;
  cancelSaving(): void;
  /** The table of a hotspot's pictures. */
  saveHotspot(id: string): void;
  colourBy(column: string | null): void;
  /** Ask for the titles of the stories. */
  listStories(): void;
  /** Open a story, by its number from 1, or the tour. */
  tell(story: string): void;
  turn(by: number): void;
  stopTelling(): void;
  startKiosk(): void;
  openAbout(): void;
  closeAbout(): void;
  openProblems(): void;
  closeProblems(): void;
  saveProblems(): void;
  dismissNote(note: string): void;
  reload(): void;
}
