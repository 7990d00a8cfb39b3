import { describe, expect, it } from "vitest";
import type { Atlas } from "../src/format/manifest";
import {
  BUDGET,
  BYTES_PER_ROW,
  canvasBytes,
  MIB,
  planAtlas,
  poolBytes,
  poolLayers,
  SHARP_LAYER_BYTES,
  sharperLevels,
  sharpLayers,
  textureBytes,
} from "../src/model/budget";
import { makeItems } from "../src/model/items";
import { LayerPool } from "../src/model/pool";
import { alternating, pageOrder, sharpOrder } from "../src/model/priority";
import { SharpStream } from "../src/model/stream";
import { manifestJson } from "./site";

const limits = { textureSize: 8192, layers: 2048 };

function atlas(page: number, cell: number, pages: number): Atlas {
  const file = { file: "data/p", bytes: 1, digest: "" };
  const { slots } = manifestJson().atlas as unknown as Atlas;
  return { page, format: "webp", count: null, slots, levels: [{ cell, pages: Array(pages).fill(file) }] };
}

describe("planAtlas", () => {
  it("takes a whole atlas as it is, one page no higher than needed", () => {
    const plan = planAtlas(atlas(2048, 64, 1), 33, limits);
    expect(plan).toMatchObject({ shrink: 1, width: 2048, height: 128, layers: 1, mips: 4 });
  });

  it("makes room for slots of pictures that are gone", () => {
    expect(planAtlas({ ...atlas(2048, 64, 1), count: 65 }, 33, limits)?.height).toBe(192);
  });

  it("halves pages that are larger than the graphics allow", () => {
    expect(planAtlas(atlas(8192, 64, 1), 16384, { textureSize: 2048, layers: 256 })).toMatchObject({
      shrink: 4,
      width: 2048,
    });
  });

  it("shows fewer pages rather than failing", () => {
    const plan = planAtlas(atlas(256, 8, 40), 40_000, { textureSize: 2048, layers: 16 });
    expect(plan?.layers).toBe(16);
  });

  it("keeps the base level whole, and leaves the sharper ones to be streamed", () => {
    const three = atlas(2048, 8, 16);
    for (const cell of [32, 128]) three.levels.push({ cell, pages: three.levels[0]?.pages ?? [] });
    const plan = planAtlas(three, 1_000_000, limits);
    expect(plan).toMatchObject({ level: { cell: 8 }, shrink: 1, layers: 16, texel: 2 });
    expect(plan && sharperLevels(three, plan).map(({ cell }) => cell)).toEqual([32, 128]);
  });

  it("works where textures are of 4096 texels and 16 layers, as WebGL2 may have them at the least", () => {
    const least = { textureSize: 4096, layers: 16 };
    for (const [rows, cell, pages] of [
      [100_000, 16, 7],
      [1_000_000, 8, 16],
    ] as const) {
      const plan = planAtlas(atlas(2048, cell, pages), rows, least);
      expect(plan).toMatchObject({ shrink: 1, layers: pages });
      const layers = poolLayers(
        [32, 128],
        (plan?.bytes ?? 0) + rows * BYTES_PER_ROW + canvasBytes(1280, 800),
      );
      expect(Math.max(...layers)).toBeLessThanOrEqual(16);
      expect(Math.min(...layers)).toBeGreaterThan(0);
    }
  });

  it("has no plan for an atlas without pages", () => {
    expect(planAtlas({ ...atlas(2048, 64, 0) }, 0, limits)).toBeNull();
  });
});

describe("the budget", () => {
  it.each([
    [300, 64, 1],
    [32_768, 32, 8],
    [100_000, 16, 7],
    [131_072, 16, 8],
    [1_000_000, 8, 16],
    [2_000_000, 8, 31],
  ])("holds for %i pictures in cells of %i px", (rows, cell, pages) => {
    const plan = planAtlas(atlas(2048, cell, pages), rows, limits);
    const fixed = (plan?.bytes ?? 0) + rows * BYTES_PER_ROW + canvasBytes(1920, 1080) + 12_000 * 36;
    const others = fixed + poolLayers([32, 128], fixed).reduce((sum, layers) => sum + poolBytes(layers), 0);
    expect(others + sharpLayers(others) * SHARP_LAYER_BYTES).toBeLessThanOrEqual(BUDGET);
  });

  it("counts mip levels", () => {
    expect(textureBytes(2048, 2048, 1, 1)).toBe(16 * MIB);
    expect(textureBytes(2048, 2048, 2, 2)).toBe(40 * MIB);
  });
});

describe("LayerPool", () => {
  const place = (pool: LayerPool, keys: number[]) => {
    for (const key of pool.want(keys).load) pool.started(key);
    return keys.map((key) => pool.place(key));
  };

  it("loads what is wanted, once", () => {
    const pool = new LayerPool(2);
    expect(pool.want([7, 8]).load).toEqual([7, 8]);
    pool.started(7);
    pool.started(8);
    expect(pool.want([7, 8]).load).toEqual([]);
    expect(pool.place(7)).toBe(0);
    expect(pool.layerOf(7)).toBe(0);
  });

  it("gives up what is no longer wanted", () => {
    const pool = new LayerPool(2);
    for (const key of pool.want([1, 2]).load) pool.started(key);
    expect(pool.want([2, 3])).toEqual({ load: [3], cancel: [1] });
    expect(pool.place(1)).toBeNull();
  });

  it("takes the layer of the least recently wanted", () => {
    const pool = new LayerPool(3);
    place(pool, [1, 2, 3]);
    pool.want([1, 2, 3]);
    pool.want([1]);
    const [layer] = place(pool, [4]);
    expect(layer).toBe(2);
    expect([1, 2, 3, 4].map((key) => pool.layerOf(key) !== undefined)).toEqual([true, true, false, true]);
  });

  it("never takes the layer of a picture in view", () => {
    const pool = new LayerPool(2);
    place(pool, [1, 2]);
    expect(pool.want([1, 2, 3]).load).toEqual([]);
  });

  it("does not ask twice for a picture that could not be had", () => {
    const pool = new LayerPool(2);
    pool.want([1]);
    pool.started(1);
    pool.failed(1);
    expect(pool.want([1]).load).toEqual([]);
  });
});

describe("alternating", () => {
  const want = (slot: number) => ({ slot, row: 10 * slot });

  it.each([
    ["no view wants nothing", [], []],
    ["one view as it is", [[3, 1, 2]], [3, 1, 2]],
    [
      "two take turns, and none comes twice",
      [
        [3, 1, 2],
        [1, 4],
      ],
      [3, 1, 4, 2],
    ],
    ["the longer goes on alone", [[], [5, 6]], [5, 6]],
  ])("%s", (_, lists, slots) => {
    expect(alternating(lists.map((list) => list.map(want)))).toEqual(slots.map(want));
  });
});

describe("sharpOrder", () => {
  const sizes = new Uint32Array([100, 100, 100, 100, 100, 20, 100, 100]);
  const items = makeItems(new Uint8Array(12), sizes, new Uint32Array([0, 1, 2, 1]), 64);
  const positions = new Float32Array([3, 0, 1, 0, -1, 0, 0, 5]);

  it("goes from the middle outwards, larger first, each image once", () => {
    const order = sharpOrder(items, positions, new Int32Array([0, 1, 2, 3]), 0, 0, 1);
    expect(order.map(({ slot }) => slot)).toEqual([1, 2, 0]);
    expect(order[0]?.row).toBe(1);
  });
});

describe("pageOrder", () => {
  it("takes the pages first whose pictures are nearest in the mean", () => {
    const level = { cell: 64, pages: [] };
    const slots = Uint32Array.from([0, 3, 4, 8, 9]);
    const positions = Float32Array.from([1, 0, 1, 1, -1, 0, 0, 0, 0.1, 0]);
    const order = (x: number) => pageOrder(slots, positions, { page: 128, level }, 3, { x, y: 0 });
    expect([order(0), order(-1), order(1)]).toEqual([
      [2, 1, 0],
      [1, 2, 0],
      [0, 2, 1],
    ]);
  });
});

describe("SharpStream", () => {
  const items = makeItems(
    new Uint8Array(6),
    new Uint32Array([400, 200, 100, 100]),
    new Uint32Array([7, 8]),
    64,
  );
  const fetcher = () => {
    const asked = { jobs: [] as unknown[], cancelled: [] as number[] };
    const load = (jobs: readonly unknown[]) => void asked.jobs.push(...jobs);
    const cancel = (keys: readonly number[]) => void asked.cancelled.push(...keys);
    return { asked, load, cancel };
  };

  it("asks for a picture at the size of its layer, and fades it in", () => {
    const source = fetcher();
    const stream = new SharpStream(items, 1, source);
    stream.want([{ row: 0, slot: 7 }], (row) => `${row}.jpg`);
    expect(source.asked.jobs).toEqual([{ key: 7, path: "0.jpg", width: 512, height: 256 }]);
    expect(stream.shown(7, 0)).toBeNull();
    expect(stream.place(7, 1000)).toBe(0);
    expect(stream.shown(7, 1000)).toEqual({ layer: 0, strength: 0 });
    expect(stream.fading(1100)).toBe(true);
    expect(stream.shown(7, 2000)).toEqual({ layer: 0, strength: 255 });
    expect(stream.fading(2000)).toBe(false);
  });

  it("gives up what falls out of view", () => {
    const source = fetcher();
    const stream = new SharpStream(items, 2, source);
    stream.want([{ row: 0, slot: 7 }], () => "");
    stream.want([{ row: 1, slot: 8 }], () => "");
    expect(source.asked.cancelled).toEqual([7]);
    expect(stream.place(7, 0)).toBeNull();
    stream.close();
    expect(source.asked.cancelled).toEqual([7, 8]);
  });
});
