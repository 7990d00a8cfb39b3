/** Texts of a table in parts: what is looked at is fetched, and nothing else. */
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Kept } from "../src/data/cache";
import { PartedTexts } from "../src/data/texts";

const SIZE = 4;
const ITEMS = Array.from({ length: 10 }, (_, row) => `${row < 5 ? "a" : "ﬁ"}/${row}.jpg`);
const file = (rows: string[]) =>
  tableToIPC(tableFromArrays({ image: rows, item: rows, title: rows.map((row) => `T ${row}`) }), {
    format: "file",
  }) as Uint8Array;
const FILES = new Map<string, Uint8Array>();
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (name: string) => {
    asked.push(name);
    const bytes = FILES.get(name);
    return bytes ? new Response(bytes as Uint8Array<ArrayBuffer>) : new Response("", { status: 404 });
  });
});
afterEach(() => vi.unstubAllGlobals());

function texts(arrived: () => void = () => undefined, gone: number[] = []) {
  FILES.clear();
  const parts = Array.from({ length: 3 }, (_, part) => {
    const rows = ITEMS.slice(part * SIZE, (part + 1) * SIZE);
    const bytes = file(rows);
    if (!gone.includes(part)) FILES.set(`part${part}`, bytes);
    return { first: rows[0] ?? "", file: { file: `part${part}`, bytes: bytes.length, digest: "" } };
  });
  const whole = file(ITEMS);
  FILES.set("whole", whole);
  const table = { file: "whole", bytes: whole.length, digest: "", rows: ITEMS.length };
  const columns = ["image", "item", "title"];
  return new PartedTexts({ parts, size: SIZE, table, columns, arrived });
}

describe("PartedTexts", () => {
  it("gives nothing at first, and says when it can be asked again", async () => {
    await new Promise<void>((arrived) => {
      const found = texts(() => {
        expect(found.value("title", 5)).toBe("T ﬁ/5.jpg");
        arrived();
      });
      expect(found.value("title", 5)).toBeUndefined();
    });
    expect(asked).toEqual(["part1"]);
  });

  it("asks once for a part, whoever wants it", async () => {
    const found = texts();
    const [a, b] = await Promise.all([found.hold([0, 3]), found.hold([1])]);
    expect([a.value("item", 3), b.value("item", 1)]).toEqual(["a/3.jpg", "a/1.jpg"]);
    expect(asked).toEqual(["part0"]);
  });

  it("holds rows of several parts, and all rows as the whole table", async () => {
    const found = texts();
    const some = await found.hold([9, 0]);
    expect([some.value("item", 9), some.value("item", 0), some.value("item", 5)]).toEqual([
      "ﬁ/9.jpg",
      "a/0.jpg",
      undefined,
    ]);
    const all = await found.hold(null);
    expect(Array.from(ITEMS, (_, row) => all.value("item", row))).toEqual(ITEMS);
    expect(asked).toEqual(["part2", "part0", "whole"]);
  });

  it.each([
    [
      ["a/0.jpg", "a/4.jpg", "ﬁ/9.jpg"],
      [0, 4, 9],
    ],
    [["0", "a/2", "z", "ﬁ/99"], []],
    [[], []],
  ])("finds the rows of %j: %j", async (items, rows) => {
    expect([...(await texts().rowsOf(items)).values()].sort()).toEqual(rows);
  });

  it("asks again for what could not be had", async () => {
    const found = texts(undefined, [0]);
    await expect(found.hold([0])).rejects.toThrow("part0");
    await expect(found.hold([0])).rejects.toThrow("part0");
    expect(asked).toEqual(["part0", "part0"]);
  });
});

describe("Kept", () => {
  it("lets go what was asked for longest ago", async () => {
    const loads: string[] = [];
    const kept = new Kept<string>(5, (value) => value.length);
    const get = (name: string) =>
      kept.get(name, async () => {
        loads.push(name);
        return name.repeat(2);
      });
    for (const name of ["a", "b", "a", "c", "a", "b"]) expect(await get(name)).toBe(name.repeat(2));
    expect(loads).toEqual(["a", "b", "c", "b"]);
  });

  it("keeps what is larger than all that may be kept, until the next", async () => {
    const kept = new Kept<string>(1, (value) => value.length);
    expect(await kept.get("long", async () => "long")).toBe("long");
    expect(await kept.get("long", () => Promise.reject(new Error("again")))).toBe("long");
  });
});
