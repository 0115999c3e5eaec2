/** Ranges of x that are moved, zoomed and pinched, and where that ends. Pure. */

import type { Range } from "./viewing";

/** Between which x a range may be moved. A range that lies beyond already is not driven back. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** The narrowest range, as a share of the greatest x in it: below it float64 has few steps left. */
const LEAST_SHARE = 2 ** -40;
/** What ends so close to the present, as a share of its width, ends at the present. */
const NEAR_SHARE = 0.01;
export function widthOf({ x0, x1 }: Range): number {
  return x1 - x0;
}

/** Moved by `by` in x, as far as the bounds let it; positive: later. */
export function moved({ x0, x1 }: Range, by: number, { low, high }: Bounds): Range {
  const free = by < 0 ? Math.max(by, Math.min(0, low - x0)) : Math.min(by, Math.max(0, high - x1));
  return { x0: x0 + free, x1: x1 + free };
}

/** Whether the range could be moved further to the left by more than can be seen. */
export function canMoveLeft(range: Range, { low }: Bounds): boolean {
  return range.x0 - low > widthOf(range) * NEAR_SHARE;
}

/** Whether nothing of the present is left to move to. */
export function isAtPresent(range: Range, high: number): boolean {
  return range.x1 >= high - widthOf(range) * NEAR_SHARE;
}

/**
 * `factor` times as wide; what lies at `share` of the width stays there, unless the range would then end after
 * `present`. It may become `widest`.
 */
export function zoomedAround(range: Range, share: number, factor: number, widest: number, present: number): Range {
  const width = widthOf(range);
  const least = Math.max(Math.abs(range.x0), Math.abs(range.x1)) * LEAST_SHARE;
  const most = Math.max(width, widest);
  const wide = Math.max(Math.min(width, least), Math.min(width * factor, most));
  const x0 = range.x0 + share * (width - wide);
  const over = Math.max(0, x0 + wide - Math.max(present, range.x1));
  return { x0: x0 - over, x1: x0 - over + wide };
}

/** Fingers nearer to each other than this share of the width are one. */
const APART_SHARE = 0.02;

/**
 * What was under one or two fingers stays under them: `before` and `now` are where they were and are, in shares of the
 * width.
 */
export function underFingers(range: Range, before: readonly number[], now: readonly number[]): Range {
  const [from = 0, fromOther] = before;
  const [to = 0, toOther] = now;
  const width = widthOf(range);
  let wide = width;
  if (fromOther !== undefined && toOther !== undefined) {
    const apart = fromOther - from;
    const sign = apart < 0 ? -1 : 1;
    wide = (width * Math.max(APART_SHARE, Math.abs(apart))) / Math.max(APART_SHARE, sign * (toOther - to));
  }
  const x0 = range.x0 + from * width - to * wide;
  return { x0, x1: x0 + wide };
}
