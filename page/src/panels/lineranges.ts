/** Which x a live chart shows, and which values lie in it. */

import { extremes } from "../charts/buckets";
import { roundRange } from "../charts/yrange";
import type { LinePanel, LineSeries, Reference } from "../generated/wire";
import type { SeriesBuffer } from "../store/series";
import type { Slots } from "../store/slots";
import { curveExtent } from "./held";

type Interval = [number, number];

/** Clocks may differ by so much, in seconds, without a word; and more of it is said to so many. */
const AHEAD_MIN_SECS = 5;
const AHEAD_STEP_SECS = 10;

/** A reference further away than this many times the data's own range does not squash the data. */
const REFERENCE_REACH = 1.5;

/** What is shown whole, and ended so long ago beside its own length, is shown up to its end and not to the present. */
const OLD_SHARE = 0.1;

/** What a live range is drawn on. */
export interface Ground {
  /** Device pixels. */
  readonly px: number;
  /** Where the grid of whole pixels begins, as a share of a pixel: charts move on at different moments. */
  readonly phase: number;
}

/** The range that follows the present, in whole pixels. `span` is the viewer's own choice, for charts over time. */
export function liveRange(panel: LinePanel, slots: Slots, at: number, span: number | null, ground: Ground): Interval {
  if (panel.x === "free") {
    const [low, high] = curveExtent(panel.series.map(({ slot }) => slots.curve(slot)), "xs");
    const range = roundRange(low, high);
    return [range.min, range.max];
  }
  let low = Infinity;
  let newest = -Infinity;
  for (const { slot } of panel.series) {
    const series = slots.series(slot);
    if (!series || series.size === 0) continue;
    low = Math.min(low, series.lowId * series.width);
    if (series.newest > newest) newest = series.newest;
  }
  const right = presentOf(panel, low, newest, at);
  const width = (panel.x === "time" && panel.window_secs !== null ? span : null) ?? panel.window_secs;
  if (!Number.isFinite(right)) return [0, 1];
  if (width !== null) return followed([right - width, right], ground);
  return low < right ? grown([low, right], ground) : [right - 1, right];
}

/** By how much the newest point of a chart over time is ahead of the server's clock, in steps; 0 where it hardly is. */
export function aheadOf(panel: Pick<LinePanel, "x" | "series">, slots: Slots, at: number): number {
  if (panel.x !== "time") return 0;
  let ahead = 0;
  for (const { slot } of panel.series) {
    const newest = slots.series(slot)?.newest ?? NaN;
    if (Number.isFinite(newest)) ahead = Math.max(ahead, newest - at);
  }
  return ahead > AHEAD_MIN_SECS ? Math.max(1, Math.round(ahead / AHEAD_STEP_SECS)) * AHEAD_STEP_SECS : 0;
}

/** Where a chart ends that follows the present; `low` and `newest`: first and last x of its data. Infinite without any. */
export function presentOf(panel: Pick<LinePanel, "x" | "window_secs">, low: number, newest: number, at: number): number {
  const isOld = panel.window_secs === null && at - newest > OLD_SHARE * (newest - low);
  return panel.x === "time" && !isOld ? at : newest;
}

/**
 * The same range, moved right by at most a device pixel onto a grid that is fixed in absolute x: what follows the
 * present moves by whole pixels, and rests in between.
 */
export function followed([x0, x1]: Interval, { px, phase }: Ground): Interval {
  const step = (x1 - x0) / px;
  if (!(step > 0) || !Number.isFinite(step)) return [x0, x1];
  const right = (Math.floor(x1 / step - phase) + 1 + phase) * step;
  return [right - px * step, right];
}

/** A range without a fixed width, widened by at most two device pixels on either side: it grows in steps. */
export function grown([x0, x1]: Interval, { px }: Ground): Interval {
  const step = 2 ** Math.ceil(Math.log2((x1 - x0) / px));
  if (!(step > 0) || !Number.isFinite(step)) return [x0, x1];
  return [Math.floor(x0 / step) * step, (Math.floor(x1 / step) + 1) * step];
}

/** Least and greatest value in a range of x; an empty interval for none. */
export function valuesIn(lines: readonly LineSeries[], slots: Slots, x: readonly [number, number]): Interval {
  let low = Infinity;
  let high = -Infinity;
  for (const { slot } of lines) {
    const series = slots.series(slot);
    const [min, max] = series ? seenValues(series, x[0], x[1]) : curveExtent([slots.curve(slot)], "ys");
    low = Math.min(low, min);
    high = Math.max(high, max);
  }
  return [low, high];
}

/** Of the points in sight; without any, of the line that crosses the picture. */
function seenValues(series: SeriesBuffer, x0: number, x1: number): Interval {
  const found = extremes(series, x0, x1);
  const right = series.indexOfX(x0);
  const left = right - 1;
  if (found[0] <= found[1] || left < series.start || right >= series.end || series.breaksBefore(right)) return found;
  const from = series.last[left] as number;
  const by = ((series.first[right] as number) - from) / (series.xAt(right) - series.xAt(left));
  const values = [x0, x1].map((x) => from + (x - series.xAt(left)) * by);
  return Number.isNaN(by) ? found : [Math.min(...values), Math.max(...values)];
}

/** The interval, wide enough for the references that are near. */
export function withReferences([low, high]: Interval, references: readonly Reference[]): Interval {
  const reach = Math.max(high - low, Math.abs(high) * 0.05) * REFERENCE_REACH;
  let from = low;
  let to = high;
  for (const { value } of references) {
    if (value > to && value - high <= reach) to = value;
    else if (value < from && low - value <= reach) from = value;
  }
  return [from, to];
}
