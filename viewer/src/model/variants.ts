/** The variants of a map by its parameters: what two sliders choose among. */
import type { Layout, Parameters } from "../format/manifest";

export interface Variants {
  /** All values that occur, ascending. */
  readonly counts: readonly number[];
  readonly distances: readonly number[];
  readonly current: Parameters;
  /** The name of the layout of these values; of values without one, null. */
  nameOf(values: Parameters): string | null;
}

/** The map that a layout is, or is a variant of. */
export function mapOf(layout: Layout): string {
  return layout.variant_of ?? layout.name;
}

/** What the sliders offer while a layout is shown; null where it has no variants. */
export function variantsOf(layouts: readonly Layout[], shown: Layout | null): Variants | null {
  if (!shown?.parameters) return null;
  const family = layouts.filter((layout) => layout.parameters && mapOf(layout) === mapOf(shown));
  if (family.length < 2) return null;
  const values = (key: keyof Parameters) =>
    [...new Set(family.flatMap(({ parameters }) => parameters?.[key] ?? []))].sort((a, b) => a - b);
  return {
    counts: values("n_neighbors"),
    distances: values("min_dist"),
    current: shown.parameters,
    nameOf: ({ n_neighbors, min_dist }) =>
      family.find(
        ({ parameters }) => parameters?.n_neighbors === n_neighbors && parameters.min_dist === min_dist,
      )?.name ?? null,
  };
}

/** What is worth seeing beside a layout: the same by another model, else another arrangement, else any other; null where there is none. */
export function otherThan(layouts: readonly Layout[], shown: Layout | null): Layout | null {
  const others = layouts.filter(({ name }) => name !== shown?.name);
  const alike = (other: Layout) => other.arrangement === shown?.arrangement;
  const byOther = others.find((other) => alike(other) && other.model !== shown?.model && !other.variant_of);
  return byOther ?? others.find((other) => !alike(other)) ?? others[0] ?? null;
}
