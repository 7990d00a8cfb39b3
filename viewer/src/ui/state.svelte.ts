/** What the interface shows, and what it can ask for. main.ts writes the one, and answers the other. */
import type { Hotspot, Layout, Manifest } from "../format/manifest";
import type { Detail } from "../model/detail";

export type Theme = "light" | "dark";

/** A picture's rectangle on the screen, in CSS pixels. */
export interface Outline {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Problem {
  readonly path: string;
  readonly stage: string;
  readonly kind: string;
  readonly reason: string;
  readonly action: string;
}

export class UiState {
  manifest = $state.raw<Manifest | null>(null);
  error = $state.raw<{ message: string; advice: string } | null>(null);
  /** Share of the map's files that arrived; null when all did. */
  progress = $state<number | null>(0);
  notes = $state.raw<readonly string[]>([]);
  layout = $state("");
  /** The model chosen last, for arrangements that are of none. */
  model = $state<string | null>(null);
  hotspot = $state(-1);
  hotspotsShown = $state(true);
  /** Set once the atlas is in, so that the medoids' files do not compete with it. */
  hotspotPictures = $state.raw<readonly string[]>([]);
  size = $state(1);
  theme = $state<Theme>("light");
  detail = $state.raw<Detail | null>(null);
  aboutOpen = $state(false);
  problems = $state.raw<readonly Problem[] | "failed" | null>(null);
  hovered = $state.raw<{ outline: Outline; title: string | null } | null>(null);
  selected = $state.raw<Outline | null>(null);
  announcement = $state("");

  get layouts(): readonly Layout[] {
    return this.manifest?.layouts ?? [];
  }

  get hotspots(): readonly Hotspot[] {
    return this.manifest?.hotspots?.list ?? [];
  }
}

export interface Actions {
  showLayout(name: string): void;
  setSize(size: number): void;
  zoom(factor: number): void;
  pan(dx: number, dy: number): void;
  fit(): void;
  toggleTheme(): void;
  toggleHotspots(): void;
  hoverHotspot(index: number): void;
  chooseHotspot(index: number): void;
  /** The map got the focus by the keyboard, or lost it. */
  focusMap(focused: boolean): void;
  openMarked(): void;
  step(by: number): void;
  locate(): void;
  close(): void;
  escape(): void;
  openAbout(): void;
  closeAbout(): void;
  loadProblems(): void;
  dismissNote(note: string): void;
  reload(): void;
}
