import { expect, it } from "vitest";
import { readAddress, writeAddress } from "../src/model/address";

it.each([
  [{ layout: null, item: null }, ""],
  [{ layout: "grid", item: null }, "#layout=grid"],
  [{ layout: null, item: "a/b c&d=#1.jpg" }, "#item=a%2Fb+c%26d%3D%231.jpg"],
  [{ layout: "日本", item: "é" }, "#layout=%E6%97%A5%E6%9C%AC&item=%C3%A9"],
])("%j is %s, there and back", (address, hash) => {
  expect(writeAddress(address)).toBe(hash);
  expect(readAddress(hash)).toEqual(address);
});

it("reads anything", () => {
  expect(readAddress("#&&%zz=layout")).toEqual({ layout: null, item: null });
});
