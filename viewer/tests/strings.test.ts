/** The catalogues: complete by their types; here, that none is English in disguise and all say what they are given. */
import { expect, it } from "vitest";
import { de } from "../src/ui/catalogue/de";
import { en } from "../src/ui/catalogue/en";
import { fr } from "../src/ui/catalogue/fr";

const format = { number: (value: number) => `#${value}`, share: (value: number) => `%${value}` };

/** Every text of a catalogue by its path, functions called with telling arguments. */
function textsOf(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, `${value(7, 11, 13)}`]];
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

const english = new Map(textsOf(en(format)));
/** The same word in both languages, or an example to type. */
const SAME =
  /^\.arrangements\.tsne$|^\.(searchRules\.[0-9]\.0|hotspotShown|tabs\.filters|rectangle|lasso|problemColumns\.stage|rights\.licence)$/;

it.each([
  ["de", de],
  ["fr", fr],
])("%s says everything in its own words", (_name, make) => {
  const texts = new Map(textsOf(make(format)));
  expect([...texts.keys()]).toEqual([...english.keys()]);
  for (const [path, text] of texts) {
    if (!SAME.test(path)) expect(text, path).not.toBe(english.get(path));
    for (const argument of ["7", "11", "13"]) {
      expect(text.includes(argument), `${path} tells ${argument}: ${text}`).toBe(
        english.get(path)?.includes(argument),
      );
    }
  }
});
