import { describe, expect, it } from "vitest";
import { readArray } from "../src/format/arrays";
import { FormatError, ViewerError } from "../src/format/errors";
import { type ArrayRef, readManifest } from "../src/format/manifest";
import { manifestJson } from "./site";

type Json = ReturnType<typeof manifestJson>;

describe("readManifest", () => {
  it("accepts a correct manifest", () => {
    expect(readManifest(manifestJson()).counts.items).toBe(3);
  });

  it("ignores keys that it does not know, so that a later writer may add some", () => {
    expect(() => readManifest({ ...manifestJson(), later: 1 })).not.toThrow();
  });

  const faults: [string, (json: Json) => unknown, RegExp][] = [
    ["no object", () => [1], /manifest: expected an object/],
    ["another format", (json) => ({ ...json, format: "else" }), /expected "pixplot-site", got "else"/],
    ["a later version", (json) => ({ ...json, version: 2 }), /expected version 1, got 2/],
    ["no layout", (json) => ({ ...json, layouts: [] }), /at least one layout/],
    ["a missing key", ({ colours: _, ...rest }) => rest, /colours: expected an object, got nothing/],
    [
      "a path above the root",
      (json) => ({ ...json, table: { ...json.table, file: "../secret" } }),
      /manifest.table.file: expected a path below the site's root/,
    ],
    [
      "a path on another server",
      (json) => ({ ...json, table: { ...json.table, file: "https://example.org/x" } }),
      /below the site's root/,
    ],
    [
      "a path to a server without scheme",
      (json) => ({ ...json, table: { ...json.table, file: "//e.org/x" } }),
      /below/,
    ],
    [
      "too few colours",
      (json) => ({ ...json, colours: { ...json.colours, shape: [2, 3] } }),
      /colours: expected u8 \[3, 3\], got "u8 \[2, 3\]"/,
    ],
    [
      "a column of unknown type",
      (json) => ({ ...json, columns: [{ name: "a", label: "A", type: "html", role: null }] }),
      /columns\[0\].type: expected one of/,
    ],
    [
      "a cell of no size",
      (json) => ({ ...json, layouts: [{ ...json.layouts[0], cell: 0 }] }),
      /cell: expected a number above 0/,
    ],
  ];

  it.each(faults)("names the place of %s", (_, breakIt, message) => {
    expect(() => readManifest(breakIt(manifestJson()))).toThrow(message);
    expect(() => readManifest(breakIt(manifestJson()))).toThrow(FormatError);
  });

  it("rejects a hotspot whose medoid is no row", () => {
    const json = manifestJson();
    json.hotspots.list = [{ id: "h", label: "H", count: 1, item: 3, centre: [0, 0], bounds: [0, 0, 1, 1] }];
    expect(() => readManifest(json)).toThrow(/hotspot h.item: expected a row below 3, got 3/);
  });
});

describe("readArray", () => {
  const ref: ArrayRef = { file: "data/x", bytes: 8, digest: "", dtype: "f32", shape: [1, 2] };

  it("reads little-endian numbers", () => {
    const bytes = new Uint8Array([0, 0, 128, 63, 0, 0, 0, 192]).buffer;
    expect([...readArray(ref, "f32", bytes)]).toEqual([1, -2]);
  });

  it("rejects another length and another type", () => {
    expect(() => readArray(ref, "f32", new ArrayBuffer(4))).toThrow(/expected 8 bytes, got 4/);
    expect(() => readArray(ref, "u32", new ArrayBuffer(8))).toThrow(/expected dtype u32/);
  });
});

it("every error says what to do", () => {
  const error = new FormatError("x", "y", 1);
  expect(error).toBeInstanceOf(ViewerError);
  expect(error.advice).not.toBe("");
});
