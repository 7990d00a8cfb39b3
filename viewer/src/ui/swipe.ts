/** A finger that wipes to the side: 1 to what comes next, -1 back. */

/** CSS pixels to the side, and as a multiple of those up or down. */
const FAR = 44;
const LEVEL = 2;

/** A Svelte action. The element keeps its scrolling up and down. */
export function swipe(element: HTMLElement, done: (by: 1 | -1) => void): void {
  let from: { id: number; x: number; y: number } | null = null;
  element.style.touchAction = "pan-y pinch-zoom";
  element.addEventListener("pointerdown", (event) => {
    const alone = event.isPrimary && event.pointerType !== "mouse";
    from = alone ? { id: event.pointerId, x: event.clientX, y: event.clientY } : null;
  });
  element.addEventListener("pointercancel", () => {
    from = null;
  });
  element.addEventListener("pointerup", (event) => {
    if (!from || event.pointerId !== from.id) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    from = null;
    if (Math.abs(dx) >= FAR && Math.abs(dx) >= LEVEL * Math.abs(dy)) done(dx < 0 ? 1 : -1);
  });
}
