import { describe, expect, it } from "vitest";
import {
  boundsOf,
  clampCamera,
  fitBox,
  toMap,
  toScreen,
  viewBox,
  zoomAt,
  zoomLimits,
} from "../src/model/camera";
import { ease, fly, progress } from "../src/model/motion";
import { Travel } from "../src/model/travel";
import { View } from "../src/model/view";

const view = { width: 800, height: 600 };
const none = { top: 0, right: 0, bottom: 0, left: 0 };

describe("camera", () => {
  it("puts its own point in the middle, with y up", () => {
    const camera = { x: 0.5, y: 0.25, k: 100 };
    expect(toScreen(camera, view, 0.5, 0.25)).toEqual([400, 300]);
    expect(toScreen(camera, view, 1.5, 1.25)).toEqual([500, 200]);
  });

  it("goes from the map to the screen and back", () => {
    const camera = { x: -0.3, y: 0.7, k: 345 };
    const [px, py] = toScreen(camera, view, 0.11, -0.92);
    const [x, y] = toMap(camera, view, px, py);
    expect(x).toBeCloseTo(0.11);
    expect(y).toBeCloseTo(-0.92);
  });

  it("zooms about the pointer", () => {
    const camera = { x: 0, y: 0, k: 100 };
    const before = toMap(camera, view, 123, 456);
    const after = toMap(zoomAt(camera, view, 3, 123, 456), view, 123, 456);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
  });

  it("fits a box into the free part of the view", () => {
    const box = { x0: -1, y0: -0.5, x1: 1, y1: 0.5 };
    const insets = { top: 100, right: 200, bottom: 0, left: 0 };
    const camera = fitBox(box, view, insets);
    const [left, top] = toScreen(camera, view, box.x0, box.y1);
    const [right, bottom] = toScreen(camera, view, box.x1, box.y0);
    expect(left).toBeCloseTo(0);
    expect(right).toBeCloseTo(600);
    expect((top + bottom) / 2).toBeCloseTo(350);
  });

  it("has bounds around all positions", () => {
    const box = boundsOf(new Float32Array([0, 1, -2, 0.5]), 0.25);
    expect(box).toEqual({ x0: -2.25, y0: 0.25, x1: 0.25, y1: 1.25 });
    expect(boundsOf(new Float32Array(), 1)).toEqual({ x0: -1, y0: -1, x1: 1, y1: 1 });
  });

  it("cannot get lost", () => {
    const box = { x0: -1, y0: -1, x1: 1, y1: 1 };
    const limits = zoomLimits(fitBox(box, view, none), view, 0.1);
    expect(clampCamera({ x: 9, y: -9, k: 1e9 }, box, limits)).toEqual({ x: 1, y: -1, k: limits[1] });
    expect(clampCamera({ x: 0, y: 0, k: 0 }, box, limits).k).toBe(limits[0]);
  });

  it("may show all beside what covers most of the view", () => {
    const box = { x0: -1, y0: -1, x1: 1, y1: 1 };
    const fitted = fitBox(box, view, { top: 50, right: 0, bottom: 0.8 * view.height, left: 0 });
    const off = [0, (50 + 0.2 * view.height - view.height) / 2] as const;
    const clamped = clampCamera(fitted, box, zoomLimits(fitted, view, 0.1), off);
    expect(clamped.x).toBeCloseTo(fitted.x, 9);
    expect(clamped.y).toBeCloseTo(fitted.y, 9);
    expect(clampCamera(fitted, box, [0, Infinity]).y).not.toBeCloseTo(fitted.y, 3);
  });

  it("sees what the view shows", () => {
    expect(viewBox({ x: 1, y: 2, k: 100 }, view, 1)).toEqual({ x0: -4, y0: -2, x1: 6, y1: 6 });
  });
});

describe("motion", () => {
  it("eases from 0 to 1 without going back", () => {
    const steps = Array.from({ length: 101 }, (_, i) => ease(i / 100));
    expect([steps[0], steps[50], steps[100]]).toEqual([0, 0.5, 1]);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it("is over at once when it takes no time", () => {
    expect(progress(5, 0, 5)).toBe(1);
  });

  it("flies from camera to camera", () => {
    const [from, to] = [
      { x: 0, y: 0, k: 100 },
      { x: 1, y: -1, k: 900 },
    ];
    const flight = fly(from, to, view);
    expect(flight.at(0).x).toBeCloseTo(0);
    expect(flight.at(0).k).toBeCloseTo(100);
    expect(flight.at(1)).toEqual(to);
    expect(flight.duration).toBeGreaterThan(0);
  });
});

describe("Travel", () => {
  const placed = (x: number, cell: number) => ({ positions: new Float32Array([x, 0]), cell, marks: null });

  it("moves the pictures and their size", () => {
    const travel = new Travel(placed(0, 1));
    expect(travel.arrived(0)).toBe(true);
    travel.depart(placed(1, 3), 100, 1000);
    expect(travel.place(0, 100)).toEqual([0, 0]);
    expect(travel.place(0, 600)[0]).toBeCloseTo(0.5);
    expect(travel.cell(600)).toBeCloseTo(2);
    expect(travel.arrived(1099)).toBe(false);
    expect(travel.arrived(1100)).toBe(true);
  });

  it("leaves from where the pictures are when it is turned round on the way", () => {
    const travel = new Travel(placed(0, 1));
    travel.depart(placed(1, 1), 0, 1000);
    travel.depart(placed(0, 1), 500, 1000);
    expect(travel.place(0, 500)[0]).toBeCloseTo(0.5);
    expect(travel.place(0, 1500)[0]).toBe(0);
  });
});

describe("View", () => {
  const made = () => {
    const result = new View();
    result.size = view;
    result.insets = { top: 60, right: 0, bottom: 100, left: 0 };
    result.place(result.fitted());
    return result;
  };

  it("keeps the free middle where it is when it zooms", () => {
    const zoomed = made();
    const [px, py] = zoomed.middle();
    const before = zoomed.toMap(px, py);
    zoomed.place(zoomed.zoomed(2));
    expect(zoomed.toMap(px, py)[1]).toBeCloseTo(before[1]);
  });

  it("flies, and lands exactly", () => {
    const flown = made();
    const goal = { x: 0.1, y: 0.2, k: flown.camera.k * 2 };
    flown.flyTo(goal, 0, 100);
    flown.advance(50);
    expect(flown.flying).toBe(true);
    flown.advance(100);
    expect(flown.flying).toBe(false);
    expect(flown.camera).toEqual(goal);
  });

  it("brings a point to the free middle", () => {
    const centred = made();
    centred.place(centred.centredOn(0.5, 0.5, 600));
    const [px, py] = centred.toScreen(0.5, 0.5);
    expect(px).toBeCloseTo(400);
    expect(py).toBeCloseTo(280);
    expect(centred.revealing(0.5, 0.5, 10)).toEqual(centred.camera);
  });

  it("moves only as far as needed to show a point", () => {
    const moved = made();
    moved.box = { x0: -9, y0: -9, x1: 9, y1: 9 };
    const [x, y] = moved.toMap(100, 0);
    moved.place(moved.revealing(x, y, 20));
    const [px, py] = moved.toScreen(x, y);
    expect(px).toBeCloseTo(100);
    expect(py).toBeCloseTo(80);
  });
});
