/** `window.pixplot`, for tests and for the curious: what is on the screen, and where. */
import type { Camera } from "../model/camera";
import type { Pane } from "../model/pane";
import type { Area } from "../model/split";
import type { Arranging } from "./arranging";
import type { Desk } from "./desk";

interface Second {
  readonly layout: string;
  readonly camera: Camera;
  setCamera(camera: Camera): void;
  screenOf(row: number): Area;
}

export interface DebugHook {
  /** Settles when the atlas, the table and the first layout are in. */
  readonly ready: Promise<void>;
  /** Frames drawn so far; stands still while nothing changes. */
  readonly frames: number;
  /** The layout shown or travelled to. */
  readonly layout: string;
  /** Nothing moves or is about to (no travel, also none whose places are still to come; no flight, no fade), and the pictures can be pointed at. */
  readonly settled: boolean;
  readonly camera: Camera;
  setCamera(camera: Camera): void;
  /** Bytes kept on the GPU, at most 256 MiB. */
  gpuBytes(): number;
  /** The rectangle of a row's picture, in CSS pixels from the page's top left. */
  screenOf(row: number): Area;
  /** What a row is drawn from: 512 its own file, else the side of its atlas cell, 0 its mean colour alone. */
  sourceOf(row: number): number;
  /** The second map; null where one has the page for itself. */
  readonly beside: Second | null;
  /** How many pictures in view are drawn from their own files. */
  readonly sharp: number;
}

declare global {
  interface Window {
    pixplot?: DebugHook;
  }
}

interface Hooked extends Pick<Desk, "ui" | "stage"> {
  readonly arranging: Arranging;
}

export function hookOf({ ui, stage, arranging }: Hooked, ready: Promise<void>): DebugHook {
  return {
    ready,
    get frames() {
      return stage?.frames ?? 0;
    },
    get layout() {
      return ui.main.layout;
    },
    get settled() {
      return !arranging.departing && (stage?.settled ?? true);
    },
    get camera() {
      return stage?.main.view.camera ?? { x: 0, y: 0, k: 1 };
    },
    get sharp() {
      return stage?.sharp ?? 0;
    },
    get beside(): Second | null {
      const [pane, half] = [stage?.beside, ui.beside];
      if (!pane || !half) return null;
      return {
        layout: half.layout,
        camera: pane.view.camera,
        setCamera: (camera) => pane.place(camera),
        screenOf: (row) => onPage(pane, row),
      };
    },
    setCamera: (camera) => stage?.main.place(camera),
    sourceOf: (row) => stage?.sourceOf(row) ?? 0,
    gpuBytes: () => stage?.gpuBytes() ?? 0,
    screenOf: (row) => (stage ? onPage(stage.main, row) : { x: 0, y: 0, width: 0, height: 0 }),
  };
}

function onPage(pane: Pane, row: number): Area {
  const found = pane.screenOf(row);
  return { ...found, x: pane.area.x + found.x, y: pane.area.y + found.y };
}
