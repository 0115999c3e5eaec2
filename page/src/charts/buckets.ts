/** Paths of a series in buckets: a column from its least to its greatest value each, so that extremes are exact. */

import type { SeriesBuffer } from "../store/series";
import { Columns, markColumns, NEAR_PX } from "./columns";
import type { Part } from "./tip";

/** Device pixels below which a difference in height is not drawn. */
const SEEN_PX = 0.5;
/** So many buckets away another can change how one is drawn: runs of columns are joined, and short ones dropped. */
const AROUND = 16;
/** And so many device pixels away, where buckets are narrow: those of one pixel column are drawn as one. */
const AROUND_PX = 4;

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
export function drawnRange(series: SeriesBuffer, x0: number, x1: number, end = series.end): [number, number] {
  return [Math.max(series.start, series.indexOfX(x0) - 1), Math.min(end, series.indexOfX(x1) + 1)];
}

/** Of those the ones that a part of the picture depends on. */
export function partRange(series: SeriesBuffer, at: Projection, part: Part, end = series.end): [number, number] {
  const [from, to] = drawnRange(series, at.x0, at.x1, end);
  const xPerPx = (at.x1 - at.x0) / at.width;
  const indexAt = (px: number) => series.indexOfX(at.x0 + (px - at.left) * xPerPx);
  return [
    part.left > at.left ? Math.max(from, indexAt(part.left - AROUND_PX) - AROUND) : from,
    part.right < at.left + at.width ? Math.min(to, indexAt(part.right + AROUND_PX) + AROUND) : to,
  ];
}

/** Least and greatest value among the buckets in [x0, x1]; an empty interval for none. */
export function extremes(series: SeriesBuffer, x0: number, x1: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const end = series.indexOfId(Math.floor(x1 / series.width) + 1);
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
  /** Where the data is dense, in place of the line; null where it nowhere is. */
  readonly columns: Columns | null;
  /** The area between the line and its base, but for what lies below columns; null where none was asked for. */
  readonly area: Path2D | null;
  /** Device pixels from the top at which the area ends. */
  readonly base: number;
}

/** What lies below a line is filled down to zero, down to the edge of the picture, or not at all. */
export type Fill = "none" | "zero" | "bottom";

/**
 * `lineWidth` in device pixels; buckets from index `end` on are left out. Buckets whose centres lie in one column of
 * device pixels are drawn as one, from the first of the first to the last of the last: at most four points a column.
 * Columns do not depend on where the range begins as long as it moves by whole pixels. Nothing is allocated for each
 * bucket: numbers that a function inside shared would be.
 */
export function trace(
  series: SeriesBuffer, at: Projection, fill: Fill, lineWidth: number, part: Part, end = series.end,
): Traced {
  const line = new Path2D();
  const area = fill === "none" ? null : new Path2D();
  const [from, to] = partRange(series, at, part, end);
  const scaleX = at.width / (at.x1 - at.x0);
  const scaleY = at.height / (at.y1 - at.y0);
  const bottom = at.top + at.height;
  const base = fill === "bottom" ? bottom : Math.max(at.top, Math.min(bottom, bottom + at.y0 * scaleY));
  const { ids, first, min, max, last, width } = series;
  const marks = markColumns(series, from, to, scaleX, scaleY, lineWidth);
  const isNarrow = width * scaleX < 1;
  let columns: Columns | null = null;
  let drawing = false;
  let alone = false;
  let wasColumn = false;
  let px = 0;
  let py = 0;
  for (let i = from, next = from; i < to; i = next) {
    next = i + 1;
    const opening = first[i] as number;
    const isGap = Number.isNaN(opening);
    if (isGap || (drawing && i > from && series.breaksBefore(i))) {
      if (alone) dot(line, px, py, lineWidth);
      if (drawing && !wasColumn) area?.lineTo(px, base);
      drawing = alone = wasColumn = false;
    }
    if (isGap) continue;
    const isColumn = marks[i - from] === 1;
    const beforePx = px;
    const beforePy = py;
    px = at.left + (((ids[i] as number) + 0.5) * width - at.x0) * scaleX;
    py = bottom - (opening - at.y0) * scaleY;
    let endPx = px;
    let least = min[i] as number;
    let greatest = max[i] as number;
    if (isNarrow) {
      const pixel = Math.floor(px);
      for (; next < to; next += 1) {
        const nextPx = at.left + (((ids[next] as number) + 0.5) * width - at.x0) * scaleX;
        if (Math.floor(nextPx) !== pixel || Number.isNaN(first[next] as number) || series.breaksBefore(next)) break;
        if ((min[next] as number) < least) least = min[next] as number;
        if ((max[next] as number) > greatest) greatest = max[next] as number;
        endPx = nextPx;
      }
    }
    if (isColumn) columns ??= new Columns(Math.floor(at.left), Math.ceil(at.width) + 2, lineWidth);
    const isJoined = drawing && wasColumn && isColumn && px - beforePx <= NEAR_PX;
    if (drawing) {
      // Columns that touch need no line; one that begins or ends is joined to the line by it.
      if (wasColumn && !isJoined) line.moveTo(beforePx, beforePy);
      if (!isJoined) {
        line.lineTo(px, py);
        if (area) {
          // Columns have an area of their own: it begins and ends with a pixel, and this one ends and begins there.
          const left = wasColumn && columns ? Math.min(columns.end, Math.floor(px)) : beforePx;
          const right = isColumn && columns ? Math.max(columns.beginOf(px), Math.ceil(beforePx), left) : px;
          const slope = (py - beforePy) / (px - beforePx);
          if (wasColumn) {
            columns?.endArea(left);
            area.moveTo(left, base);
            area.lineTo(left, beforePy + (left - beforePx) * slope);
          }
          area.lineTo(right, beforePy + (right - beforePx) * slope);
          if (isColumn) {
            columns?.beginArea(right);
            area.lineTo(right, base);
          }
        }
      }
      alone = false;
    } else {
      // A gap may be narrower than a pixel.
      if (isColumn) columns?.beginArea(Math.ceil(beforePx));
      else {
        line.moveTo(px, py);
        columns?.endArea(Math.floor(px));
        area?.moveTo(px, base);
        area?.lineTo(px, py);
      }
      drawing = true;
      alone = !isColumn;
    }
    wasColumn = isColumn;
    let low = bottom - (least - at.y0) * scaleY;
    let high = bottom - (greatest - at.y0) * scaleY;
    const closing = bottom - ((last[next - 1] as number) - at.y0) * scaleY;
    if (isColumn) {
      if (isJoined) {
        // Neighbours meet half way.
        const middle = (beforePy + py) / 2;
        low = Math.max(low, middle);
        high = Math.min(high, middle);
      }
      let coveredPx = px;
      if (next < to && marks[next - from] === 1 && !series.breaksBefore(next)) {
        const nextPx = at.left + (((ids[next] as number) + 0.5) * width - at.x0) * scaleX;
        if (nextPx - endPx <= NEAR_PX) {
          coveredPx = nextPx;
          const middle = (closing + bottom - ((first[next] as number) - at.y0) * scaleY) / 2;
          low = Math.max(low, middle);
          high = Math.min(high, middle);
        }
      }
      columns?.add(px, coveredPx, high, low);
      px = endPx;
      py = closing;
      continue;
    }
    // A column lower than what can be seen is a point: most are, and points are what drawing costs.
    if (low - high < SEEN_PX) continue;
    // The extreme on the way to the other comes first: what only rises or falls takes two points.
    const isFalling = closing > py;
    const early = isFalling ? high : low;
    const late = isFalling ? low : high;
    const middlePx = (px + endPx) / 2;
    if (Math.abs(early - py) > SEEN_PX) line.lineTo(middlePx, early);
    const isLast = Math.abs(late - closing) <= SEEN_PX;
    line.lineTo(isLast ? endPx : middlePx, late);
    if (!isLast) line.lineTo(endPx, closing);
    px = endPx;
    py = isLast ? late : closing;
    area?.lineTo(px, py);
    alone = false;
  }
  if (alone) dot(line, px, py, lineWidth);
  if (drawing && !wasColumn) area?.lineTo(px, base);
  return { line, columns, area, base };
}

/** A run of one point has no length: it gets enough to be seen. */
function dot(line: Path2D, px: number, py: number, lineWidth: number): void {
  line.moveTo(px - lineWidth, py);
  line.lineTo(px + lineWidth, py);
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
