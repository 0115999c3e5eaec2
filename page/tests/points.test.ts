/** U17: at most four points are drawn in a column of pixels, and what they show is what there is. */

import { beforeAll, describe, expect, test } from "vitest";

import { trace } from "../src/charts/buckets";
import type { Fill, Projection } from "../src/charts/buckets";
import { WHOLE } from "../src/charts/tip";
import type { Part } from "../src/charts/tip";
import { SeriesBuffer } from "../src/store/series";
import { random } from "./random";

const NUM = 2000;
const HEIGHT = 300;
/** Device pixels below which a difference in height is not drawn. */
const SEEN_PX = 0.5;

/** A path that keeps its points. */
class Points {
  readonly points: [number, number][] = [];

  moveTo(x: number, y: number): void {
    this.points.push([x, y]);
  }

  lineTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
}

beforeAll(() => {
  (globalThis as { Path2D?: unknown }).Path2D = Points;
});

/** A slow wave with noise of so many pixels of height, with gaps and calm stretches where asked for. */
function noisy(height: number, seed: number, gapEvery = Infinity, calmEvery = Infinity): SeriesBuffer {
  const next = random(seed);
  const buckets = Array.from({ length: NUM }, (_, i) => {
    if (i % gapEvery === gapEvery - 1) return [NaN, NaN, NaN, NaN];
    const middle = 50 + 20 * Math.sin(i / 60);
    const values = Array.from({ length: 4 }, () => middle + ((next() - 0.5) * (i % (2 * calmEvery) > calmEvery ? 0.1 : 1) * height * 100) / HEIGHT);
    return [values[0], Math.min(...values), Math.max(...values), values[3]];
  });
  const column = (i: number) => Float64Array.from(buckets, (bucket) => bucket[i] as number);
  const made = new SeriesBuffer();
  made.apply({
    type: "series", slot: 0, replace: true, k: 0, cadence: 0.1, newest: NUM, firstId: 0, size: NUM,
    offsets: null, start: 0, step: 1, first: column(0), min: column(1), max: column(2), last: column(3),
  });
  return made;
}

function projection(bucketPx: number, x0 = 0): Projection {
  return { x0, x1: x0 + NUM, y0: 0, y1: 100, left: 40, top: 0, width: NUM * bucketPx, height: HEIGHT };
}

function traced(series: SeriesBuffer, at: Projection, fill: Fill = "none", part: Part = WHOLE) {
  const { line, area, columns, base } = trace(series, at, fill, 1.5, part);
  const rects: [number, number, number][] = [];
  columns?.fill({ fillRect: (x, y, _, height) => rects.push([x, y, y + height]) });
  const below: [number, number, number][] = [];
  columns?.fillArea({ fillRect: (x, y, _, height) => below.push([x, y, y + height]) }, base);
  const pointsOf = (path: Path2D | null) => (path as unknown as Points | null)?.points ?? [];
  return { points: pointsOf(line), area: pointsOf(area), rects, below };
}

function mostInAColumn(points: readonly [number, number][]): number {
  const counts = new Map<number, number>();
  for (const [x] of points) counts.set(Math.floor(x), (counts.get(Math.floor(x)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const WIDTHS_PX = [0.02, 0.3, 0.5, 0.51, 0.6, 0.75, 0.99];
const HEIGHTS_PX = [0.3, 0.6, 1, 1.4, 2, 4, 5, 8];
const CASES = WIDTHS_PX.flatMap((bucketPx) => HEIGHTS_PX.map((height): [number, number] => [bucketPx, height]));

describe("a column of pixels", () => {
  test.each(CASES)("of buckets %f px wide and %f px high takes at most four points", (bucketPx, height) => {
    for (const fill of ["none", "bottom"] as const) {
      const { points, area } = traced(noisy(height, 1), projection(bucketPx), fill);
      expect(mostInAColumn(points)).toBeLessThanOrEqual(4);
      // Corners on the base are no points of the line.
      expect(mostInAColumn(area.filter(([, y]) => y < HEIGHT))).toBeLessThanOrEqual(4);
    }
  });

  test.each(CASES)("of buckets %f px wide and %f px high shows the least and the greatest", (bucketPx, height) => {
    const series = noisy(height, 2);
    const at = projection(bucketPx);
    const { points, rects } = traced(series, at);
    const drawn = new Map<number, [number, number]>();
    const cover = (pixel: number, top: number, bottom: number) => {
      const [least, most] = drawn.get(pixel) ?? [Infinity, -Infinity];
      drawn.set(pixel, [Math.min(least, top), Math.max(most, bottom)]);
    };
    for (const [x, y] of points) cover(Math.floor(x), y, y);
    // A column of a line's width reaches a pixel to its left.
    for (const [x, top, bottom] of rects) for (const pixel of [x, x + 1]) cover(pixel, top, bottom);
    for (let i = 0; i < NUM; i += 1) {
      const held = drawn.get(Math.floor(at.left + (i + 0.5) * bucketPx)) as [number, number];
      expect(held[0]).toBeLessThanOrEqual(HEIGHT - (series.max[i] as number) * (HEIGHT / 100) + SEEN_PX + 1e-6);
      expect(held[1]).toBeGreaterThanOrEqual(HEIGHT - (series.min[i] as number) * (HEIGHT / 100) - SEEN_PX - 1e-6);
    }
  });

  test("is drawn alike wherever a window of whole pixels begins, and in parts as in the whole", () => {
    for (const bucketPx of [0.02, 0.55, 0.8]) {
      for (const height of [1, 4, 8]) {
        const series = noisy(height, 3);
        const inside = ([x]: readonly number[], from: number, to: number) => (x as number) >= from && (x as number) < to;
        const [from, to] = [48 + 0.1, 40 + NUM * bucketPx - 12.1];
        const rounded = (points: readonly number[][]) => points.map((point) => point.map((one) => Number(one.toFixed(3))));
        const whole = traced(series, projection(bucketPx), "bottom");
        const moved = traced(series, projection(bucketPx, 7 / bucketPx), "bottom");
        for (const kind of ["points", "area", "rects", "below"] as const) {
          const back = (moved[kind] as number[][]).map(([x, ...rest]) => [(x as number) + 7, ...rest]);
          const common = (points: readonly number[][]) => rounded(points.filter((point) => inside(point, from, to)));
          expect(common(back)).toEqual(common(whole[kind]));
        }
        const edge = Math.round(40 + (NUM * bucketPx) / 2);
        const left = traced(series, projection(bucketPx), "bottom", { left: -Infinity, right: edge });
        const right = traced(series, projection(bucketPx), "bottom", { left: edge, right: Infinity });
        for (const kind of ["points", "area", "rects", "below"] as const) {
          const parts = [
            ...left[kind].filter((point) => inside(point, -Infinity, edge)),
            ...right[kind].filter((point) => inside(point, edge, Infinity)),
          ];
          expect(parts).toEqual(whole[kind]);
        }
      }
    }
  });

  test.each(CASES)("of buckets %f px wide and %f px high has an area below it, once", (bucketPx, height) => {
    for (const gapEvery of [Infinity, 40]) {
      const series = noisy(height, 6, gapEvery, 25);
      const { area, rects, below } = traced(series, projection(bucketPx), "bottom");
      const covered = new Float64Array(40 + NUM + 2);
      const corners = area.filter(([, y]) => y === HEIGHT).map(([x]) => x);
      for (let i = 0; i < corners.length; i += 2) {
        const [from, to] = [corners[i] as number, corners[i + 1] as number];
        for (let c = Math.floor(from); c < to; c += 1) (covered[c] as number) += Math.min(to, c + 1) - Math.max(from, c);
      }
      for (const [x, , bottom] of below) {
        (covered[x] as number) += 1;
        expect(bottom).toBe(HEIGHT);
      }
      expect(Math.max(...covered)).toBeLessThan(1 + 1e-6);
      for (const [x, y] of below) expect(y).toBeLessThanOrEqual(rects.find(([column]) => column === x)?.[2] ?? NaN);
      if (gapEvery < Infinity) continue;
      const inside = covered.subarray(42, Math.floor(40 + NUM * bucketPx) - 2);
      expect(Math.min(...inside, 1)).toBeGreaterThan(1 - 1e-6);
    }
  });

  test("is not a corner of the area where the data is dense: what costs is edges", () => {
    const { area, rects, below } = traced(noisy(8, 7), projection(0.75), "bottom");
    expect(rects.length).toBeGreaterThan(1000);
    expect(below.length).toBeGreaterThan(1000);
    expect(area.length).toBeLessThan(rects.length / 4);
  });

  test("keeps its gaps, and one bucket is what it was where it is wider than a pixel", () => {
    const gap = 10;
    for (const bucketPx of [0.3, 0.6, 0.9]) {
      const { area } = traced(noisy(2, 4, gap), projection(bucketPx), "bottom");
      expect(area.filter(([, y]) => y === HEIGHT)).toHaveLength((2 * NUM) / gap);
    }
    const wide = traced(noisy(0.3, 5), projection(1.01)).points;
    expect(wide.map(([x]) => Math.round((x - 40) / 1.01 - 0.5))).toEqual(Array.from({ length: NUM }, (_, i) => i));
  });
});
