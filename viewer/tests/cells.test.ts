import { describe, expect, it } from "vitest";
import { halve } from "../src/data/cut";
import { CellStream, type CutJob, cellBytes, levelFor } from "../src/model/cells";

const file = (name: string) => ({ file: `data/${name}`, bytes: 1, digest: "" });
const level = { cell: 32, pages: ["a", "b", "c"].map(file) };

/** Pages of 64 pixels hold four cells of 32. */
function setUp(places: number) {
  const asked = { jobs: [] as CutJob[], cancelled: [] as number[] };
  const cutter = {
    cut: (job: CutJob) => void asked.jobs.push(job),
    cancel: (id: number) => void asked.cancelled.push(id),
  };
  const stream = new CellStream(level, 64, places, cutter);
  const arrive = (job: CutJob | undefined, now = 0) => {
    if (!job) throw new Error("no job");
    stream.arrived(job.id, new Uint8Array((job.corners.length / 2) * cellBytes(32)));
    return stream.take(Number.MAX_SAFE_INTEGER, now);
  };
  return { asked, stream, arrive };
}

describe("CellStream", () => {
  it("asks for each page once, with the corners of the cells wanted", () => {
    const { asked, stream } = setUp(8);
    stream.want([5, 0, 7]);
    expect(asked.jobs.map(({ page, corners }) => [page.file, [...corners]])).toEqual([
      ["data/b", [32, 0, 32, 32]],
      ["data/a", [0, 0]],
    ]);
    stream.want([0, 5, 7]);
    expect(asked.jobs).toHaveLength(2);
  });

  it("shows a cell when it is written, and fades it in", () => {
    const { asked, stream, arrive } = setUp(8);
    stream.want([5, 7]);
    expect(stream.shown(5, 0)).toBeNull();
    const uploads = arrive(asked.jobs[0], 1000);
    expect(uploads.map(({ place }) => place)).toEqual([0, 1]);
    expect(stream.shown(5, 1000)).toEqual({ place: 0, strength: 0 });
    expect(stream.shown(7, 9000)).toEqual({ place: 1, strength: 255 });
    expect([stream.fading(1100), stream.fading(9000)]).toEqual([true, false]);
  });

  it("writes no more in a frame than it may, but always something", () => {
    const { asked, stream } = setUp(8);
    stream.want([0, 1, 2]);
    stream.arrived(asked.jobs[0]?.id ?? 0, new Uint8Array(3 * cellBytes(32)));
    expect(stream.take(1, 0)).toHaveLength(1);
    expect(stream.waiting).toBe(true);
    expect(stream.take(2 * cellBytes(32), 0)).toHaveLength(2);
    expect(stream.waiting).toBe(false);
  });

  it("gives up pages of which nothing is wanted any more, and only those", () => {
    const { asked, stream } = setUp(8);
    stream.want([0, 1, 4]);
    const [a, b] = asked.jobs;
    stream.want([1]);
    expect(asked.cancelled).toEqual([b?.id]);
    expect(stream.arrived(b?.id ?? 0, new Uint8Array())).toBe(false);
    stream.close();
    expect(asked.cancelled).toEqual([b?.id, a?.id]);
  });

  it("takes the places of the least recently wanted, which are then shown no more", () => {
    const { asked, stream, arrive } = setUp(2);
    stream.want([0, 1]);
    arrive(asked.jobs[0]);
    stream.want([1]);
    stream.want([4, 1]);
    expect(arrive(asked.jobs[1]).map(({ place }) => place)).toEqual([0]);
    expect([0, 1, 4].map((slot) => stream.shown(slot, 0) !== null)).toEqual([false, true, true]);
    stream.want([0, 1]);
    expect(asked.jobs).toHaveLength(3);
  });

  it("does not write a cell whose place went to another before", () => {
    const { asked, stream } = setUp(1);
    stream.want([0]);
    stream.arrived(asked.jobs[0]?.id ?? 0, new Uint8Array(cellBytes(32)));
    stream.want([4]);
    stream.arrived(asked.jobs[1]?.id ?? 0, new Uint8Array(cellBytes(32)).fill(7));
    expect(stream.take(Number.MAX_SAFE_INTEGER, 0).map(({ pixels }) => pixels[0])).toEqual([7]);
  });

  it("does not ask again for a page that could not be had", () => {
    const { asked, stream } = setUp(4);
    stream.want([0]);
    stream.failed(asked.jobs[0]?.id ?? 0);
    stream.want([0]);
    expect(asked.jobs).toHaveLength(1);
  });

  it("asks for no page where the budget left no place", () => {
    const { asked, stream } = setUp(0);
    stream.want([0, 1]);
    expect(asked.jobs).toEqual([]);
  });
});

it.each([
  [10, [16, 32, 128], 0, "the base is sharp enough"],
  [24, [16, 32, 128], 0, "just still"],
  [25, [16, 32, 128], 1, "the next level"],
  [100, [16, 32, 128], 2, "the sharpest"],
  [193, [16, 32, 128], 3, "the picture's own file"],
  [97, [64], 1, "where there is one level only, the file"],
])("pictures of %i pixels with cells %j are of level %i: %s", (pixels, cells, expected) => {
  expect(levelFor(pixels, cells)).toBe(expected);
});

it("halves by the mean of four", () => {
  const pixels = Uint8ClampedArray.from({ length: 64 }, (_, i) => i);
  const out = new Uint8Array(16);
  halve(pixels, 4, out);
  expect([...out]).toEqual([10, 11, 12, 13, 18, 19, 20, 21, 42, 43, 44, 45, 50, 51, 52, 53]);
});
