import { describe, expect, it } from "vitest";
import type { Column } from "../src/format/manifest";
import { ownRights, restOf, rightsFields, rightsOf, rightsUri } from "../src/model/rights";

const BY = "http://creativecommons.org/licenses/by/4.0/";

// The same cases as in tests/site/test_rights.py.
describe("the address of a licence as machines know it", () => {
  it.each([
    ["http://creativecommons.org/licenses/by/4.0/", BY],
    [" https://www.creativecommons.org/licenses/by/4.0 ", BY],
    ["https://creativecommons.org/licenses/by/4.0/legalcode.fr", BY],
    [
      "https://creativecommons.org/licenses/by-nc-sa/3.0/de/",
      "http://creativecommons.org/licenses/by-nc-sa/3.0/de/",
    ],
    [
      "https://creativecommons.org/publicdomain/zero/1.0/",
      "http://creativecommons.org/publicdomain/zero/1.0/",
    ],
    ["https://rightsstatements.org/page/InC/1.0/?language=en", "http://rightsstatements.org/vocab/InC/1.0/"],
    ["http://rightsstatements.org/vocab/NoC-US/1.0/", "http://rightsstatements.org/vocab/NoC-US/1.0/"],
    ["https://creativecommons.org/", null],
    ["https://creativecommons.org.evil.org/licenses/by/4.0/", null],
    ["https://a.org/creativecommons.org/licenses/by/4.0/", null],
    ["CC BY 4.0", null],
    ["javascript:alert(1)", null],
    ["", null],
  ])("%s", (text, wanted) => {
    expect(rightsUri(text)).toBe(wanted);
  });
});

const column = (name: string, label = name): Column => ({ name, label, type: "text", role: null });

describe("what columns say of a picture", () => {
  it.each([
    [[column("Credit Line"), column("RIGHTS")], { "Credit Line": "A", RIGHTS: "B" }, "A", "B"],
    [[column("c", "Crédits"), column("d", "Lizenz")], { c: "A", d: "B" }, "A", "B"],
    [[column("licence"), column("rights")], { licence: "CC BY", rights: "free" }, "", "CC BY"],
    [[column("licence"), column("rights")], { licence: "CC BY", rights: BY }, "", BY],
    [[column("credit"), column("attribution")], { credit: "", attribution: ["A", null, "B"] }, "A, B", ""],
    [[column("creditor"), column("copyrighted")], { creditor: "A", copyrighted: "B" }, "", ""],
  ])("%#", (columns, row: Record<string, unknown>, credit, licence) => {
    expect(ownRights(columns, (name) => row[name])).toEqual({ credit, licence, address: "" });
  });
});

describe("what holds for a picture", () => {
  const all = { credit: "A", licence: "B", address: "https://c.org/" };
  const own = (credit: string, licence: string) => ({ credit, licence, address: "" });
  it.each([
    [own("", ""), all, all, all],
    [own("X", ""), { credit: "X", licence: "B", address: "https://c.org/" }, { ...all, credit: "" }, all],
    [
      own("", "Y"),
      { credit: "A", licence: "Y", address: "" },
      { credit: "A", licence: "", address: "" },
      all,
    ],
    [own("X", "Y"), own("X", "Y"), own("", ""), all],
    [own("X", ""), own("X", ""), own("", ""), null],
  ])("%#", (of, held, rest, collection) => {
    expect(rightsOf(of, collection)).toEqual(held);
    expect(restOf(of, collection)).toEqual(rest);
  });
});

describe("what the page shows of it", () => {
  const labels = { credit: "Credit", licence: "Licence" };
  const text = (label: string, said: string) => ({ kind: "text", label, text: said });
  const link = (said: string, href: string) => ({ kind: "link", label: "Licence", text: said, href });
  it.each([
    [null, []],
    [{ credit: "", licence: "", address: "" }, []],
    [{ credit: "A", licence: "", address: "" }, [text("Credit", "A")]],
    [{ credit: "", licence: "B", address: "https://c.org/" }, [link("B", "https://c.org/")]],
    [{ credit: "", licence: "", address: "https://c.org/" }, [link("https://c.org/", "https://c.org/")]],
    [{ credit: "", licence: "https://c.org/", address: "" }, [link("https://c.org/", "https://c.org/")]],
    [{ credit: "", licence: "<b>B</b>", address: "javascript:alert(1)" }, [text("Licence", "<b>B</b>")]],
    [{ credit: "", licence: "", address: "javascript:alert(1)" }, [text("Licence", "javascript:alert(1)")]],
  ])("%#", (rights, wanted) => {
    expect(rightsFields(rights, labels)).toEqual(wanted);
  });
});
