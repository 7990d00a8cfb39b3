/** Stories: which are there, which slide is shown, and how the map comes to it. */
import { flushSync } from "svelte";
import type { Slide, Story } from "../format/stories";
import { type Address, readAddress } from "../model/address";
import { TOUR, type Told, tourOf } from "../model/tour";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import { type Desk, note } from "./desk";
import type { Finding } from "./finding";
import type { Hotspots } from "./hotspots";
import type { Panel } from "./panel";
import type { Steps } from "./steps";

export interface TellingDesk extends Desk {
  readonly arranging: Arranging;
  readonly finding: Finding;
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly steps: Steps;
}

export class Telling {
  #stories: Promise<Story[]> | null = null;
  /** The slide to bring the map to next, while it is on its way to another. */
  #next: Slide | null = null;
  #bringing = false;

  constructor(readonly on: TellingDesk) {}

  /** The titles for the menu. */
  async list(): Promise<void> {
    const { ui } = this.on;
    ui.stories = (await this.#all().catch(() => [])).map(({ title }) => title);
  }

  #all(): Promise<Story[]> {
    this.#stories ??= this.on.collection.stories();
    this.#stories.catch(() => {
      this.#stories = null;
    });
    return this.#stories;
  }

  async #find(name: string): Promise<Story | null> {
    const { hotspots } = this.on.ui;
    if (name !== TOUR) return (await this.#all())[Number(name) - 1] ?? null;
    if (hotspots.length === 0) return null;
    return tourOf(strings.tour, hotspots, ({ count }) => strings.pictures(count));
  }

  /** Open a story at a slide, and bring the map there. */
  async open(name: string, slide = 0): Promise<void> {
    const { ui, finding } = this.on;
    if (!(await this.#show({ story: name, slide }))) return;
    if (ui.findOpen) finding.close();
    this.on.arranging.keepFitted();
    await this.#bring();
  }

  async turn(by: number): Promise<void> {
    const { told } = this.on.ui;
    const to = (told?.slide ?? 0) + by;
    if (!told || to < 0 || to >= told.of.slides.length) return;
    this.on.ui.told = { ...told, slide: to };
    this.#announce();
    await this.#bring();
  }

  close(): void {
    const { ui, steps, canvas, arranging } = this.on;
    if (!ui.told) return;
    ui.told = null;
    ui.announcement = strings.closed;
    steps.remember("step");
    flushSync();
    arranging.keepFitted();
    canvas.focus({ preventScroll: true });
  }

  /** What an address says: where it says nothing else, the map is brought to the slide. */
  async follow(told: Told | null, alone: boolean): Promise<void> {
    const shown = told !== null && (await this.#show(told));
    if (!shown) this.on.ui.told = null;
    this.on.arranging.measure();
    if (shown && alone) await this.#bring();
  }

  async #show({ story, slide }: Told): Promise<boolean> {
    const { ui } = this.on;
    try {
      const of = await this.#find(story);
      if (!of) return false;
      ui.told = { story, slide: Math.min(slide, of.slides.length - 1), of };
    } catch {
      note(ui, strings.storyMissing);
      return false;
    }
    this.#announce();
    return true;
  }

  #announce(): void {
    const { told } = this.on.ui;
    const slide = told?.of.slides[told.slide];
    if (told && slide)
      this.on.ui.announcement = strings.slide(slide.title, told.slide, told.of.slides.length);
  }

  /** Who turns faster than the map moves sees where they stop, and not all that lies between. */
  async #bring(): Promise<void> {
    const { told } = this.on.ui;
    this.#next = told?.of.slides[told.slide] ?? null;
    if (this.#bringing) return;
    this.#bringing = true;
    try {
      while (this.#next) {
        const slide: Slide = this.#next;
        this.#next = null;
        await this.#go(slide);
      }
    } finally {
      this.#bringing = false;
    }
  }

  async #go({ view, hotspot, item }: Slide): Promise<void> {
    const { collection, hotspots, panel, steps } = this.on;
    if (view !== null) return steps.go(readAddress(`#${view}`));
    if (item === null) panel.dismiss();
    if (hotspot !== null) hotspots.choose(hotspot);
    const row = item === null ? undefined : (await collection.rowsOf([item])).get(item);
    if (row !== undefined) await panel.open(row);
    steps.remember("step");
  }

  /** For the address. */
  get told(): Address["told"] {
    const { told } = this.on.ui;
    return told && { story: told.story, slide: told.slide };
  }
}
