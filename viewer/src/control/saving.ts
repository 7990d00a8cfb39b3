/** What is taken home: tables, manifests, pictures and the view, of what is selected, found, or in a hotspot. */
import { fetchPicture } from "../data/fetch";
import { toCsv, toJson } from "../model/export";
import { type Exported, toManifest } from "../model/iiif";
import { sizeOf } from "../model/items";
import { rowsOf } from "../model/selection";
import type { Zip } from "../model/zip";
import { captionText } from "../ui/arrangements";
import { download, fileStem } from "../ui/download";
import { legendLabel } from "../ui/legend";
import type { Saving as As } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import { type Desk, note } from "./desk";
import type { Explorer } from "./explorer";
import type { Grouping } from "./grouping";

export interface SavingDesk extends Desk {
  readonly explorer: Explorer;
  readonly grouping: Grouping;
  /** The folder of the collection, "" for the page's own. */
  readonly root: string;
}

/** Pictures asked for at once. */
const AT_ONCE = 6;
/** Bytes of pictures that a browser is asked to put into one file. */
const MOST = 1 << 30;
/** A multiple of three, so that the pieces of base64 can be joined. */
const PIECE = 3 << 13;

export class Saving {
  #stop: AbortController | null = null;

  constructor(readonly on: SavingDesk) {}

  /** Save what is selected, else what matches, else all; or the view as it is. */
  async save(as: As): Promise<void> {
    try {
      if (as === "png") await this.#png();
      else if (as === "svg") await this.#svg();
      else await this.#rows(as, this.on.explorer.rows(), "");
    } catch {
      note(this.on.ui, strings.saveFailed);
    }
  }

  /** The table of a hotspot's pictures. */
  async saveHotspot(id: string): Promise<void> {
    const { grouping, ui } = this.on;
    const group = grouping.find(id);
    const mask = group && grouping.maskOf(group);
    try {
      if (!group || !mask) throw new Error("no members");
      await this.#rows("csv", rowsOf(mask), `-${fileStem(group.label)}`);
    } catch {
      note(ui, strings.saveFailed);
    }
  }

  cancel(): void {
    this.#stop?.abort();
  }

  /** `rows`: null for all. */
  async #rows(as: Exclude<As, "png" | "svg">, rows: Int32Array | null, part: string): Promise<void> {
    const { site, collection, items, ui } = this.on;
    const stem = fileStem(site.title) + part;
    const all = rows ?? Int32Array.from({ length: items.count }, (_, row) => row);
    if (as === "zip") return this.#zip(all, stem);
    const texts = await collection.hold(rows);
    const made = {
      csv: () => toCsv(site.columns, all, texts.value),
      json: () => toJson(site.columns, all, texts.value),
      iiif: async () => toManifest(all, await this.#exported(all), Date.now().toString(36)),
    };
    const text = await made[as]();
    const type = as === "csv" ? "text/csv" : "application/json";
    download(as === "iiif" ? `${stem}-iiif.json` : `${stem}.${as}`, new Blob([text], { type }));
    ui.announcement = strings.saved(all.length);
  }

  /** What a IIIF manifest says of some rows. */
  async #exported(rows: Int32Array): Promise<Exported> {
    const { collection, site, items } = this.on;
    const [services, texts] = await Promise.all([collection.services(rows), collection.hold(rows)]);
    return {
      address: this.on.root || new URL(".", location.href).href,
      title: site.title,
      columns: site.columns,
      rights: site.rights,
      pictures: site.pictures,
      read: (column, row) => texts.value(column, row) ?? null,
      size: (row) => sizeOf(items, row),
      service: (row) => services.get(row) ?? null,
    };
  }

  // --- pictures -----------------------------------------------------------------------------------------------------

  /** The pictures of the panel under their own names, and their table, which together the workflow can read again. */
  async #zip(rows: Int32Array, stem: string): Promise<void> {
    const { site, collection, ui } = this.on;
    const { jpegNames, MOST_FILES, Zip } = await import("../model/zip");
    const each = site.pictures.bytes / Math.max(1, site.counts.images);
    if (rows.length > MOST_FILES - 1 || rows.length * each > MOST) {
      note(ui, strings.tooManyToSave(Math.max(1, Math.min(MOST_FILES - 1, Math.floor(MOST / each)))));
      return;
    }
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    ui.saving = { done: 0, all: rows.length };
    try {
      const texts = await collection.hold(rows);
      const names = jpegNames(Array.from(rows, (row) => `${texts.value("item", row)}`));
      const paths = Array.from(rows, (row) => collection.pictureOf(row, texts));
      const zip = new Zip();
      const { bytes, missing } = await this.#pictures(zip, names, paths, stop.signal);
      if (stop.signal.aborted) return;
      const named = new Map(Array.from(rows, (row, place) => [row, names[place] ?? ""]));
      const got = rows.filter((row) => !missing.has(named.get(row) ?? ""));
      const read = (column: string, row: number) =>
        column === "item" ? named.get(row) : texts.value(column, row);
      const table = new TextEncoder().encode(toCsv(site.columns, got, read));
      const head = zip.add("metadata.csv", table);
      download(`${stem}.zip`, new Blob([...bytes, head, table, ...zip.end()], { type: "application/zip" }));
      ui.announcement = strings.saved(got.length);
      if (missing.size > 0) note(ui, strings.picturesNotSaved(missing.size));
    } finally {
      ui.saving = null;
      this.#stop = null;
    }
  }

  async #pictures(zip: Zip, names: readonly string[], paths: readonly (string | null)[], stop: AbortSignal) {
    const { ui } = this.on;
    const bytes: BlobPart[] = [];
    const missing = new Set<string>();
    for (let first = 0; first < names.length && !stop.aborted; first += AT_ONCE) {
      const some = paths.slice(first, first + AT_ONCE);
      const blobs = await Promise.all(some.map((path) => path && fetchPicture(path, stop).catch(() => null)));
      for (const [place, blob] of blobs.entries()) {
        const name = names[first + place] ?? "";
        if (blob) {
          // The bytes are read for their sum only; what the archive holds is the browser's own copy.
          bytes.push(zip.add(name, new Uint8Array(await blob.arrayBuffer())), blob);
        } else missing.add(name);
      }
      ui.saving = { done: Math.min(names.length, first + AT_ONCE), all: names.length };
    }
    return { bytes, missing };
  }

  // --- the view -----------------------------------------------------------------------------------------------------

  async #png(): Promise<void> {
    const picture = await this.on.stage?.picture();
    if (picture) download(`${fileStem(this.on.site.title)}.png`, picture);
  }

  async #svg(): Promise<void> {
    const { stage, site, ui } = this.on;
    const picture = await stage?.picture();
    if (!stage || !picture) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const { width, height } = stage.page;
    const { legend } = ui;
    const { toSvg } = await import("../model/drawn");
    const svg = toSvg({
      width,
      height,
      png: base64(new Uint8Array(await picture.arrayBuffer())),
      parts: ui.halves.map((half) => ({
        area: half.area,
        captions: half.captions.map((shown) => ({
          shown,
          text: shown.caption.of ? shown.caption.text : captionText(shown.caption.text, ui.layoutOf(half)),
        })),
        ring: half.ring,
      })),
      legend: legend && {
        label: legend.label,
        entries: legend.entries.map((entry) => ({ colour: entry.colour, label: legendLabel(legend, entry) })),
      },
      title: site.title,
      ground: colour("--ground"),
      ink: colour("--text"),
      accent: colour("--accent"),
    });
    download(`${fileStem(site.title)}.svg`, new Blob([svg], { type: "image/svg+xml" }));
  }
}

/** In pieces, since a function takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  return parts.join("");
}
