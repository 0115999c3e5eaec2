/** Questions to the data that a chart holds. */

import type { LineSeries } from "../generated/wire";
import type { Curve } from "../store/series";
import type { Slots } from "../store/slots";
import type { HeldPoints } from "./renderer";

/** Least and greatest of some curves' x or y; an empty interval for none. */
export function curveExtent(curves: readonly (Curve | null)[], axis: "xs" | "ys"): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const curve of curves) {
    if (!curve) continue;
    for (const value of curve[axis]) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** Index of the curve's point that is nearest in x; -1 for none. */
export function nearestOnCurve(curve: Curve, x: number): number {
  let best = -1;
  let distance = Infinity;
  for (let i = 0; i < curve.xs.length; i += 1) {
    const away = Math.abs((curve.xs[i] as number) - x);
    if (away < distance && !Number.isNaN(curve.ys[i] as number)) {
      best = i;
      distance = away;
    }
  }
  return best;
}

/** Below this share of a curve's range a value is what arithmetic leaves of zero: sin(2π) is -2.4×10⁻¹⁶. */
const REST_SHARE = 1e-9;
const ranges = new WeakMap<Curve, number>();

/** A value of a curve, to be read by people. */
export function withoutRest(value: number, curve: Curve): number {
  let range = ranges.get(curve);
  if (range === undefined) {
    const [low, high] = curveExtent([curve], "ys");
    range = high - low;
    ranges.set(curve, range);
  }
  return Math.abs(value) < range * REST_SHARE ? 0 : value;
}

export function heldPoints(lines: readonly Pick<LineSeries, "slot" | "label">[], slots: Slots): HeldPoints[] {
  return lines.map(({ slot, label }) => {
    const curve = slots.curve(slot);
    if (curve) {
      const ys = Array.from(curve.ys);
      return { label, k: 0, ids: [], xs: Array.from(curve.xs), ys, first: ys, min: ys, max: ys };
    }
    const series = slots.series(slot);
    if (!series) return { label, k: 0, ids: [], xs: [], ys: [], first: [], min: [], max: [] };
    const { start, end } = series;
    const ids = Array.from(series.ids.subarray(start, end));
    const column = (values: Float64Array) => Array.from(values.subarray(start, end));
    return {
      label, k: series.k, ids, xs: ids.map((id) => (id + 0.5) * series.width), ys: column(series.last),
      first: column(series.first), min: column(series.min), max: column(series.max),
    };
  });
}
