/** A second map beside the first: shown, closed, and brought to what an address says. Light, selection and the open picture are of both. */
import { flushSync } from "svelte";
import type { Layout } from "../format/manifest";
import type { Address, Place } from "../model/address";
import { otherThan } from "../model/variants";
import { nameOf } from "../ui/arrangements";
import { Half } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import { type Desk, note } from "./desk";
import type { Pointing } from "./pointing";
import type { Steps } from "./steps";

export interface ComparingDesk extends Desk {
  readonly arranging: Arranging;
  readonly pointing: Pointing;
  readonly steps: Steps;
}

export class Comparing {
  #asked = 0;

  constructor(readonly on: ComparingDesk) {}

  async toggle(): Promise<void> {
    const { ui, site, steps } = this.on;
    const other = otherThan(site.layouts, ui.current);
    if (ui.beside) this.#close();
    else if (other) await this.#open(other, null);
    ui.announcement = ui.beside && other ? strings.besideShown(nameOf(other)) : strings.besideClosed;
    steps.remember("step");
  }

  /** Which map an address wants beside the first; null for none. */
  async follow(asked: Address["beside"]): Promise<void> {
    const { ui, arranging, stage } = this.on;
    const layout = asked && arranging.layout(asked.layout);
    if (!layout) this.#close();
    else if (!ui.beside || !stage?.beside) await this.#open(layout, asked.place);
    else {
      if (ui.beside.layout !== layout.name) await arranging.show(layout.name, null, ui.beside);
      stage.beside?.flyTo(stage.beside.view.cameraOf(asked.place));
    }
  }

  /** For the address. */
  get beside(): Address["beside"] {
    const { ui, stage } = this.on;
    const half = ui.beside;
    return half && { layout: half.layout, place: stage?.beside?.view.placeLookedAt ?? null };
  }

  /** The element of the second map is on the page. */
  shown(half: Half, element: HTMLElement): void {
    const { stage, ui, pointing } = this.on;
    if (stage?.beside && half === ui.beside) pointing.attend(half, stage.beside, element);
  }

  async #open(layout: Layout, place: Place | null): Promise<void> {
    const { ui, stage, collection, pointing } = this.on;
    if (!stage) return;
    const asked = ++this.#asked;
    const placed = await collection.placed(layout).catch(() => null);
    if (!placed) note(ui, strings.layoutMissing(nameOf(layout)));
    if (!placed || asked !== this.#asked) return;
    const looked = stage.main.view.placeLookedAt;
    const pane = stage.split(placed);
    const half = new Half();
    half.layout = layout.name;
    ui.beside = half;
    this.#arrange(looked);
    pane.view.place(pane.view.cameraOf(place));
    flushSync();
    pointing.sync(pane);
  }

  #close(): void {
    const { ui, stage, pointing } = this.on;
    this.#asked += 1;
    if (!ui.beside || !stage) return;
    const looked = stage.main.view.placeLookedAt;
    pointing.leave(ui.beside);
    ui.beside = null;
    stage.join();
    this.#arrange(looked);
  }

  /** The first map has more room, or less: it keeps the place it looks at. */
  #arrange(looked: Place | null): void {
    const { stage, arranging } = this.on;
    arranging.measure();
    if (stage) stage.main.place(stage.main.view.cameraOf(looked));
  }
}
