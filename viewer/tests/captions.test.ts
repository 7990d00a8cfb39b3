/** Captions: what has room is shown, the important first, and axes are thinned evenly. */
import { describe, expect, it } from "vitest";
import { type Caption, ranked, shownCaptions, withCaptions } from "../src/model/captions";

const VIEW = { width: 1000, height: 600 };
const camera = (k: number, x = 0) => ({ x, y: 0, k });
const width = ({ text }: Caption) => 8 * text.length;

function caption(text: string, x: number, level = 0, anchor: Caption["anchor"] = "top"): Caption {
  return { text, x, y: 0, level, anchor };
}

/** Years from 1890 to 1910, half a unit in all. */
const years = ranked(
  Array.from({ length: 21 }, (_, i) =>
    caption(`${1890 + i}`, i / 40 - 0.25, i === 10 ? 0 : i % 10 === 0 ? 1 : i % 5 === 0 ? 2 : 3),
  ),
);
const texts = (k: number, even = true) =>
  shownCaptions(years, camera(k), VIEW, width, even).map(({ caption: { text } }) => text);

describe("captions", () => {
  it.each([
    [50, ["1900"]],
    [200, ["1900", "1890", "1910"]],
    [400, ["1900", "1890", "1910", "1895", "1905"]],
  ])("thins an axis evenly at %i pixels a unit", (k, expected) => {
    expect(texts(k)).toEqual(expected);
  });

  it("shows all where there is room", () => expect(texts(1900)).toHaveLength(21));

  it("fills every gap where captions are names", () => {
    expect(texts(850, false).length).toBeGreaterThan(texts(850).length);
  });

  it("lets none lie over another", () => {
    const shown = shownCaptions(years, camera(800), VIEW, width, false);
    for (const a of shown)
      for (const b of shown)
        if (a !== b && a.top === b.top)
          expect(a.left + a.width <= b.left || b.left + b.width <= a.left).toBe(true);
  });

  it("shows none that is out of view", () => {
    expect(shownCaptions(years, camera(400, 9), VIEW, width, true)).toEqual([]);
  });

  it("hangs texts below their point, or ends them there", () => {
    const [below] = shownCaptions([caption("abcd", 0)], camera(100), VIEW, width, false);
    expect(below).toMatchObject({ left: 500 - 16, top: 300 });
    const [beside] = shownCaptions([caption("abcd", 0, 0, "right")], camera(100), VIEW, width, false);
    expect(beside).toMatchObject({ left: 500 - 32, top: 290 });
  });

  const phone = { width: 390, height: 600 };
  const covered = { top: 60, right: 14, bottom: 80, left: 14 };
  it.each([
    [0, 155, "in the middle: as it hangs"],
    [-1.6, 14, "at the left edge: moved in"],
    [1.6, 296, "at the right edge: moved in"],
    [-1.85, null, "its point is covered, and the text would be cut"],
    [-2.5, null, "its point has gone"],
  ])("with its point at %f begins at %s: %s", (x, left, why) => {
    const shown = shownCaptions([caption("ten chars.", x)], camera(100), phone, width, false, covered);
    expect(
      shown.map((one) => one.left),
      why,
    ).toEqual(left === null ? [] : [left]);
  });

  it("leaves with its point under what covers it, and does not look out", () => {
    const panel = { ...covered, right: 150 };
    const shown = (x: number) =>
      shownCaptions([caption("ten chars.", x)], camera(100), phone, width, false, panel).map(
        ({ left }) => left,
      );
    expect(shown(0.4)).toEqual([160]);
    expect(shown(0.6)).toEqual([]);
  });

  it("is not squeezed where there is no room for it", () => {
    const long = caption("x".repeat(46), 0);
    expect(shownCaptions([long], camera(100), phone, width, false, covered)[0]).toMatchObject({
      left: 11,
      width: 368,
    });
    expect(
      shownCaptions([{ ...long, text: "x".repeat(50) }], camera(100), phone, width, false, covered),
    ).toEqual([]);
  });

  it("makes room around the pictures", () => {
    const box = { x0: -1, y0: -1, x1: 1, y1: 1 };
    const wide = withCaptions(box, [{ ...caption("a", 0), y: -1.05 }, caption("b", -1.02, 0, "right")]);
    expect(wide.y0).toBeLessThan(-1.05);
    expect(wide.x0).toBeLessThan(-1.02);
    expect([wide.x1, wide.y1]).toEqual([1, 1]);
    expect(withCaptions(box, [])).toEqual(box);
  });
});
