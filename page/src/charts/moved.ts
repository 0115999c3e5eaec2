/** A picture that only moved on: what is there is moved left, and only what comes in at its right is drawn. */

import type { Box } from "./tip";

type Interval = readonly [number, number];

/** A move by this share of a device pixel beside a whole number of them is one of that number: x has no more digits. */
const EXACT_SHARE = 0.01;

/** Device pixels that a range which is `px` of them wide has moved right; NaN where it is no whole number, or to the left. */
export function pixelsMoved(before: Interval, after: Interval, px: number): number {
  const step = (before[1] - before[0]) / px;
  const num = Math.round((after[1] - before[1]) / step);
  const isWhole = [0, 1].every((end) => Math.abs(((after[end] as number) - (before[end] as number)) / step - num) <= EXACT_SHARE);
  return isWhole && num >= 0 ? num : NaN;
}

/** Move what lies in `area`, and so many device pixels right of it, left into `area`. */
export function moveLeft(context: CanvasRenderingContext2D, area: Box, num: number): void {
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  context.drawImage(context.canvas, -num, 0);
  context.restore();
}
