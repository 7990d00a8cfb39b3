/** The panel that finds: opened and closed; `explorer.ts` answers what is asked in it. */
import { flushSync } from "svelte";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import type { Desk } from "./desk";
import type { Explorer } from "./explorer";

export interface FindingDesk extends Desk {
  readonly arranging: Arranging;
  readonly explorer: Explorer;
}

export class Finding {
  constructor(readonly on: FindingDesk) {}

  toggle(): void {
    const { ui, arranging, explorer } = this.on;
    if (ui.findOpen) this.close();
    else {
      ui.findOpen = true;
      arranging.keepFitted();
      void explorer.search(null);
    }
  }

  close(): void {
    this.on.ui.findOpen = false;
    flushSync();
    this.on.arranging.keepFitted();
    document.querySelector<HTMLElement>(`[aria-label="${strings.openFind}"]`)?.focus({ preventScroll: true });
  }
}
