/** What lies under the pointer: the nearest point of each line, and where it is drawn. */

import { nearest, pxFromX, pxFromY } from "../charts/buckets";
import type { Projection } from "../charts/buckets";
import type { TooltipRow } from "../charts/tooltip";
import { unfinishedFrom } from "../charts/unfinished";
import { asWritten } from "../store/series";
import type { Curve, SeriesBuffer } from "../store/series";
import { GAP } from "../text/format";
import { nearestOnCurve, withoutRest } from "./held";

/** How far from a point the pointer may be, in CSS pixels. */
const REACH_PX = 8;

export interface Hit {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** In CSS pixels from the left and top of the plot. */
  readonly left: number;
  readonly top: number;
  /** It is of a bucket of time that has not ended. */
  readonly isUnfinished: boolean;
}

/** The point nearest to `x`; null for a gap. `ratio` is device pixels a CSS pixel. */
export function hitAt(
  line: { series: SeriesBuffer | null; curve: Curve | null; finishedTo?: number }, x: number, at: Projection, ratio: number,
): Hit | null {
  const { series, curve, finishedTo = Infinity } = line;
  const hit = (px: number, value: number, low: number, high: number, isUnfinished = false): Hit => ({
    x: px, value, low, high, isUnfinished,
    left: (pxFromX(px, at) - at.left) / ratio, top: (pxFromY(value, at) - at.top) / ratio,
  });
  if (curve) {
    const i = nearestOnCurve(curve, x);
    const value = withoutRest(curve.ys[i] ?? NaN, curve);
    return i < 0 ? null : hit(curve.xs[i] as number, value, value, value);
  }
  if (!series) return null;
  const perPx = ((at.x1 - at.x0) / at.width) * ratio;
  const cadence = Number.isNaN(series.cadence) ? 0 : series.cadence;
  const i = nearest(series, x, Math.max(REACH_PX * perPx, series.width, 1.25 * cadence));
  const value = i < 0 ? NaN : (series.last[i] as number);
  if (Number.isNaN(value)) return null;
  const [low, high] = [asWritten(series.min[i] as number), asWritten(series.max[i] as number)];
  return hit(series.xAt(i), asWritten(value), low, high, i >= unfinishedFrom(series, finishedTo));
}

/** A line of the tooltip, without its name; `x` is NaN for a gap. `soFar` is said of what is unfinished. */
export function rowOf(
  hit: Hit | null, text: (value: number) => string, soFar: string, between: (low: string, high: string) => string,
): Omit<TooltipRow, "label" | "color"> & { x: number } {
  if (!hit) return { value: GAP, spread: "", left: NaN, top: NaN, x: NaN };
  const [low, high] = [text(hit.low), text(hit.high)];
  const notes = [low === high ? "" : between(low, high), hit.isUnfinished ? soFar : ""];
  return { value: text(hit.value), spread: notes.filter(Boolean).join(", "), left: hit.left, top: hit.top, x: hit.x };
}
