/** What the controls work on together. What else one needs, its own interface says; main.ts has all. */
import type { Manifest } from "../format/manifest";
import type { Stage } from "../layers/stage";
import type { Items } from "../model/items";
import type { Pane } from "../model/pane";
import type { Half, UiState } from "../ui/state.svelte";
import type { Collection } from "./collection";

export interface Desk {
  readonly site: Manifest;
  readonly items: Items;
  readonly ui: UiState;
  readonly canvas: HTMLCanvasElement;
  readonly collection: Collection;
  /** The map; null where the browser draws none. */
  readonly stage: Stage | null;
}

/** The map that a half of the page shows; null where the browser draws none, or it has gone. */
export function paneOf({ ui, stage }: Pick<Desk, "ui" | "stage">, half: Half): Pane | null {
  if (half === ui.main) return stage?.main ?? null;
  return half === ui.beside ? (stage?.beside ?? null) : null;
}

export const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Tell the reader something, once. */
export function note(ui: UiState, text: string): void {
  ui.notes = [...ui.notes.filter((other) => other !== text), text];
}
