/** What the page's address keeps after its #, so that a view can be passed on, and left and come back to. */
import type { Choice, Choices } from "./facets";
import { readTold, type Told, writeTold } from "./tour";

/** The place looked at, however large the page is. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Map units along the shorter side of the view. */
  readonly span: number;
}

export interface Address {
  /** null for the first. */
  readonly layout: string | null;
  /** The table's column `item`: unique, and the same after the collection grew. */
  readonly item: string | null;
  /** null where all is shown. */
  readonly place: Place | null;
  readonly text: string;
  readonly choices: Choices;
  /** What does not match is hidden, not dimmed. */
  readonly hide: boolean;
  /** Rows as `encodeRows` writes them, after the mark of the table they are of. */
  readonly selection: string | null;
  /** Clusters of the reader who wrote it, as `writeLinked` has them. */
  readonly own: readonly string[];
  /** The hotspot's id. */
  readonly hotspot: string | null;
  /** The column that colours the frames. */
  readonly colour: string | null;
  /** The hotspots listed are those of the coarse level. */
  readonly coarse: boolean;
  /** Ids of hotspots whose pictures are hidden. */
  readonly off: readonly string[];
  /** Of the pictures, relative to the layout's own. */
  readonly size: number;
  /** The slide of a story. */
  readonly told: Told | null;
  /** The second map on the page. */
  readonly beside: Beside | null;
  /** null for what the system has. */
  readonly theme: "light" | "dark" | null;
  /** What the panel that finds shows; null where it is closed. */
  readonly find: "pictures" | "filters" | "hotspots" | null;
}

export interface Beside {
  readonly layout: string;
  /** null where all is shown. */
  readonly place: Place | null;
}

export const HOME: Address = {
  layout: null,
  item: null,
  place: null,
  text: "",
  choices: new Map(),
  hide: false,
  selection: null,
  own: [],
  hotspot: null,
  colour: null,
  coarse: false,
  off: [],
  size: 1,
  told: null,
  beside: null,
  theme: null,
  find: null,
};
/** Sizes that the slider knows. */
const SIZES = { least: 0.25, most: 4 };
/** Servers and messengers cut longer addresses; a larger selection stays out of it. */
const LONGEST_SELECTION = 1500;
const MOST_OFF = 20;
const THEMES = ["light", "dark"] as const;
const TABS = ["pictures", "filters", "hotspots"] as const;

function oneOf<T extends string>(all: readonly T[], text: string | null): T | null {
  return all.find((one) => one === text) ?? null;
}

/** Whether a selection, as `encodeRows` writes it, is short enough for an address. */
export function fitsAddress(selection: string): boolean {
  return selection.length <= LONGEST_SELECTION;
}

export function readAddress(hash: string): Address {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const beside = values.get("beside");
  return {
    layout: values.get("layout"),
    item: values.get("item"),
    place: readPlace(values.get("at")),
    text: values.get("q") ?? "",
    choices: readChoices(values),
    hide: values.get("hide") === "1",
    selection: values.get("s"),
    own: values.getAll("own"),
    hotspot: values.get("hotspot"),
    colour: values.get("colour"),
    coarse: values.get("level") === "coarse",
    off: values.getAll("off"),
    size: readSize(values.get("size")),
    told: readTold(values.get("story")),
    theme: oneOf(THEMES, values.get("theme")),
    find: oneOf(TABS, values.get("find")),
    beside: beside === null ? null : { layout: beside, place: readPlace(values.get("at2")) },
  };
}

/** With its #; empty for the first view of all. */
export function writeAddress(address: Address): string {
  const values = new URLSearchParams();
  const { layout, item, place, text, choices, hide, selection, hotspot, colour, size, coarse, off, told } =
    address;
  if (layout !== null) values.set("layout", layout);
  if (place) values.set("at", writePlace(place));
  if (address.beside) {
    values.set("beside", address.beside.layout);
    if (address.beside.place) values.set("at2", writePlace(address.beside.place));
  }
  if (text !== "") values.set("q", text);
  for (const [name, choice] of choices) writeChoice(values, name, choice);
  if (hide) values.set("hide", "1");
  if (hotspot !== null) values.set("hotspot", hotspot);
  if (selection !== null && fitsAddress(selection)) values.set("s", selection);
  for (const text of address.own) values.append("own", text);
  if (colour !== null) values.set("colour", colour);
  if (coarse) values.set("level", "coarse");
  for (const id of off.slice(0, MOST_OFF)) values.append("off", id);
  if (size !== 1) values.set("size", `${Number(size.toPrecision(3))}`);
  if (item !== null) values.set("item", item);
  if (told !== null) values.set("story", writeTold(told));
  if (address.find !== null) values.set("find", address.find);
  if (address.theme !== null) values.set("theme", address.theme);
  return values.size > 0 ? `#${values}` : "";
}

function writePlace({ x, y, span }: Place): string {
  return [x, y, span].map((value) => `${Number(value.toPrecision(5))}`).join(",");
}

function readPlace(text: string | null): Place | null {
  const [x = Number.NaN, y = Number.NaN, span = Number.NaN] = (text ?? "").split(",").map(Number);
  return Number.isFinite(x) && Number.isFinite(y) && span > 0 ? { x, y, span } : null;
}

function readSize(text: string | null): number {
  const size = Number(text ?? Number.NaN);
  return size >= SIZES.least && size <= SIZES.most ? size : 1;
}

/** f.<column>=name for each name, all.<column>=1 where all are needed, r.<column>=low..high. */
function writeChoice(values: URLSearchParams, name: string, choice: Choice): void {
  if (choice.kind === "range") values.set(`r.${name}`, `${choice.low}..${choice.high}`);
  else for (const option of choice.names) values.append(`f.${name}`, option);
  if (choice.kind === "names" && choice.every) values.set(`all.${name}`, "1");
}

function readChoices(values: URLSearchParams): Choices {
  const choices = new Map<string, Choice>();
  for (const [key, value] of values) {
    const name = key.slice(2);
    if (key.startsWith("f.")) {
      choices.set(name, {
        kind: "names",
        names: values.getAll(key),
        every: values.get(`all.${name}`) === "1",
      });
    } else if (key.startsWith("r.")) {
      const [low = Number.NaN, high = Number.NaN] = value.split("..").map(Number);
      if (high >= low) choices.set(name, { kind: "range", low, high });
    }
  }
  return choices;
}
