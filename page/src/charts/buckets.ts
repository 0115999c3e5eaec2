/** Paths of a series in buckets: a column from its least to its greatest value each, so that extremes are exact. */

import type { SeriesBuffer } from "../store/series";

/** Device pixels below which a difference in height is not drawn. */
const SEEN_PX = 0.5;

/** From values to pixels of a canvas. */
export interface Projection {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function pxFromX(x: number, at: Projection): number {
  return at.left + ((x - at.x0) / (at.x1 - at.x0)) * at.width;
}

export function pxFromY(y: number, at: Projection): number {
  return at.top + at.height - ((y - at.y0) / (at.y1 - at.y0)) * at.height;
}

/** Indexes of the buckets to draw: those in range and one on either side, so that lines leave the picture. */
export function drawnRange(series: SeriesBuffer, x0: number, x1: number): [number, number] {
  return [Math.max(series.start, series.indexOfX(x0) - 1), Math.min(series.end, series.indexOfX(x1) + 1)];
}

/** Least and greatest value among the buckets in [x0, x1]; an empty interval for none. */
export function extremes(series: SeriesBuffer, x0: number, x1: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const end = Math.min(series.end, series.indexOfX(x1) + 1);
  for (let i = Math.max(series.start, series.indexOfX(x0)); i < end; i += 1) {
    const min = series.min[i] as number;
    const max = series.max[i] as number;
    if (min < low) low = min;
    if (max > high) high = max;
  }
  return [low, high];
}

export interface Traced {
  readonly line: Path2D;
  /** The area between the line and its base; null where none was asked for. */
  readonly area: Path2D | null;
}

/** What lies below a line is filled down to zero, down to the edge of the picture, or not at all. */
export type Fill = "none" | "zero" | "bottom";

export function trace(series: SeriesBuffer, at: Projection, fill: Fill): Traced {
  const line = new Path2D();
  const area = fill === "none" ? null : new Path2D();
  const [from, to] = drawnRange(series, at.x0, at.x1);
  const scaleX = at.width / (at.x1 - at.x0);
  const scaleY = at.height / (at.y1 - at.y0);
  const bottom = at.top + at.height;
  const base = fill === "bottom" ? bottom : Math.max(at.top, Math.min(bottom, bottom + at.y0 * scaleY));
  const { ids, first, min, max, last, width } = series;
  let drawing = false;
  let alone = false;
  let px = 0;
  let py = 0;
  const close = () => {
    // A run of one point has no length: give it enough to be seen.
    if (alone) line.lineTo(px + 0.01, py);
    if (drawing) area?.lineTo(px, base);
    drawing = alone = false;
  };
  for (let i = from; i < to; i += 1) {
    const opening = first[i] as number;
    if (Number.isNaN(opening)) {
      close();
      continue;
    }
    if (drawing && i > from && series.breaksBefore(i)) close();
    px = at.left + (((ids[i] as number) + 0.5) * width - at.x0) * scaleX;
    py = bottom - (opening - at.y0) * scaleY;
    if (drawing) {
      line.lineTo(px, py);
      area?.lineTo(px, py);
      alone = false;
    } else {
      line.moveTo(px, py);
      area?.moveTo(px, base);
      area?.lineTo(px, py);
      drawing = alone = true;
    }
    const low = bottom - ((min[i] as number) - at.y0) * scaleY;
    const high = bottom - ((max[i] as number) - at.y0) * scaleY;
    // A column lower than what can be seen is a point: most are, and points are what drawing costs.
    if (low - high < SEEN_PX) continue;
    if (low > py + SEEN_PX) line.lineTo(px, low);
    line.lineTo(px, high);
    py = bottom - ((last[i] as number) - at.y0) * scaleY;
    if (py > high + SEEN_PX) line.lineTo(px, py);
    area?.lineTo(px, py);
    alone = false;
  }
  close();
  return { line, area };
}

/** Index of the bucket nearest to `x`; -1 where the nearest is further than `tolerance`. */
export function nearest(series: SeriesBuffer, x: number, tolerance: number): number {
  const right = series.indexOfX(x);
  let best = -1;
  let distance = tolerance;
  for (const i of [right - 1, right]) {
    if (i < series.start || i >= series.end) continue;
    const away = Math.abs(series.xAt(i) - x);
    if (away <= distance) {
      best = i;
      distance = away;
    }
  }
  return best;
}
