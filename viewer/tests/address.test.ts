import { expect, it } from "vitest";
import { fitsAddress, HOME, readAddress, writeAddress } from "../src/model/address";
import type { Choice } from "../src/model/facets";

const names = (...list: string[]): Choice => ({ kind: "names", names: list, every: false });

it.each([
  [{}, ""],
  [{ layout: "grid" }, "#layout=grid"],
  [{ item: "a/b c&d=#1.jpg" }, "#item=a%2Fb+c%26d%3D%231.jpg"],
  [{ layout: "日本", item: "é" }, "#layout=%E6%97%A5%E6%9C%AC&item=%C3%A9"],
  [{ place: { x: -0.5, y: 0.25, span: 0.125 } }, "#at=-0.5%2C0.25%2C0.125"],
  [{ text: 'artist:"a b" OR c' }, "#q=artist%3A%22a+b%22+OR+c"],
  [{ choices: new Map([["tags", names("a=b", "c&d")]]) }, "#f.tags=a%3Db&f.tags=c%26d"],
  [
    { choices: new Map<string, Choice>([["tags", { kind: "names", names: ["a"], every: true }]]) },
    "#f.tags=a&all.tags=1",
  ],
  [
    { choices: new Map<string, Choice>([["year", { kind: "range", low: -5, high: 1910.5 }]]) },
    "#r.year=-5..1910.5",
  ],
  [
    {
      choices: new Map([
        ["__proto__", names("x")],
        ["constructor", names("y")],
      ]),
    },
    "#f.__proto__=x&f.constructor=y",
  ],
  [
    { hide: true, hotspot: "9f", selection: "ab:0.3", colour: "year" },
    "#hide=1&hotspot=9f&s=ab%3A0.3&colour=year",
  ],
  [{ coarse: true, off: ["9f", "own-1"] }, "#level=coarse&off=9f&off=own-1"],
  [{ size: 2.5 }, "#size=2.5"],
  [{ own: ["ab:1-2:0.3:A & B", "ab:3:7:Ü"] }, "#own=ab%3A1-2%3A0.3%3AA+%26+B&own=ab%3A3%3A7%3A%C3%9C"],
  [{ beside: { layout: "grid", place: null } }, "#beside=grid"],
  [{ theme: "dark" as const, find: "filters" as const }, "#find=filters&theme=dark"],
  [
    { place: { x: 1, y: 0, span: 2 }, beside: { layout: "a&b", place: { x: 0.25, y: -0.5, span: 0.125 } } },
    "#at=1%2C0%2C2&beside=a%26b&at2=0.25%2C-0.5%2C0.125",
  ],
])("%j is %s, there and back", (part, hash) => {
  const address = { ...HOME, ...part };
  expect(writeAddress(address)).toBe(hash);
  expect(readAddress(hash)).toEqual(address);
});

it("reads anything", () => {
  expect(readAddress("#&&%zz=layout&theme=red&find=__proto__&at=1,2&r.x=a..b&r.y=9..1&s=")).toEqual({
    ...HOME,
    selection: "",
  });
});

it.each(["", "x", "0", "-1", "5", "1e9", "NaN"])("takes no size of %j", (size) => {
  expect(readAddress(`#size=${size}`)).toEqual(HOME);
});

it.each([
  [1500, true],
  [1501, false],
])("has room for a selection of %i characters: %s", (length, fits) => {
  expect(fitsAddress("x".repeat(length))).toBe(fits);
});

it("leaves out a selection that would make the address too long", () => {
  expect(writeAddress({ ...HOME, selection: "1-".repeat(2000) })).toBe("");
});
