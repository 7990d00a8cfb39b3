import { describe, expect, it } from "vitest";
import type { Layout } from "../src/format/manifest";
import { otherThan, variantsOf } from "../src/model/variants";
import { manifestJson } from "./site";

const [base] = manifestJson().layouts as unknown as Layout[];

function map(name: string, n: number, d: number, of: string | null): Layout {
  return { ...(base as Layout), name, parameters: { n_neighbors: n, min_dist: d }, variant_of: of };
}

const family = [
  map("umap", 15, 0.1, null),
  map("umap~15~0.5", 15, 0.5, "umap"),
  map("umap~5~0.1", 5, 0.1, "umap"),
  map("umap~5~0.5", 5, 0.5, "umap"),
  map("umap-other", 15, 0.1, null),
  map("umap-other~5~0.1", 5, 0.1, "umap-other"),
];

describe("variantsOf", () => {
  it("offers the values of the map's own family in order", () => {
    const found = variantsOf(family, family[2] ?? null);
    expect([found?.counts, found?.distances]).toEqual([
      [5, 15],
      [0.1, 0.5],
    ]);
    expect(found?.nameOf({ n_neighbors: 15, min_dist: 0.5 })).toBe("umap~15~0.5");
    expect(found?.nameOf({ n_neighbors: 15, min_dist: 0.1 })).toBe("umap");
    expect(found?.nameOf({ n_neighbors: 7, min_dist: 0.1 })).toBeNull();
  });

  it("offers nothing where there is one map, or a layout without parameters", () => {
    expect(variantsOf(family.slice(0, 1), family[0] ?? null)).toBeNull();
    expect(variantsOf(family, { ...(base as Layout), parameters: null, variant_of: null })).toBeNull();
    expect(variantsOf(family, null)).toBeNull();
  });
});

describe("otherThan", () => {
  const layout = (
    name: string,
    arrangement: string,
    model: string | null,
    of: string | null = null,
  ): Layout => ({
    ...(base as Layout),
    name,
    arrangement,
    model,
    variant_of: of,
  });
  const map = layout("umap", "umap", "a");
  const variant = layout("umap~5", "umap", "a", "umap");
  const grid = layout("grid", "grid", "a");
  const second = layout("umap-b", "umap", "b");
  const dates = layout("date", "date", null);

  it.each([
    ["the same by another model comes first", [map, variant, grid, second], map, "umap-b"],
    ["else another arrangement", [map, variant, grid, dates], map, "grid"],
    ["that of no model has no other model", [map, grid, dates], dates, "umap"],
    ["else a variant", [map, variant], map, "umap~5"],
    ["one alone has none", [map], map, null],
    ["none shown", [], null, null],
  ] as const)("%s", (_, layouts, shown, name) => {
    expect(otherThan(layouts, shown)?.name ?? null).toBe(name);
  });
});
