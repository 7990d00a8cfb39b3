import { describe, expect, it } from "vitest";
import type { Column, Rights } from "../src/format/manifest";
import { type Exported, toManifest } from "../src/model/iiif";
import { infoOf, readService, type Service } from "../src/model/service";

const bytes = (value: unknown): ArrayBuffer =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).buffer as ArrayBuffer;

const HOSTS = ["https://a.org", "http://127.0.0.1:8182"];
const RECORD = {
  id: "https://a.org/iiif/1",
  version: 2,
  level: 1,
  width: 3000,
  height: 2000,
  region: "full",
  large: "/full/2048,/0/default.jpg",
};

describe("readService", () => {
  it("puts the large picture's address together", () => {
    const service = readService(bytes(RECORD), HOSTS);
    expect(service?.large).toBe("https://a.org/iiif/1/full/2048,/0/default.jpg");
    expect(service && infoOf(service)).toBe("https://a.org/iiif/1/info.json");
  });

  it("is null for a row without one", () => {
    expect(readService(new ArrayBuffer(0), HOSTS)).toBeNull();
  });

  it.each([
    ["another host", { ...RECORD, id: "https://b.org/iiif/1" }],
    ["another port", { ...RECORD, id: "http://127.0.0.1:1/iiif/1" }],
    ["a script", { ...RECORD, id: "javascript:alert(1)" }],
    ["no address", { ...RECORD, id: "iiif/1" }],
    ["a version of the future", { ...RECORD, version: 4 }],
    ["no size", { ...RECORD, width: "wide" }],
    ["no JSON", "<html>"],
  ])("refuses %s", (_, value) => {
    expect(() => readService(bytes(value), HOSTS)).toThrow();
  });
});

const column = (name: string, role: string | null, type: Column["type"] = "text"): Column => ({
  name,
  label: name,
  type,
  role,
});
const COLUMNS = [
  column("title", "title"),
  column("permalink", "permalink", "link"),
  column("rights", null),
  column("attribution", null),
  column("manifest", null, "link"),
];

function exported(
  values: Record<string, unknown>,
  service: Service | null = null,
  rights: Rights | null = null,
): Exported {
  return {
    rights,
    address: "https://maps.org/site/",
    title: "Prints",
    columns: COLUMNS,
    pictures: { path: "pictures/{prefix}/{image}.jpg", longest_side: 1000 },
    read: (name) => values[name] ?? null,
    size: () => [4000, 2000],
    service: () => service,
  };
}

function canvasOf(values: Record<string, unknown>, service: Service | null = null) {
  const manifest = JSON.parse(toManifest([7], exported(values, service), "x"));
  return manifest.items[0];
}

describe("toManifest", () => {
  it("has a canvas for each row, in order, with ids of their own", () => {
    const manifest = JSON.parse(toManifest(Int32Array.of(5, 2, 9), exported({ image: "ab12" }), "x"));
    expect(manifest).toMatchObject({
      "@context": "http://iiif.io/api/presentation/3/context.json",
      id: "https://maps.org/site/iiif/selection-x.json",
      type: "Manifest",
      label: { none: ["Prints"] },
    });
    const ids = manifest.items.map((canvas: { id: string }) => canvas.id);
    expect(ids).toEqual([5, 2, 9].map((row) => `https://maps.org/site/iiif/selection-x.json/canvas/${row}`));
  });

  it("takes the site's own picture, as large as it is, without a service", () => {
    const canvas = canvasOf({ image: "ab12" });
    expect(canvas.items[0].items[0]).toMatchObject({
      motivation: "painting",
      target: canvas.id,
      body: { id: "https://maps.org/site/pictures/ab/ab12.jpg", width: 1000, height: 500, type: "Image" },
    });
    expect([canvas.width, canvas.height]).toEqual([1000, 500]);
  });

  it.each([
    [1, { "@id": "s", "@type": "ImageService1" }],
    [2, { "@id": "s", "@type": "ImageService2", profile: "http://iiif.io/api/image/2/level1.json" }],
    [3, { id: "s", type: "ImageService3", profile: "level1" }],
  ] as const)("names a service of version %i as its version wants it", (version, wanted) => {
    const service: Service = { ...RECORD, id: "s", version, level: 1, large: "s/large" };
    const canvas = canvasOf({ image: "ab12" }, service);
    expect(canvas.items[0].items[0].body).toMatchObject({
      id: "s/large",
      width: 3000,
      height: 2000,
      service: [wanted],
    });
    expect(canvas.width).toBe(3000);
  });

  it("takes the picture's size where the service has none", () => {
    const service: Service = { ...RECORD, version: 2, level: 1, width: 0, height: 0 };
    expect(canvasOf({}, service).width).toBe(4000);
  });

  it.each([
    ["title", "A & <b>", "label", { none: ["A & <b>"] }],
    ["permalink", "javascript:alert(1)", "homepage", undefined],
    ["permalink", "https://a.org/p", "homepage", [{ id: "https://a.org/p" }]],
    ["manifest", "https://a.org/m", "partOf", [{ id: "https://a.org/m", type: "Manifest" }]],
    ["manifest", "nothing", "partOf", undefined],
    [
      "rights",
      "http://rightsstatements.org/vocab/InC/1.0/",
      "rights",
      "http://rightsstatements.org/vocab/InC/1.0/",
    ],
    ["rights", "all mine", "rights", undefined],
    [
      "rights",
      "all mine",
      "requiredStatement",
      { label: { en: ["Licence"] }, value: { none: ["all mine"] } },
    ],
    [
      "attribution",
      "A museum",
      "requiredStatement",
      { label: { en: ["Attribution"] }, value: { none: ["A museum"] } },
    ],
  ])("says %s %s as %s", (name, value, key, wanted) => {
    const found = canvasOf({ [name]: value })[key];
    if (wanted === undefined) expect(found).toBeUndefined();
    else if (typeof wanted === "string") expect(found).toBe(wanted);
    else expect(found).toMatchObject(wanted);
  });

  const OF = {
    credit: "A museum",
    licence: "CC BY 4.0",
    address: "https://creativecommons.org/licenses/by/4.0/deed.de",
  };
  const BY = "http://creativecommons.org/licenses/by/4.0/";
  const told = ({ rights = null, requiredStatement = null }: Record<string, unknown>) => [
    rights,
    requiredStatement === null ? null : (requiredStatement as { value: { none: string[] } }).value.none,
  ];
  it.each([
    [OF, [{}, {}], [BY, ["A museum", "CC BY 4.0"]], [null, null], [null, null], "said once, of all"],
    [null, [{}, {}], [null, null], [null, null], [null, null], "nothing is said"],
    [
      OF,
      [{ rights: "mine" }, {}],
      [null, ["A museum"]],
      [null, ["mine"]],
      [BY, ["CC BY 4.0"]],
      "of its own: a licence",
    ],
    [
      OF,
      [{ attribution: "B" }, {}],
      [BY, ["CC BY 4.0"]],
      [null, ["B"]],
      [null, ["A museum"]],
      "of its own: a credit",
    ],
  ] as const)("says the collection's rights where they hold: %#", (rights, rows, whole, one, other, why) => {
    const values: readonly Record<string, string>[] = rows;
    const from: Exported = {
      ...exported({}, null, rights),
      read: (name, row) => values[row]?.[name] ?? null,
    };
    const manifest = JSON.parse(toManifest([0, 1], from, "x"));
    expect([told(manifest), ...manifest.items.map(told)], why).toEqual([whole, one, other]);
  });
});
