/** The page's address: kept up with what is shown, and followed where the reader goes back, forward or elsewhere. */
import type { Manifest } from "../format/manifest";
import { type Address, fitsAddress, readAddress, writeAddress } from "../model/address";
import { strings } from "../ui/strings";
import type { Arranging } from "./arranging";
import type { Comparing } from "./comparing";
import { type Desk, note } from "./desk";
import type { Explorer } from "./explorer";
import type { Finding } from "./finding";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Panel } from "./panel";
import type { Telling } from "./telling";

/** Steps can be gone back; a text that is still typed and a camera that moves belong to the step before. */
export type Step = "step" | "text" | "camera";

export interface StepsDesk extends Desk {
  readonly explorer: Explorer;
  readonly arranging: Arranging;
  readonly comparing: Comparing;
  readonly finding: Finding;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly telling: Telling;
}

/** What the page's address asks for; where it asks for nothing, the collection's opening view. */
export function addressShown({ opening }: Pick<Manifest, "opening">): Address {
  return readAddress(location.hash.length > 1 ? location.hash : (opening ?? ""));
}

/** The theme that the page's address asks for, whatever else is there yet. */
export function askedTheme(): Address["theme"] {
  return readAddress(location.hash).theme;
}

export class Steps {
  /** Whether the state comes from the address just now, or has yet to come from it. */
  #applying = true;
  #lastKind: Step = "step";

  constructor(readonly on: StepsDesk) {}

  #address(): Address {
    const { ui, site, stage, explorer, telling, comparing, grouping } = this.on;
    return {
      // An address that says nothing is that of the opening view, where there is one.
      layout: ui.main.layout === site.layouts[0]?.name && !site.opening ? null : ui.main.layout,
      item: ui.detail?.item ?? null,
      place: stage?.main.view.placeLookedAt ?? null,
      text: ui.text,
      choices: ui.choices,
      hide: ui.hide,
      selection: explorer.encodeSelection(),
      own: grouping.linked,
      hotspot: ui.hotspot,
      colour: ui.legend?.column ?? null,
      coarse: ui.coarse,
      off: ui.off,
      size: ui.size,
      told: telling.told,
      beside: comparing.beside,
      theme: ui.themeChosen,
      find: ui.findOpen ? ui.tab : null,
    };
  }

  remember(kind: Step): void {
    // A kiosk would fill the history, and nobody passes its address on.
    if (this.#applying || this.on.ui.kiosk) return;
    const address = this.#address();
    const hash = writeAddress(address);
    this.on.ui.selectionUnlinked = address.selection !== null && !fitsAddress(address.selection);
    // In a frame, steps would be those of the page around it.
    const push = !this.on.ui.bare && (kind === "step" || (kind === "text" && this.#lastKind !== "text"));
    if (kind !== "camera") this.#lastKind = kind;
    if (hash === location.hash) return;
    const to = hash || location.pathname + location.search;
    if (push) history.pushState(null, "", to);
    else history.replaceState(null, "", to);
  }

  /** The first address, once all is there; its camera was shown from the start. */
  async begin(): Promise<void> {
    // An address that says nothing must not undo what was typed while the map was loading.
    if (location.hash.length > 1 || this.on.site.opening)
      await this.#follow(addressShown(this.on.site), true);
    this.#applying = false;
  }

  /** Back and forward, or an address typed over. */
  follow(): void {
    void this.#follow(addressShown(this.on.site), false);
  }

  /** Show what an address says, as a step of its own; the story that is told goes on. */
  async go(address: Address): Promise<void> {
    await this.#apply(address);
    this.remember("step");
  }

  async #follow(address: Address, first: boolean): Promise<void> {
    const { telling } = this.on;
    await this.#apply(address, first);
    await telling.follow(address.told, writeAddress({ ...address, told: null, theme: null }) === "");
  }

  /** Bring everything to what an address says. */
  async #apply(address: Address, first = false): Promise<void> {
    this.#applying = true;
    const {
      ui,
      site,
      stage,
      collection,
      explorer,
      arranging,
      hotspots,
      panel,
      comparing,
      finding,
      grouping,
    } = this.on;
    try {
      const layout = address.layout ?? site.layouts[0]?.name ?? "";
      if (layout !== ui.main.layout) await arranging.show(layout);
      await comparing.follow(address.beside);
      const strange = grouping.bring(address.own);
      if (address.size !== ui.size) arranging.setSize(address.size);
      arranging.wear(address.theme);
      // What was opened while the map was loading stays.
      if (address.find || !first) finding.follow(address.find);
      [ui.text, ui.choices, ui.hide] = [address.text, address.choices, address.hide];
      if (ui.filtering || ui.found) await explorer.search(null);
      const known = explorer.restoreSelection(address.selection);
      if (strange || !known) note(ui, strings.linkOutdated);
      ui.coarse = address.coarse;
      if (address.off.length > 0 || ui.off.length > 0) hotspots.hide(address.off);
      hotspots.highlight(address.hotspot);
      if (address.colour !== (ui.legend?.column ?? null)) await explorer.colourBy(address.colour, false);
      const { item } = address;
      const row = item === null ? undefined : (await collection.rowsOf([item])).get(item);
      if (row !== undefined) await panel.open(row, address.place === null);
      else panel.dismiss();
      const main = stage?.main;
      if (main && !first) main.flyTo(main.view.cameraOf(address.place));
    } finally {
      this.#applying = false;
    }
  }
}
