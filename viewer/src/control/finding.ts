/** The panel that finds: opened and closed; `explorer.ts` answers what is asked in it. */
import { flushSync } from "svelte";
import type { Tab } from "../ui/state.svelte";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import type { Desk } from "./desk";
import type { Explorer } from "./explorer";
import type { Steps } from "./steps";

export interface FindingDesk extends Desk {
  readonly arranging: Arranging;
  readonly explorer: Explorer;
  readonly steps: Steps;
}

export class Finding {
  constructor(readonly on: FindingDesk) {}

  toggle(): void {
    if (this.on.ui.findOpen) this.close();
    else this.#open();
    this.on.steps.remember("camera");
  }

  setTab(tab: Tab): void {
    this.on.explorer.setTab(tab);
    this.on.steps.remember("camera");
  }

  /** What an address says: null for closed. */
  follow(tab: Tab | null): void {
    const { ui, explorer } = this.on;
    if (tab) explorer.setTab(tab);
    if (tab && !ui.findOpen) this.#open();
    else if (!tab && ui.findOpen) this.#close();
  }

  #open(): void {
    const { ui, arranging, explorer } = this.on;
    if (ui.mapless || ui.bare) return;
    ui.findOpen = true;
    arranging.keepFitted();
    void explorer.search(null);
  }

  #close(): void {
    this.on.ui.findOpen = false;
    flushSync();
    this.on.arranging.keepFitted();
  }

  close(): void {
    this.#close();
    this.on.steps.remember("camera");
    document.querySelector<HTMLElement>(`[aria-label="${strings.openFind}"]`)?.focus({ preventScroll: true });
  }
}
