/** What the keys do on the map, as a table. */
import type { Actions } from "./state.svelte";

/** CSS pixels per press of an arrow key. */
const STEP = 90;

const KEYS: Record<string, (actions: Actions) => void> = {
  ArrowLeft: (actions) => actions.pan(-STEP, 0),
  ArrowRight: (actions) => actions.pan(STEP, 0),
  ArrowUp: (actions) => actions.pan(0, -STEP),
  ArrowDown: (actions) => actions.pan(0, STEP),
  "+": (actions) => actions.zoom(1.5),
  "=": (actions) => actions.zoom(1.5),
  "-": (actions) => actions.zoom(1 / 1.5),
  "0": (actions) => actions.fit(),
  Home: (actions) => actions.fit(),
  Enter: (actions) => actions.openMarked(),
};

/** Answer a key pressed on the canvas. */
export function pressKey(event: KeyboardEvent, actions: Actions): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(actions);
}
