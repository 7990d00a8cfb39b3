/** `window.pixplot`, for tests and for the curious: what is on the screen, and where. */
import type { Camera } from "../model/camera";
import type { Outline } from "../ui/state.svelte";
import type { Desk } from "./desk";

export interface DebugHook {
  /** Settles when the atlas, the table and the first layout are in. */
  readonly ready: Promise<void>;
  /** Frames drawn so far; stands still while nothing changes. */
  readonly frames: number;
  /** The layout shown or travelled to. */
  readonly layout: string;
  /** Nothing moves (no travel, no flight, no fade), and the pictures can be pointed at. */
  readonly settled: boolean;
  readonly camera: Camera;
  setCamera(camera: Camera): void;
  /** Bytes kept on the GPU, at most 256 MiB. */
  gpuBytes(): number;
  /** The rectangle of a row's picture, in CSS pixels from the page's top left. */
  screenOf(row: number): Outline;
  /** What a row is drawn from: 512 its own file, else the side of its atlas cell, 0 its mean colour alone. */
  sourceOf(row: number): number;
  /** How many pictures in view are drawn from their own files. */
  readonly sharp: number;
}

declare global {
  interface Window {
    pixplot?: DebugHook;
  }
}

export function hookOf({ ui, stage }: Pick<Desk, "ui" | "stage">, ready: Promise<void>): DebugHook {
  return {
    ready,
    get frames() {
      return stage?.frames ?? 0;
    },
    get layout() {
      return ui.layout;
    },
    get settled() {
      return stage?.settled ?? true;
    },
    get camera() {
      return stage?.view.camera ?? { x: 0, y: 0, k: 1 };
    },
    get sharp() {
      return stage?.sharp ?? 0;
    },
    setCamera: (camera) => stage?.place(camera),
    sourceOf: (row) => stage?.sourceOf(row) ?? 0,
    gpuBytes: () => stage?.gpuBytes() ?? 0,
    screenOf: (row) => stage?.screenOf(row) ?? { x: 0, y: 0, width: 0, height: 0 },
  };
}
