/** What is passed on: the address of what is shown, and how to cite the open picture. */
import { HOME, writeAddress } from "../model/address";
import { citationOf } from "../model/cite";
import type { Detail, ReadValue } from "../model/detail";
import { copyText } from "../ui/copy";
import { strings } from "../ui/strings";
import { type Desk, note } from "./desk";
import type { Explorer } from "./explorer";
import type { Steps } from "./steps";

export interface SharingDesk extends Desk {
  readonly explorer: Explorer;
  readonly steps: Steps;
}

export class Sharing {
  constructor(readonly on: SharingDesk) {}

  /** The citation of a row, whose address says no more than which picture it is. */
  citation(detail: Detail, read: ReadValue): string {
    const { site } = this.on;
    const address = new URL(location.href);
    address.hash = writeAddress({ ...HOME, item: detail.item });
    return citationOf({
      columns: site.columns,
      title: strings.quoted(detail.title),
      collection: site.title,
      rights: site.rights,
      address: address.href,
      read,
    });
  }

  /** Whether it could be copied, which is told. */
  async copyLink(): Promise<boolean> {
    // The camera comes into the address only when it has rested.
    this.on.steps.remember("camera");
    const { ui, explorer } = this.on;
    if (ui.hotspotsEdited && explorer.asksClusters) note(ui, strings.clustersAsked);
    if (ui.selectionUnlinked) note(ui, strings.selectionUnlinked);
    if (ui.unlinked.length > 0) note(ui, strings.clustersUnlinked(ui.unlinked.join(", ")));
    return this.#copy(location.href, strings.linkCopied);
  }

  async copyCitation(): Promise<boolean> {
    return this.#copy(this.on.ui.citation, strings.citationCopied);
  }

  async #copy(text: string, told: string): Promise<boolean> {
    const done = await copyText(text);
    if (done) this.on.ui.announcement = told;
    else note(this.on.ui, strings.notCopied(text));
    return done;
  }
}
