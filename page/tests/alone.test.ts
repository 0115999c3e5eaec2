/** A point without neighbours is a dot as thick as the line is, not a line without length. */

import { expect, test } from "vitest";

import { trace } from "../src/charts/buckets";
import { WHOLE } from "../src/charts/tip";
import { SeriesBuffer } from "../src/store/series";

const AT = { x0: 0, x1: 100, y0: 0, y1: 10, left: 0, top: 0, width: 100, height: 100 };

class Path {
  static lines: number[][] = [];
  private x = NaN;

  moveTo(x: number): void {
    this.x = x;
  }

  lineTo(x: number): void {
    if (x !== this.x) Path.lines.push([this.x, x]);
    this.x = x;
  }
}

test("points apart are dots, and those that follow each other a line", () => {
  Object.assign(globalThis, { Path2D: Path });
  const series = new SeriesBuffer();
  const column = Float64Array.from([1, 2, 3, 4, 5]);
  series.apply({
    type: "series", slot: 0, replace: true, k: 0, size: 5, firstId: 0, start: 0, step: 0, cadence: 1,
    newest: 90, offsets: Uint16Array.from([10, 40, 41, 70, 90]), first: column, min: column, max: column, last: column,
  });
  trace(series, AT, "none", 1.5, WHOLE);
  expect(Path.lines).toEqual([[9, 12], [40.5, 41.5], [69, 72], [89, 92]]);
});
