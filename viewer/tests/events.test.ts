import { describe, expect, it } from "vitest";
import { LINE } from "../src/model/captions";
import { type Event, headOf, toldEvents } from "../src/model/events";

const view = { width: 1000, height: 600 };
const camera = { x: 0, y: 0, k: 100 };
const sizeOf = (_: Event, whole: boolean) => ({ width: whole ? 200 : 80, height: whole ? 100 : LINE });

/** At so many CSS pixels from the left. */
function event(year: number, at: number, text = "text", y = 0): Event {
  return { year, title: "t", text, x: (at - 500) / 100, y };
}

function told(events: readonly Event[], taken: Parameters<typeof toldEvents>[1] = []): [number, boolean][] {
  return toldEvents(events, taken, camera, view, sizeOf).map((one) => [one.event.year, one.whole]);
}

describe("toldEvents", () => {
  it.each([
    ["one has its text", [event(1, 500)], [[1, true]]],
    ["one without a text has its title", [event(1, 500, "")], [[1, false]]],
    ["the earlier comes before the later", [event(1, 500), event(2, 540)], [[1, true]]],
    [
      "titles come before texts",
      [event(1, 500), event(2, 600)],
      [
        [1, false],
        [2, false],
      ],
    ],
    [
      "texts where titles leave room",
      [event(1, 300), event(2, 600)],
      [
        [1, true],
        [2, true],
      ],
    ],
    [
      "a text as long as it leaves others free",
      [event(1, 400), event(2, 500), event(3, 800)],
      [
        [1, false],
        [2, false],
        [3, true],
      ],
    ],
    ["none out of view", [event(1, -300), event(2, 1300), event(3, 500, "", 9)], []],
  ])("%s", (_, events, expected) => {
    expect(told(events)).toEqual(expected);
  });

  it("leaves captions free", () => {
    expect(told([event(1, 500)], [{ left: 460, top: 300 + LINE, width: 80 }])).toEqual([]);
    expect(told([event(1, 500)], [{ left: 460, top: 300 + 3 * LINE, width: 80 }])).toEqual([[1, false]]);
  });

  it("hangs below the label of its column", () => {
    const [one] = toldEvents([event(1, 500)], [], camera, view, sizeOf);
    expect(one).toMatchObject({ left: 400, width: 200, top: 300 + LINE });
  });
});

it.each([
  [1888, "Arles", "1888 Arles"],
  [-44, "Ides", "\u221244 Ides"],
  [1900, "", "1900"],
])("writes %s and %s", (year, title, text) => {
  expect(headOf({ year, title, text: "", x: 0, y: 0 })).toBe(text);
});
