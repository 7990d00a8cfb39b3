/** Which collections a page shows: its own, those of its server, those of places allowed, and no other. */
import { expect, it } from "vitest";
import { RefusedError } from "../src/format/errors";
import { readManifest, rooted } from "../src/format/manifest";
import { sourceOf } from "../src/model/source";
import { manifestJson } from "./site";

const PAGE = "https://museum.example/maps/index.html?data=x#y";
const ALLOWED = ["https://other.example", "https://shared.example/ours", "http://plain.example:8080/a/"];

it.each([
  ["", "", "its own"],
  ["?ui=0", "", "its own, in a frame"],
  ["?data=", "", "nothing is asked for"],
  ["?data=../birds", "https://museum.example/birds/", "a folder beside"],
  ["?data=/a/b/", "https://museum.example/a/b/", "from the root"],
  ["?data=birds/data/manifest.json", "https://museum.example/maps/birds/", "the manifest itself"],
  ["?data=birds/index.html?x=1%23y", "https://museum.example/maps/birds/", "another page's address"],
  ["?data=https://museum.example/z", "https://museum.example/z/", "the same server in full"],
  ["?data=https://other.example/any/where", "https://other.example/any/where/", "an allowed server"],
  ["?data=https://shared.example/ours/x", "https://shared.example/ours/x/", "below an allowed folder"],
  ["?data=https://shared.example/ours", "https://shared.example/ours/", "the allowed folder itself"],
  ["?data=http://plain.example:8080/a/b", "http://plain.example:8080/a/b/", "an allowed port"],
])("%s is %s", (search, wanted, why) => {
  expect(sourceOf(search, PAGE, ALLOWED), why).toBe(wanted);
});

it.each([
  ["?data=https://evil.example/", "another server"],
  ["?data=//evil.example/x", "another server, by the page's scheme"],
  ["?data=http://museum.example/", "without TLS"],
  ["?data=https://museum.example:444/", "another port"],
  ["?data=https://other.example.evil.example/", "a name that begins so"],
  ["?data=https://shared.example/", "above an allowed folder"],
  ["?data=https://shared.example/ours-not/", "a folder that begins so"],
  ["?data=https://shared.example/ours/../theirs/", "out of an allowed folder"],
  ["?data=https://shared.example/ours/%252e%252e/x/../../../t", "out of it in a roundabout way"],
  ["?data=https://museum.example@evil.example/", "a name before the server"],
  ["?data=https://me:secret@museum.example/", "with a password"],
  ["?data=javascript:alert(1)", "a script"],
  ["?data=data:application/json,{}", "the data itself"],
  ["?data=file:///etc/passwd", "a file"],
  ["?data=blob:https://museum.example/1", "a blob"],
  ["?data=http://", "no address"],
  ["?data=\\\\evil.example\\x", "as Windows writes it"],
])("%s is refused", (search, why) => {
  expect(() => sourceOf(search, PAGE, ALLOWED), why).toThrow(RefusedError);
});

it("says what was asked for and what is allowed", () => {
  expect(() => sourceOf("?data=https://evil.example/", PAGE, ALLOWED)).toThrow(
    /its own server, https:\/\/other.example, .* got "https:\/\/evil.example\/"/,
  );
});

it("moves every file below the folder, and nothing else", () => {
  const site = readManifest(manifestJson());
  const moved = JSON.stringify(rooted(site, "https://a.example/x/"));
  expect(rooted(site, "")).toBe(site);
  expect(moved.replaceAll("https://a.example/x/", "")).toBe(JSON.stringify(site));
  expect(moved.match(/"(file|path)":"(?!https:\/\/a\.example\/x\/(data|pictures)\/)/)).toBeNull();
});
