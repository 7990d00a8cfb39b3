/** Names of layouts in the reader's language, and how they are grouped in the menu. */
import type { Layout } from "../format/manifest";
import { number, strings } from "./strings";

export interface Entry {
  readonly arrangement: string;
  readonly label: string;
  readonly layouts: readonly Layout[];
}

export interface Section {
  readonly heading: string;
  readonly entries: readonly Entry[];
}

const SECTIONS = {
  likeness: ["umap", "tsne", "jitter", "grid", "similarity"],
  facts: ["date", "category", "geographic", "axes", "custom", "alphabetical"],
  look: ["colour"],
} as const;

/** A layout's name without its variant. */
export function nameOf(layout: Layout): string {
  const names: Readonly<Record<string, string>> = strings.arrangements;
  return (layout.arrangement !== null && names[layout.arrangement]) || layout.label;
}

/** Layouts of one arrangement as one entry, in the order of the site. */
export function entriesOf(layouts: readonly Layout[]): Entry[] {
  const found = new Map<string, Layout[]>();
  for (const layout of layouts) {
    const key = layout.arrangement ?? layout.name;
    found.set(key, [...(found.get(key) ?? []), layout]);
  }
  return [...found].map(([arrangement, variants]) => ({
    arrangement,
    label: variants[0] ? nameOf(variants[0]) : arrangement,
    layouts: variants,
  }));
}

/** The entries under headings; those of an arrangement not known here come last, under none. */
export function sectionsOf(entries: readonly Entry[]): Section[] {
  const known = Object.entries(SECTIONS).map(([key, members]) => ({
    heading: strings.arrangementGroups[key as keyof typeof SECTIONS],
    entries: members.flatMap((member) => entries.filter(({ arrangement }) => arrangement === member)),
  }));
  const named = new Set(known.flatMap((section) => section.entries));
  const others = { heading: "", entries: entries.filter((entry) => !named.has(entry)) };
  return [...known, others].filter((section) => section.entries.length > 0);
}

export interface Choices {
  /** What orders the pictures; "" where there is nothing to tell. */
  readonly heading: string;
  readonly options: readonly { readonly name: string; readonly label: string }[];
}

/** Every layout with its variants, for a list that tells each by itself: with its model, where there are several. */
export function choicesOf(layouts: readonly Layout[], columns: ReadonlyMap<string, string>): Choices[] {
  const several = new Set(layouts.flatMap(({ model }) => model ?? [])).size > 1;
  const optionsOf = ({ label, layouts: all }: Entry) =>
    all.map((layout) => {
      const alike = all.filter(({ model }) => model === layout.model);
      const variant = alike.length > 1 ? [variantOf(layout, alike, columns)] : [];
      const model = several && layout.model !== null ? [layout.model] : [];
      return { name: layout.name, label: [label, ...model, ...variant].join(" · ") };
    });
  return sectionsOf(entriesOf(layouts)).map(({ heading, entries }) => ({
    heading,
    options: entries.flatMap(optionsOf),
  }));
}

/** What tells a layout from the others of its arrangement. */
export function variantOf(
  layout: Layout,
  layouts: readonly Layout[],
  columns: ReadonlyMap<string, string>,
): string {
  const units: Readonly<Record<string, string>> = strings.units;
  if (layout.parameters) {
    const { n_neighbors, min_dist } = layout.parameters;
    return `${strings.variantNeighbours} ${number(n_neighbors)}, ${strings.variantDistance} ${number(min_dist)}`;
  }
  const unit = layout.unit === null ? "" : (units[layout.unit] ?? layout.unit);
  const made = (layout.columns ?? []).map((column) => columns.get(column) ?? column).join(" × ");
  const same = layouts.every((other) => (other.columns ?? []).join() === (layout.columns ?? []).join());
  const parts = [same && unit ? "" : made, unit].filter((part) => part !== "");
  return parts.join(", ") || layout.label;
}

/** A caption's text; an empty one stands where nothing is known. */
export function captionText(text: string, layout: Layout | null): string {
  const missing: Readonly<Record<string, string>> = strings.missing;
  return text || missing[layout?.arrangement ?? ""] || strings.missing.other;
}
