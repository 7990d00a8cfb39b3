/** The words of the interface: one catalogue per language, chosen once, before anything is shown. */
import { type Catalogue, en } from "./catalogue/en";
import { keep, readKept } from "./kept";

export interface Format {
  number(value: number): string;
  share(value: number): string;
}

/** Names of the languages, each in its own. */
export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "pixplot-language";

function formatFor(language: Language): Format {
  const numbers = new Intl.NumberFormat(language);
  const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  return { number: (value) => numbers.format(value), share: (value) => shares.format(value) };
}

let format = formatFor("en");
export const number = (value: number) => format.number(value);
export const share = (value: number) => format.share(value);

/** A kind of problem in words; one that no catalogue knows is told as it is. */
export const kindName = (kind: string) => strings.problemKinds[kind] ?? kind;

export let strings: Catalogue = en(format);
export let language: Language = "en";

function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(LANGUAGES, text);
}

/** The address decides (?lang=de), then what was chosen here before, then the browser. */
export function wantedLanguage(): Language {
  const asked = new URLSearchParams(location.search).get("lang");
  if (isLanguage(asked)) return asked;
  const kept = readKept(KEY);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

/** Load a language's catalogue and speak it; English where it cannot be had. */
export async function speak(wanted: Language): Promise<void> {
  const catalogues = {
    en: async () => en,
    de: async () => (await import("./catalogue/de")).de,
    fr: async () => (await import("./catalogue/fr")).fr,
  };
  const chosen = await catalogues[wanted]().catch(() => null);
  if (!chosen) return;
  language = wanted;
  format = formatFor(wanted);
  strings = chosen(format);
  document.documentElement.lang = wanted;
}

/** Keep a choice and start again with it. The step before keeps its language, for whoever goes back. */
export function switchLanguage(to: Language): void {
  keep(KEY, to);
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  history.replaceState(null, "", address);
  address.searchParams.set("lang", to);
  location.assign(address);
}
