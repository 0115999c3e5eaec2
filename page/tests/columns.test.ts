/** Dense data as pixel columns: where they stand in for the line, and what they cover. */

import { describe, expect, test } from "vitest";

import { Columns, markColumns } from "../src/charts/columns";
import { SeriesBuffer } from "../src/store/series";

/** Buckets one wide, each [first, min, max, last]. */
function series(buckets: number[][]): SeriesBuffer {
  const buffer = new SeriesBuffer();
  const column = (i: number) => Float64Array.from(buckets, (one) => one[i] as number);
  buffer.apply({
    type: "series", slot: 0, replace: true, k: 0, cadence: 0.1, newest: buckets.length, firstId: 0,
    size: buckets.length, offsets: null, start: 0, step: 1, first: column(0), min: column(1), max: column(2), last: column(3),
  });
  return buffer;
}

const NOISY = [5, 0, 20, 6];
const FLAT = [5, 5, 5, 5];
const STEEP = [0, 0, 20, 20];
const GAP = [NaN, NaN, NaN, NaN];
const marked = (buckets: number[][], scaleX = 1) =>
  [...markColumns(series(buckets), 0, buckets.length, scaleX, 1, 2).subarray(0, buckets.length)].join("");
const times = (n: number, bucket: number[]) => Array.from({ length: n }, () => bucket);

describe("columns", () => {
  test("take the place of noise, not of what is flat, steep or wide on the screen", () => {
    expect(marked(times(6, NOISY))).toBe("111111");
    expect(marked(times(6, FLAT))).toBe("000000");
    expect(marked(times(6, STEEP))).toBe("000000");
    expect(marked(times(6, NOISY), 5)).toBe("000000");
  });

  test("come in runs: a calm bucket between is one too, a lone peak is none, a gap stays", () => {
    expect(marked([...times(3, NOISY), FLAT, ...times(3, NOISY)])).toBe("1111111");
    expect(marked([...times(3, FLAT), NOISY, ...times(12, FLAT)])).toBe("0".repeat(16));
    expect(marked([...times(4, NOISY), GAP, ...times(4, NOISY)])).toBe("111101111");
  });

  test("cover their extremes, reach the next one, do not overlap and are never thinner than the line", () => {
    const columns = new Columns(10, 8, 2);
    columns.add(12, 14, 3, 9);
    columns.add(14, 14, 8, 8.5);
    const filled: number[][] = [];
    columns.fill({ fillRect: (...rect) => filled.push(rect) });
    expect(filled).toEqual([[11, 3, 1, 6], [12, 3, 1, 6], [13, 7.25, 1, 2], [14, 7.25, 1, 2]]);
  });
});
