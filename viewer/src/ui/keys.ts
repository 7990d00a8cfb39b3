/** What the keys do on a map, as a table. */
import type { Actions, Half } from "./state.svelte";

/** CSS pixels per press of an arrow key. */
const STEP = 90;

const KEYS: Record<string, (actions: Actions, half: Half) => void> = {
  ArrowLeft: (actions, half) => actions.pan(-STEP, 0, half),
  ArrowRight: (actions, half) => actions.pan(STEP, 0, half),
  ArrowUp: (actions, half) => actions.pan(0, -STEP, half),
  ArrowDown: (actions, half) => actions.pan(0, STEP, half),
  "+": (actions, half) => actions.zoom(1.5, half),
  "=": (actions, half) => actions.zoom(1.5, half),
  "-": (actions, half) => actions.zoom(1 / 1.5, half),
  "0": (actions, half) => actions.fit(half),
  Home: (actions, half) => actions.fit(half),
  Enter: (actions, half) => actions.openMarked(half),
};

/** Answer a key pressed on a map. */
export function pressKey(event: KeyboardEvent, actions: Actions, half: Half): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(actions, half);
}
