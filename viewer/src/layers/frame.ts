/** What one pane of a frame is drawn from. */
import type { Box, Camera, Viewport } from "../model/camera";
import type { Area } from "../model/split";

export type Rgb = readonly [number, number, number];

export interface Frame {
  readonly camera: Camera;
  /** In CSS pixels. */
  readonly view: Viewport;
  /** Where the pane lies on the canvas, in device pixels from its left lower corner. */
  readonly area: Area;
  /** What is seen of the map. */
  readonly seen: Box;
  /** 0 = the layout left, 1 = the layout entered. */
  readonly mix: number;
  /** Side of a picture's square in device pixels. */
  readonly side: number;
  readonly ground: Rgb;
  /** Some rows are lit and the others dimmed. */
  readonly highlight: boolean;
  /** The rows to draw as quads, in drawing order; null draws all rows as points. */
  readonly rows: Int32Array | null;
  /** Every so manieth row is drawn as a point. */
  readonly stride: number;
  /** Rows drawn once more over all others: the one pointed at, the one open. */
  readonly front: Int32Array;
}
