/** Which x a live chart shows, and which values lie in it. */

import { extremes } from "../charts/buckets";
import { roundRange } from "../charts/yrange";
import type { LinePanel, LineSeries, Reference } from "../generated/wire";
import type { Slots } from "../store/slots";
import { curveExtent } from "./held";

type Interval = [number, number];

/** A reference further away than this many times the data's own range does not squash the data. */
const REFERENCE_REACH = 1.5;

/** The range that follows the present. `span` is the viewer's own choice, for charts over time. */
export function liveRange(panel: LinePanel, slots: Slots, at: number, span: number | null): Interval {
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
  const right = panel.x === "time" ? at : newest;
  const width = (panel.x === "time" && panel.window_secs !== null ? span : null) ?? panel.window_secs;
  if (!Number.isFinite(right)) return [0, 1];
  if (width !== null) return [right - width, right];
  return low < right ? [low, right] : [right - 1, right];
}

/** Least and greatest value in a range of x; an empty interval for none. */
export function valuesIn(lines: readonly LineSeries[], slots: Slots, x: readonly [number, number]): Interval {
  let low = Infinity;
  let high = -Infinity;
  for (const { slot } of lines) {
    const series = slots.series(slot);
    const [min, max] = series ? extremes(series, x[0], x[1]) : curveExtent([slots.curve(slot)], "ys");
    low = Math.min(low, min);
    high = Math.max(high, max);
  }
  return [low, high];
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
