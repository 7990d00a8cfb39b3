/** Light or dark: the system's choice until the reader makes one, which is kept in this browser. */
import type { Look } from "../format/manifest";
import type { Theme } from "./state.svelte";

const KEY = "pixplot-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Storage may be forbidden; the choice then lasts as long as the page. */
function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

/** Show a theme as long as the page is open. */
export function wearTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** Show a theme, and keep the choice. */
export function chooseTheme(theme: Theme): void {
  wearTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See stored().
  }
}

/** Apply what is asked for, else the kept choice, and call back when the system's changes. */
export function watchTheme(asked: Theme | null, changed: () => void): void {
  const theme = asked ?? stored();
  if (theme) wearTheme(theme);
  system.addEventListener("change", changed);
}

/** Give the page the colours and the sign of its collection. */
export function dress({ accent, logo }: Look): void {
  const { style } = document.documentElement;
  for (const [ground, colour] of Object.entries(accent ?? {}))
    style.setProperty(`--accent-${ground}`, colour);
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (icon && logo) icon.href = logo.file;
}

/** The page's ground colour as the style sheet has it, each channel in [0, 1]. */
export function groundColour(): [number, number, number] {
  const channels = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [];
  const [r = 0, g = 0, b = 0] = channels.map((channel) => Number(channel) / 255);
  return [r, g, b];
}
