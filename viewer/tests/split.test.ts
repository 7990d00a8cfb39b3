import { describe, expect, it } from "vitest";
import { halves, whole } from "../src/model/split";

const HEAD = 44;
const GAP = 14;
const NONE = { top: 0, right: 0, bottom: 0, left: 0 };

const CASES = [
  ["a wide screen", { width: 1280, height: 800 }, { top: 72, right: 14, bottom: 146, left: 14 }, "beside"],
  ["beside a panel", { width: 1280, height: 800 }, { top: 72, right: 434, bottom: 146, left: 14 }, "beside"],
  ["a phone", { width: 390, height: 844 }, { top: 112, right: 14, bottom: 136, left: 14 }, "above"],
  [
    "a phone below a sheet",
    { width: 390, height: 844 },
    { top: 112, right: 14, bottom: 537, left: 14 },
    "beside",
  ],
  ["a square", { width: 501, height: 501 }, NONE, "beside"],
  ["no room at all", { width: 100, height: 100 }, { top: 90, right: 60, bottom: 90, left: 60 }, "beside"],
] as const;

describe.each(CASES)("halves: %s", (_, page, covered, how) => {
  const [first, second] = halves(page, covered, HEAD, GAP);

  it("tile the page", () => {
    const { width, height } = page;
    expect([first.area.x, first.area.y]).toEqual([0, 0]);
    if (how === "beside") {
      expect(second.area).toMatchObject({ x: first.area.width, y: 0, height });
      expect(first.area.width + second.area.width).toBe(width);
    } else {
      expect(second.area).toMatchObject({ x: 0, y: first.area.height, width });
      expect(first.area.height + second.area.height).toBe(height);
    }
  });

  it("leave both the same room, to a pixel", () => {
    const room = ({ area, insets }: typeof first) => [
      Math.max(0, area.width - insets.left - insets.right),
      Math.max(0, area.height - insets.top - insets.bottom),
    ];
    const [a, b] = [room(first), room(second)];
    expect(Math.abs((a[0] ?? 0) - (b[0] ?? 0))).toBeLessThanOrEqual(1);
    expect(Math.abs((a[1] ?? 0) - (b[1] ?? 0))).toBeLessThanOrEqual(1);
  });

  it("have their heads where nothing covers them", () => {
    expect(first.head).toMatchObject({ x: covered.left, y: covered.top, height: HEAD });
    expect(second.head.y).toBe(how === "beside" ? covered.top : GAP);
    for (const { area, head } of [first, second]) {
      expect(head.width).toBeGreaterThanOrEqual(0);
      expect(head.x + head.width).toBeLessThanOrEqual(Math.max(head.x, area.width));
    }
  });
});

it("gives one map the page", () => {
  const covered = { top: 1, right: 2, bottom: 3, left: 4 };
  const { area, insets } = whole({ width: 50, height: 40 }, covered);
  expect(area).toEqual({ x: 0, y: 0, width: 50, height: 40 });
  expect(insets).toEqual(covered);
});
