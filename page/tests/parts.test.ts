/** A picture drawn in two parts: each knows enough of the other's data to draw its own as the whole picture has it. */

import { describe, expect, test } from "vitest";

import { drawnRange, partRange } from "../src/charts/buckets";
import type { Projection } from "../src/charts/buckets";
import { markColumns } from "../src/charts/columns";
import { DrawnBuckets } from "../src/charts/drawn";
import { pixelsMoved } from "../src/charts/moved";
import { WHOLE } from "../src/charts/tip";
import { followed, grown } from "../src/panels/lineranges";
import { SeriesBuffer } from "../src/store/series";
import { random } from "./random";

const NUM = 300;
const AT: Projection = { x0: 0, x1: NUM, y0: 0, y1: 100, left: 40, top: 0, width: NUM, height: 100 };
const EDGE = 250;

function buffer(heights: readonly number[]): SeriesBuffer {
  const made = new SeriesBuffer();
  const column = (share: number) => Float64Array.from(heights, (height) => 50 + share * height);
  made.apply({
    type: "series", slot: 0, replace: true, k: 0, cadence: 0.1, newest: heights.length, firstId: 0,
    size: heights.length, offsets: null, start: 0, step: 1, first: column(0), min: column(-1), max: column(1), last: column(0.1),
  });
  return made;
}

/** Crumbs of dense and of calm data: runs are joined and dropped everywhere. */
function crumbs(seed: number): number[] {
  const next = random(seed);
  return Array.from({ length: NUM }, () => (next() < 0.25 ? 20 : 0));
}

describe("parts", () => {
  test("mark the same columns as the whole picture", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const series = buffer(crumbs(seed));
      const [from, to] = drawnRange(series, AT.x0, AT.x1);
      const whole = markColumns(series, from, to, 1, 1, 2).slice(0, to - from);
      const [left, right] = [{ left: -Infinity, right: EDGE }, { left: EDGE, right: Infinity }].map((part) => {
        const [begin, end] = partRange(series, AT, part);
        const marks = markColumns(series, begin, end, 1, 1, 2).slice(0, end - begin);
        return (index: number) => marks[index - begin];
      }) as [(index: number) => number | undefined, (index: number) => number | undefined];
      const middle = series.indexOfX(EDGE - AT.left);
      // One more on either side: a line comes in from there.
      for (let i = from; i <= middle; i += 1) expect([seed, i, left(i)]).toEqual([seed, i, whole[i - from]]);
      for (let i = middle - 1; i < to; i += 1) expect([seed, i, right(i)]).toEqual([seed, i, whole[i - from]]);
    }
  });

  test("are stale from the first bucket that differs", () => {
    const series = buffer(crumbs(1));
    const drawn = new DrawnBuckets();
    const range = () => partRange(series, AT, WHOLE);
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(-1);
    drawn.remember(series, ...range());
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(range()[1]);
    (series.max[123] as number) += 1;
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(123);
    (series.min[45] as number) = NaN;
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(45);
    drawn.remember(series, ...range());
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(range()[1]);
    series.cadence = 3;
    expect(drawn.differsAt(series, ...range(), AT.x0)).toBe(-1);
  });

  test("are the same where what differs has moved out at the left", () => {
    const series = buffer(crumbs(2));
    const drawn = new DrawnBuckets();
    drawn.remember(series, 0, 200);
    (series.max[50] as number) += 1;
    // The bucket at 99.5 is left of the picture that begins at 100, and the line comes in from it.
    expect(drawn.differsAt(series, 99, 250, 100)).toBe(200);
    expect(drawn.differsAt(series, 49, 250, 50)).toBe(50);
    // It begins with the first bucket in sight: there was more left of it, which is gone.
    expect(drawn.differsAt(series, 99, 250, 99)).toBe(-1);
    expect(drawn.differsAt(series, 99, 199, 100)).toBe(-1);
  });

  test("move by whole pixels to the right only, however large x is", () => {
    const ground = { px: 315, phase: 0.618 };
    for (const width of [1, 60, 86_400]) {
      let before = followed([1.8e9 - width, 1.8e9], ground);
      let num = 0;
      for (let step = 1; step <= 50; step += 1) {
        const at = 1.8e9 + (step * width) / 200;
        const x = followed([at - width, at], ground);
        const moved = pixelsMoved(before, x, ground.px);
        expect(Number.isInteger(moved)).toBe(true);
        if (moved > 0) expect(pixelsMoved(x, before, ground.px)).toBe(NaN);
        num += moved;
        before = x;
      }
      expect(num).toBe(Math.round((50 * 315) / 200));
    }
    expect(pixelsMoved([0, 10], [0.5, 10.5], 10)).toBe(NaN);
    expect(pixelsMoved([0, 10], [1, 12], 10)).toBe(NaN);
    expect(pixelsMoved([0, 10], [0, 10], 10)).toBe(0);
  });
});

describe("live ranges", () => {
  const ground = { px: 380, phase: 0.3 };

  test("follow the present by whole pixels, and hold it", () => {
    const step = 60 / ground.px;
    let [, before] = followed([0, 60], ground);
    for (let at = 60; at < 62; at += 0.01) {
      const [x0, x1] = followed([at - 60, at], ground);
      expect(x1 - x0).toBeCloseTo(60, 9);
      expect(x1).toBeGreaterThanOrEqual(at);
      expect(x1 - at).toBeLessThanOrEqual(step * 1.000001);
      const moved = (x1 - before) / step;
      expect(Math.abs(moved - Math.round(moved))).toBeLessThan(1e-6);
      before = x1;
    }
  });

  test("grow in few steps, and hold all", () => {
    const seen = new Set<number>();
    for (let at = 1000; at < 2000; at += 1) {
      const [x0, x1] = grown([10.5, at], ground);
      expect(x0 <= 10.5 && x1 >= at).toBe(true);
      expect(x1 - x0 - (at - 10.5)).toBeLessThan((4 * (at - 10.5)) / ground.px);
      seen.add(x1);
    }
    expect(seen.size).toBeLessThan(400);
  });
});
