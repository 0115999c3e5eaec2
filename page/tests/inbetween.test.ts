/** Which values are seen of a line that has no point in sight: it crosses the picture between two neighbours. */

import { expect, test } from "vitest";

import type { LineSeries } from "../src/generated/wire";
import { valuesIn } from "../src/panels/lineranges";
import { Slots } from "../src/store/slots";

const LINES = [{ slot: 0 }] as unknown as LineSeries[];

function held(ids: number[], ys: number[], cadence: number): Slots {
  const slots = new Slots();
  const column = Float64Array.from(ys);
  slots.apply({
    type: "series", slot: 0, replace: true, k: 0, cadence, newest: ids.at(-1) ?? NaN, firstId: ids[0] ?? 0, size: ids.length,
    offsets: Uint32Array.from(ids, (id) => id - (ids[0] ?? 0)), start: 0, step: 1, first: column, min: column, max: column, last: column,
  }, 1, 1);
  return slots;
}

test("are those of the line between its neighbours", () => {
  const slots = held([0, 100], [10, 20], 100);
  expect(valuesIn(LINES, slots, [20.5, 40.5])).toEqual([12, 14]);
  expect(valuesIn(LINES, held([0, 100], [20, 10], NaN), [20.5, 40.5])).toEqual([16, 18]);
});

test("are those of the points in sight, where there is one", () => {
  expect(valuesIn(LINES, held([0, 30, 100], [10, 50, 20], 50), [20, 40])).toEqual([50, 50]);
});

test("are none across a break, at a gap, and beyond either end", () => {
  const none = [Infinity, -Infinity];
  expect(valuesIn(LINES, held([0, 100], [10, 20], 10), [20, 40])).toEqual(none);
  expect(valuesIn(LINES, held([0, 100], [NaN, 20], 100), [20, 40])).toEqual(none);
  expect(valuesIn(LINES, held([0, 100], [10, 20], 100), [200, 240])).toEqual(none);
  expect(valuesIn(LINES, held([0, 100], [10, 20], 100), [-20, -10])).toEqual(none);
});
