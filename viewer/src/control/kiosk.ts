/** A screen in a room: the map alone, which wanders between its hotspots until somebody touches it. */
import { HOME } from "../model/address";
import { kioskSeconds, type Stop, stopsOf } from "../model/tour";
import type { Arranging } from "./arranging";
import type { Desk } from "./desk";
import type { Finding } from "./finding";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Panel } from "./panel";
import type { Steps } from "./steps";
import type { Telling } from "./telling";

/** Milliseconds without a touch after which an address that asks for a kiosk has one again. */
const IDLE = 60_000;
/** Milliseconds after a touch in which its click comes. */
const SWALLOW = 700;
const TOUCHES = ["pointerdown", "wheel", "keydown"] as const;

export interface KioskDesk extends Desk {
  readonly arranging: Arranging;
  readonly finding: Finding;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly steps: Steps;
  readonly telling: Telling;
}

export class Kiosk {
  /** null where the address asks for none. */
  readonly #asked = kioskSeconds(new URLSearchParams(location.search).get("kiosk"));
  #place = -1;
  #timer = 0;

  constructor(readonly on: KioskDesk) {
    for (const kind of TOUCHES)
      window.addEventListener(kind, (event) => this.#touched(event), { capture: true, passive: false });
  }

  /** Once all is there. */
  begin(): void {
    if (this.#asked !== null) void this.start();
  }

  async start(): Promise<void> {
    const { ui, stage, panel, steps, arranging, telling, finding } = this.on;
    if (!stage || ui.kiosk) return;
    if (ui.told) telling.close();
    if (ui.findOpen) finding.close();
    panel.dismiss();
    await steps.go({ ...HOME, layout: ui.main.layout });
    ui.tool = null;
    ui.aboutOpen = false;
    ui.problemsOpen = false;
    ui.kiosk = true;
    this.#place = -1;
    arranging.measure();
    stage.main.fit();
    this.#wait((this.#asked ?? kioskSeconds("1") ?? 0) / 2);
  }

  stop(): void {
    const { ui, arranging, hotspots, stage } = this.on;
    if (!ui.kiosk) return;
    ui.kiosk = false;
    ui.stop = null;
    clearTimeout(this.#timer);
    arranging.measure();
    hotspots.highlight(null);
    if (stage) stage.highlight.spot = null;
    stage?.relight();
  }

  /** What stops the kiosk does nothing else. */
  #touched(event: Event): void {
    const { ui } = this.on;
    if (ui.kiosk) {
      event.preventDefault();
      event.stopPropagation();
      this.stop();
      // A touch becomes a click, which would open a picture.
      const swallow = (click: Event) => click.stopPropagation();
      window.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), SWALLOW);
    }
    if (this.#asked === null) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.start(), IDLE);
  }

  #wait(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#next(), seconds * 1000);
  }

  #next(): void {
    const { ui, items } = this.on;
    const stops = stopsOf(ui.hotspots, items.count);
    this.#place = (this.#place + 1) % Math.max(1, stops.length);
    const stop = stops[this.#place];
    if (stop) this.#go(stop);
    this.#wait(this.#asked ?? kioskSeconds("1") ?? 0);
  }

  #go(stop: Stop): void {
    const { ui, hotspots, grouping, stage } = this.on;
    if ("hotspot" in stop) {
      const group = grouping.find(stop.hotspot);
      ui.stop = group && { title: group.label, count: group.count };
      hotspots.choose(stop.hotspot);
    } else {
      ui.stop = { title: ui.reader?.title(stop.row) ?? "", count: null };
      stage?.main.locate(stop.row);
    }
  }
}
