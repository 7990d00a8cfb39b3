/** A small, correct manifest to break in tests. */
export function manifestJson(items = 3) {
  const file = (name: string, bytes: number) => ({ file: `data/${name}`, bytes, digest: "00" });
  const array = (name: string, dtype: string, shape: number[]) => ({ ...file(name, 1), dtype, shape });
  return {
    format: "pixplot-site",
    version: 1,
    title: "Title",
    description: "",
    counts: { items, images: items, shards: 1, problems: 0 },
    table: { ...file("t.arrow", 1), rows: items },
    columns: [{ name: "title", label: "Title", type: "text", role: "title" }],
    colours: array("c.u8", "u8", [items, 3]),
    sizes: array("s.u32", "u32", [items, 2]),
    layouts: [
      {
        name: "umap",
        label: "Map",
        kind: "map",
        positions: array("p.f32", "f32", [items, 2]),
        cell: 0.1,
        quality: null,
        model: null,
      },
    ],
    atlas: {
      page: 2048,
      format: "webp",
      slots: array("a.u32", "u32", [items]),
      levels: [{ cell: 64, pages: [file("0.webp", 1)] }],
    },
    hotspots: { layout: "umap", members: array("m.i32", "i32", [items]), list: [] as unknown[] },
    problems: { ...file("x.arrow", 1), rows: 0 },
    pictures: { path: "pictures/{prefix}/{image}.jpg", longest_side: 1024, bytes: 0 },
    model: { name: "m", version: "1", dimensions: 4, description: "" },
    vectors: { components: 2, explained_variance: 0.5 },
  };
}
