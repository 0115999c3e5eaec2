/** Dense stretches of a series as pixel columns: filling them costs a fraction of what stroking up and down does. */

import type { SeriesBuffer } from "../store/series";

/** A bucket this many line widths high, and wider than what moved in it, is a column rather than a bit of line. */
const HIGH_WIDTHS = 3;
const AROUND_WIDTHS = 0.5;
/** Fewer columns in a row are drawn as line: a peak in a calm curve. */
const COLUMNS_MIN = 4;
/** Fewer bits of line between columns are drawn as columns. */
const BITS_MAX = 8;
/** Device pixels between neighbours from which a line has to join them. */
export const NEAR_PX = 2.5;

let marks = new Uint8Array(0);
let tops = new Float64Array(0);
let bottoms = new Float64Array(0);
let areas = new Uint8Array(0);

/**
 * Which of the buckets in [from, to) are columns: 1 at `index - from`. The array is only valid until the next call.
 * Columns come in runs, so that a noisy line is not cut into crumbs.
 */
export function markColumns(
  series: SeriesBuffer, from: number, to: number, scaleX: number, scaleY: number, lineWidth: number,
): Uint8Array {
  if (marks.length < to - from) marks = new Uint8Array(2 * (to - from));
  marks.fill(0, 0, Math.max(0, to - from));
  // Buckets that are wide on the screen are few: lines are exact and cheap.
  if (series.width * scaleX > NEAR_PX) return marks;
  const { first, min, max, last } = series;
  for (let i = from; i < to; i += 1) {
    const height = ((max[i] as number) - (min[i] as number)) * scaleY;
    if (!(height >= HIGH_WIDTHS * lineWidth)) continue;
    const moved = Math.abs((last[i] as number) - (first[i] as number)) * scaleY;
    if (height - moved >= AROUND_WIDTHS * lineWidth) marks[i - from] = 1;
  }
  join(series, from, to, scaleX);
  drop(from, to);
  return marks;
}

/** Short bits of unbroken line between columns become columns. */
function join(series: SeriesBuffer, from: number, to: number, scaleX: number): void {
  const { ids, first, width } = series;
  let before = -1;
  for (let i = from; i < to; i += 1) {
    const apart = i > from ? ((ids[i] as number) - (ids[i - 1] as number)) * width * scaleX : 0;
    if (Number.isNaN(first[i] as number) || apart > NEAR_PX) before = -1;
    if (marks[i - from] === 0) continue;
    if (before >= 0 && i - before <= BITS_MAX) marks.fill(1, before - from, i - from);
    before = i;
  }
}

function drop(from: number, to: number): void {
  let length = 0;
  for (let i = 0; i <= to - from; i += 1) {
    if (i < to - from && marks[i] === 1) length += 1;
    else {
      if (length < COLUMNS_MIN) marks.fill(0, i - length, i);
      length = 0;
    }
  }
}

/** From where to where each pixel column is covered. Only the newest is valid: all use the same memory. */
export class Columns {
  /** Device pixels up to which the last that was added covers. */
  end = 0;
  /** Left of this pixel the area is somebody else's. */
  private areaFrom = -Infinity;
  private readonly thickness: number;

  constructor(private readonly left: number, private readonly width: number, private readonly lineWidth: number) {
    this.thickness = Math.max(1, Math.round(lineWidth));
    if (tops.length < width) {
      tops = new Float64Array(2 * width);
      bottoms = new Float64Array(2 * width);
      areas = new Uint8Array(2 * width);
    }
    tops.fill(Infinity, 0, width);
    bottoms.fill(-Infinity, 0, width);
    areas.fill(0, 0, width);
  }

  /** Cover [top, bottom] about `px` as wide as a line, and on to where a column about `nextPx` begins. */
  add(px: number, nextPx: number, top: number, bottom: number): void {
    const begin = this.beginOf(px) - this.left;
    const end = Math.max(begin + this.thickness, this.beginOf(nextPx) - this.left);
    this.end = this.left + end;
    for (let c = Math.max(0, begin); c < Math.min(end, this.width); c += 1) {
      if (top < (tops[c] as number)) tops[c] = top;
      if (bottom > (bottoms[c] as number)) bottoms[c] = bottom;
      if (this.left + c >= this.areaFrom) areas[c] = 1;
    }
  }

  /** The area of what is added from now on begins at a pixel. */
  beginArea(px: number): void {
    this.areaFrom = px;
  }

  /** The area of what was added last ends before a pixel. */
  endArea(px: number): void {
    for (let c = Math.max(0, px - this.left); c < Math.min(this.end - this.left, this.width); c += 1) areas[c] = 0;
  }

  /** Columns do not overlap: a colour that lets through is even. */
  fill(context: Pick<CanvasRenderingContext2D, "fillRect">): void {
    for (let c = 0; c < this.width; c += 1) {
      const top = tops[c] as number;
      const height = (bottoms[c] as number) - top;
      if (height === -Infinity) continue;
      const lacking = Math.max(0, this.lineWidth - height);
      context.fillRect(this.left + c, top - lacking / 2, 1, height + lacking);
    }
  }

  /** Fill from each column to `base`, device pixels from the top; what columns cover themselves is hidden by them. */
  fillArea(context: Pick<CanvasRenderingContext2D, "fillRect">, base: number): void {
    for (let c = 0; c < this.width; c += 1) {
      if (areas[c] === 0) continue;
      const top = tops[c] as number;
      const bottom = bottoms[c] as number;
      // Whole pixels, so that none shows through where the column ends in the midst of one.
      if (base > bottom) context.fillRect(this.left + c, Math.floor(bottom), 1, base - Math.floor(bottom));
      else if (base < top) context.fillRect(this.left + c, base, 1, Math.ceil(top) - base);
    }
  }

  /** Where a column about `px` begins, in device pixels. */
  beginOf(px: number): number {
    return this.left + Math.round(px - this.left - this.thickness / 2);
  }
}
