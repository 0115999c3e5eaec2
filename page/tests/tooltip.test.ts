/** What a tooltip says, and where it lies. */

import { describe, expect, test } from "vitest";

import { placeOf } from "../src/charts/tooltip";
import { withoutRest } from "../src/panels/held";
import { rowOf } from "../src/panels/hits";
import { wordsOf } from "../src/text/words";

const HIT = { x: 0, value: -0.5, low: -0.872, high: -0.088, left: 0, top: 0, isUnfinished: false };

test("a range of negative values can be told from a difference", () => {
  const said = (language: "en" | "fr") => rowOf(HIT, String, "", wordsOf(language).between).spread;
  expect([said("en"), said("fr")]).toEqual(["-0.872 to -0.088", "-0.872 à -0.088"]);
});

test("what arithmetic leaves of zero reads 0 on a curve that is much larger, and nowhere else", () => {
  const curve = (...ys: number[]) => ({ xs: Float64Array.from(ys.keys()), ys: Float64Array.from(ys) });
  expect(withoutRest(-4.9e-16, curve(0, 2, -2, -4.9e-16))).toBe(0);
  expect(withoutRest(3e-9, curve(0, 2, 3e-9))).toBe(3e-9);
  expect(withoutRest(-4.9e-16, curve(1e-16, -4.9e-16))).toBe(-4.9e-16);
  expect(withoutRest(5e-16, curve(5e-16, 5e-16))).toBe(5e-16);
  expect(withoutRest(NaN, curve(0, NaN))).toBeNaN();
});

describe("the box", () => {
  const ROOM = 700;
  const BUTTONS = { width: 150, height: 26 };

  test("never lies over the buttons, nor beyond the right edge, wherever the pointer is", () => {
    for (const room of [300, ROOM]) {
      for (let left = 0; left <= room; left += 1) {
        const [x, y] = placeOf(left, 200, room, BUTTONS);
        expect(x + 200 <= room - BUTTONS.width || y >= BUTTONS.height).toBe(true);
        expect(x + 200).toBeLessThanOrEqual(room);
      }
    }
  });

  test("keeps its height where there is room beside them, and its place where there are none", () => {
    expect(placeOf(100, 200, ROOM, BUTTONS)).toEqual([100, 0]);
    expect(placeOf(400, 200, ROOM, BUTTONS)).toEqual([200, 0]);
    expect(placeOf(690, 200, ROOM, BUTTONS)).toEqual([350, 0]);
    expect(placeOf(100, 200, 300, BUTTONS)).toEqual([100, 26]);
    const none = { width: 0, height: 0 };
    expect([placeOf(400, 200, ROOM, none), placeOf(600, 200, ROOM, none)]).toEqual([[400, 0], [400, 0]]);
  });
});
