/** What is loaded after the first frame, in which order, and how far it is. */
import { fetchArray } from "../data/fetch";
import { loadPages, type Strip } from "../data/pages";
import type { Texts } from "../data/texts";
import type { Layout } from "../format/manifest";
import type { AtlasPlan } from "../model/budget";
import { fillItems } from "../model/items";
import { pageOrder } from "../model/priority";
import type { Placed } from "../model/travel";
import { strings } from "../ui/strings";
import type { Listener } from "./collection";
import { type Desk, nextFrame, note } from "./desk";
import type { Grouping } from "./grouping";

/** Of so few items everything is asked for at once; of more, the first view comes first. */
const FEW = 16_384;
/** Side of a cell where there is no atlas. */
const NO_ATLAS_CELL = 64;

export interface LoadingDesk extends Desk {
  readonly plan: AtlasPlan;
  readonly grouping: Grouping;
  /** The marks on the map are to be drawn again. */
  showMarks(): void;
  /** Everything is there: bring it to what the address says. */
  arrived(): Promise<void>;
}

export class Loading implements Listener {
  /** Settles when the atlas, the table and the first layout are in. */
  ready: Promise<void> = Promise.resolve();
  /** Sizes and slots are in. */
  completed: Promise<void> = Promise.resolve();
  /** The first frame is on the screen. */
  #first: Promise<void> = Promise.resolve();
  /** The pages of the atlas are in. */
  #based: Promise<void> = Promise.resolve();
  #loaded = 0;

  constructor(readonly on: LoadingDesk) {}

  /** `exact`: whether the positions of the first layout are. */
  start(layout: Layout, placed: Placed, exact: boolean): void {
    this.#first = this.#finish("pixplot-first");
    this.completed = this.#loadItems();
    this.#based = this.completed.then(() => this.loadAtlas());
    // Whoever waits for what failed is told; until then it is nobody's fault.
    this.#based.catch(() => null);
    if (!exact) this.coarse(layout, placed);
    this.ready = this.#loadRest();
  }

  /** Sizes and slots: what turns dots into pictures. */
  async #loadItems(): Promise<void> {
    const { site, items, stage, plan } = this.on;
    if (items.count > FEW) await this.#first;
    const [sizes, slots] = await Promise.all([
      fetchArray(site.sizes, "u32"),
      fetchArray(site.atlas.slots, "u32"),
    ]);
    fillItems(items, sizes, slots, stage ? plan.level.cell : NO_ATLAS_CELL);
    stage?.completed();
    await this.#first;
  }

  /** Mark the moment at which all that was drawn is on the screen. */
  async #finish(mark: string): Promise<void> {
    await this.on.stage?.finished();
    performance.mark(mark);
  }

  async #loadRest(): Promise<void> {
    const { items, stage, collection, grouping, ui } = this.on;
    await nextFrame();
    // With many, an index in the making would take the processor from the first frame.
    if (items.count > FEW) await this.#first;
    const index = stage?.main.reindex();
    if (items.count > FEW) await this.#based;
    const table = collection.open();
    await Promise.all([this.#based, table, index, grouping.load()]);
    ui.progress = null;
    ui.hotspotPictures = true;
    grouping.show();
    await this.on.arrived();
    await nextFrame();
  }

  /** The pages of the atlas: at first, and after the graphics card lost them. */
  async loadAtlas(): Promise<void> {
    const { stage, plan, items, ui } = this.on;
    if (!stage) return;
    const shown = plan.level.pages.slice(0, plan.layers);
    let missing = plan.level.pages.length - shown.length;
    const take = async (strip: Strip) => {
      await nextFrame();
      stage.writePage(strip);
      if (strip.last) this.#step(shown.length);
    };
    const order = pageOrder(items.slots, stage.main.positions, plan, shown.length, stage.main.view.camera);
    await loadPages(shown, order, plan.shrink, take, () => {
      missing += 1;
    });
    stage.invalidate();
    await nextFrame();
    await this.#finish("pixplot-base");
    if (missing > 0) note(ui, strings.pagesMissing(missing));
  }

  #step(pages: number): void {
    const { ui } = this.on;
    this.#loaded += 1;
    // After a lost context the pages come again, behind a map that is already there.
    if (ui.progress !== null) ui.progress = Math.min(1, 0.3 + (0.7 * this.#loaded) / pages);
  }

  // --- what comes, or does not ---------------------------------------------------------------------------------------

  readable(texts: Texts): void {
    const { ui, collection, stage } = this.on;
    ui.reader = collection.readerOf(texts);
    this.on.showMarks();
    stage?.setPaths((row) => collection.pictureOf(row, texts));
  }

  unreadable(): void {
    note(this.on.ui, strings.tableMissing);
  }

  unlabelled(): void {
    note(this.on.ui, strings.marksMissing);
  }

  /** Put the exact positions of a layout in the place of coarse ones, once the map stands. */
  coarse(layout: Layout, placed: Placed): void {
    void this.#refine(layout, placed);
  }

  async #refine(layout: Layout, placed: Placed): Promise<void> {
    try {
      await this.#based;
      this.on.stage?.refine(placed, await fetchArray(layout.positions, "f32"));
    } catch {
      // Coarse places are a pixel off when one is very near.
    }
  }
}
