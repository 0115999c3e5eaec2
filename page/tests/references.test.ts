/** Where the names of reference lines stand. */

import { expect, test } from "vitest";

import type { Projection } from "../src/charts/buckets";
import { placeOf } from "../src/charts/references";
import type { NameBox } from "../src/charts/references";

const at: Projection = { x0: 0, x1: 1, y0: 0, y1: 100, left: 50, top: 10, width: 300, height: 150 };

function placed(...ys: number[]): NameBox[] {
  const boxes: NameBox[] = [];
  for (const y of ys) boxes.push(placeOf(y, 40, at, 1, boxes));
  return boxes;
}

test("a name stands at the right above its line, below it at the top", () => {
  expect(placed(100)[0]).toEqual({ right: 347, left: 307, top: 84, bottom: 97 });
  expect(placed(12)[0]).toMatchObject({ right: 347, top: 15 });
});

test("no two names overlap, however near their lines are", () => {
  for (const ys of [[100, 103], [100, 100, 100], [12, 14, 11, 13], [155, 158, 160], [10, 10, 160, 160]]) {
    const boxes = placed(...ys);
    boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => {
      expect(one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom).toBe(false);
    }));
    for (const { left, top, bottom } of boxes) {
      expect(left).toBeGreaterThanOrEqual(at.left);
      expect(top).toBeGreaterThanOrEqual(at.top);
      expect(bottom).toBeLessThanOrEqual(at.top + at.height);
    }
  }
});

test("where there is no room for more of them they end", () => {
  expect(placed(...Array.from({ length: 40 }, () => 80))).toHaveLength(40);
});
