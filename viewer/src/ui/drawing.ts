/** Drawing a shape on a map: while a tool is chosen, or with Shift or Alt held. */
import type { How } from "../model/selection";
import type { Half, UiState } from "./state.svelte";

/** CSS pixels between points of a line, and before a press becomes a drawing. */
const STEP = 3;
const START = 5;

export class Drawing {
  #from: [number, number] | null = null;
  #pointer = -1;
  /** Set while the click that ends a drawing is still to come. */
  #drew = false;

  constructor(
    readonly element: HTMLElement,
    readonly ui: UiState,
    readonly half: Half,
    readonly done: (points: readonly number[], how: How) => void,
  ) {
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#release(event));
    element.addEventListener("pointercancel", () => this.#drop());
  }

  /** Whether a press starts a drawing, and so neither drags nor pinches. */
  wants(event: MouseEvent | TouchEvent): boolean {
    if (event.type === "wheel") return false;
    if ("touches" in event) return this.ui.tool !== null && event.touches.length < 2;
    return event.button === 0 && (this.ui.tool !== null || event.shiftKey || event.altKey);
  }

  /** Whether the click just seen ended a drawing. */
  get clicked(): boolean {
    return this.#drew;
  }

  #press(event: PointerEvent): void {
    this.#drew = false;
    if (!event.isPrimary) this.#drop();
    if (!event.isPrimary || !this.wants(event)) return;
    this.#from = [event.offsetX, event.offsetY];
    this.#pointer = event.pointerId;
    this.element.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    if (!this.#from || event.pointerId !== this.#pointer) return;
    const [x0, y0] = this.#from;
    const [x, y] = [event.offsetX, event.offsetY];
    const line = this.half.drawing;
    const [lastX = x0, lastY = y0] = line.slice(-2);
    const lassoing = this.ui.tool !== "rectangle";
    if (Math.hypot(x - lastX, y - lastY) < (line.length > 0 ? STEP : START)) return;
    if (!lassoing) this.half.drawing = [x0, y0, x, y0, x, y, x0, y];
    else this.half.drawing = line.length > 0 ? [...line, x, y] : [x0, y0, x, y];
  }

  #release(event: PointerEvent): void {
    const line = this.half.drawing;
    const how = event.altKey ? "subtract" : event.shiftKey ? "add" : this.ui.how;
    this.#drew = line.length > 0;
    this.#drop();
    if (this.#drew) this.done(line, how);
  }

  #drop(): void {
    this.#from = null;
    this.half.drawing = [];
  }
}
