/** Drag, wheel, pinch and double click on a map, by d3-zoom; cameras in, cameras out. */
import { type Selection, select } from "d3-selection";
import { type D3ZoomEvent, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import type { Camera, Viewport } from "../model/camera";

function cameraOf(transform: ZoomTransform, view: Viewport): Camera {
  const { k, x, y } = transform;
  return { x: (view.width / 2 - x) / k, y: (y - view.height / 2) / k, k };
}

function transformOf(camera: Camera, view: Viewport): ZoomTransform {
  const { x, y, k } = camera;
  return zoomIdentity.translate(view.width / 2 - x * k, view.height / 2 + y * k).scale(k);
}

/** What whoever scrolls a page does while a map in it comes by: the wheel alone, and one finger. Ctrl and the wheel, or two fingers, zoom. */
export function passesBy(event: MouseEvent | TouchEvent): boolean {
  if (event.type === "wheel") return !event.ctrlKey && !event.metaKey;
  return "touches" in event && event.touches.length < 2;
}

export class Gestures {
  readonly #element: Selection<HTMLElement, unknown, null, undefined>;
  readonly #zoom: ZoomBehavior<HTMLElement, unknown>;
  #view: Viewport = { width: 1, height: 1 };
  #clamp: (camera: Camera) => Camera = (camera) => camera;
  /** Set while a camera is imposed, which is no gesture. */
  #imposed = false;

  /** `mine` tells which presses are for the map to move. */
  constructor(
    element: HTMLElement,
    started: () => void,
    moved: (camera: Camera) => void,
    mine: (event: MouseEvent | TouchEvent) => boolean,
  ) {
    this.#element = select(element);
    this.#zoom = zoom<HTMLElement, unknown>()
      .clickDistance(5)
      .filter((event: MouseEvent | TouchEvent) => {
        const plain = !event.ctrlKey || event.type === "wheel";
        return plain && !("button" in event && event.button > 0) && mine(event);
      })
      .extent(() => [
        [0, 0],
        [this.#view.width, this.#view.height],
      ])
      .constrain((transform) => {
        const camera = cameraOf(transform, this.#view);
        return transformOf(this.#clamp(camera), this.#view);
      })
      .on("start", (event: D3ZoomEvent<HTMLElement, unknown>) => {
        if (!this.#imposed && event.sourceEvent) started();
      })
      .on("zoom", (event: D3ZoomEvent<HTMLElement, unknown>) => {
        if (!this.#imposed) moved(cameraOf(event.transform, this.#view));
      });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.#zoom.duration(0);
    this.#element.call(this.#zoom);
  }

  /** `clamp`: the nearest camera that may be, at the same scale. */
  setLimits(view: Viewport, clamp: (camera: Camera) => Camera, scales: [number, number]): void {
    this.#view = view;
    this.#clamp = clamp;
    this.#zoom.scaleExtent(scales);
  }

  setCamera(camera: Camera): void {
    this.#imposed = true;
    this.#element.call(this.#zoom.transform, transformOf(camera, this.#view));
    this.#imposed = false;
  }
}
