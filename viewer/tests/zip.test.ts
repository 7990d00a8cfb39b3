/** Archives and drawings to take away. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toSvg, type View, xml } from "../src/model/drawn";
import { crc32, jpegNames, MOST_FILES, Zip } from "../src/model/zip";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("Zip", () => {
  it("has the sums that the specification gives", () => {
    expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it("is read by another program, with its names and bytes", () => {
    const files = new Map([
      ["a/été 日本.jpg", "one"],
      ["b.csv", "two".repeat(1000)],
      ["empty", ""],
    ]);
    const zip = new Zip();
    const parts = Array.from(files, ([name, text]) => [zip.add(name, bytes(text)), bytes(text)]).flat();
    const path = join(mkdtempSync(join(tmpdir(), "zip-")), "a.zip");
    writeFileSync(path, Buffer.concat([...parts, ...zip.end()]));
    const script =
      "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
      "print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))";
    const told = execFileSync("python3", ["-c", script, path], { encoding: "utf-8" });
    expect(new Map(Object.entries(JSON.parse(told)))).toEqual(files);
  });

  it("refuses more files than its numbers hold", () => {
    const zip = new Zip();
    for (let file = 0; file < MOST_FILES; file++) zip.add("a", new Uint8Array());
    expect(() => zip.add("one more", new Uint8Array())).toThrow(RangeError);
  });
});

describe("jpegNames", () => {
  it.each([
    [["a/b.jpg", "c.JPEG"], ["a/b.jpg", "c.JPEG"], "names stay"],
    [["scan.tif", "scan.png"], ["scan.tif.jpg", "scan.png.jpg"], "what is a JPEG is called so"],
    [["a.jpg", "A.jpg", "a.jpg"], ["a.jpg", "A (2).jpg", "a (3).jpg"], "each once, whatever the case"],
    [["../../etc/x.jpg", "/abs.jpg", "a//b.jpg"], ["etc/x.jpg", "abs.jpg", "a/b.jpg"], "below the folder"],
    [["..\\x.jpg", "c:x.jpg", "a\u202egpj.exe"], [".._x.jpg", "c_x.jpg", "a_gpj.exe.jpg"], "no tricks"],
    [["", "..", "\u0000"], ["picture.jpg", "picture (2).jpg", "_.jpg"], "always a name"],
    [["x".repeat(300)], [`${"x".repeat(120)}.jpg`], "not too long"],
  ])("%j become %j: %s", (items, names) => {
    expect(jpegNames(items)).toEqual(names);
  });
});

describe("toSvg", () => {
  const view: View = {
    width: 800,
    height: 600,
    png: "AAAA",
    parts: [
      {
        area: { x: 0, y: 0, width: 400, height: 600 },
        captions: [
          {
            shown: {
              caption: { text: "x", x: 0, y: 0, level: 0, anchor: "top" },
              left: 10,
              top: 20,
              width: 60,
            },
            text: "<script>alert(1)</script> & \u0000",
          },
        ],
        ring: "M0 0L1 1Z",
      },
      { area: { x: 400, y: 0, width: 400, height: 600 }, captions: [], ring: "" },
    ],
    legend: { label: "Artist", entries: [{ colour: "#123456", label: 'Rosa "R"' }] },
    title: "A & B",
    ground: "#fff",
    ink: "#000",
    accent: "#00f",
  };

  it("holds texts as texts", () => {
    const svg = toSvg(view);
    expect(svg).toContain("&#60;script&#62;alert(1)&#60;/script&#62; &#38; </text>");
    expect(svg).not.toContain("<script");
    expect(svg).toContain("<title>A &#38; B</title>");
    expect(svg).toContain('fill="#123456"');
  });

  it("cuts each of two maps off at its own edges", () => {
    const svg = toSvg(view);
    expect(svg).toContain('<svg x="0" y="0" width="400" height="600">');
    expect(svg).toContain('<svg x="400" y="0" width="400" height="600">');
    expect(svg.match(/<path/g)).toHaveLength(1);
  });

  it("leaves out what is not there", () => {
    const svg = toSvg({ ...view, legend: null, parts: [] });
    expect(svg).not.toContain("<path");
    expect(svg).not.toContain("Artist");
  });

  it.each([
    ["\u0001a\ud800b", "ab"],
    ["😀", "😀"],
    ["'", "&#39;"],
  ])("%j is %j in XML", (text, written) => {
    expect(xml(text)).toBe(written);
  });
});
