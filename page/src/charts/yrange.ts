/** The range of a value axis: it fits the data, grows at once, and shrinks only after a calm while. */

export interface AxisRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A narrower range must be enough for this long before the axis follows. */
const SHRINK_AFTER_SECS = 10;
const SHRINK_SHARE = 0.7;
/** A least value below this share of the greatest might as well start at zero. */
const ZERO_SHARE = 0.3;
const INTERVALS_MAX = 4;

/** The smallest round range with at most five ticks that holds [low, high]. */
export function roundRange(low: number, high: number): AxisRange {
  if (!(low <= high)) return { min: 0, max: 1, step: 0.5 };
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) * 0.1;
    return roundRange(low > 0 ? Math.max(0, low - pad) : low - pad, high + pad);
  }
  for (let power = Math.floor(Math.log10((high - low) / INTERVALS_MAX)); ; power += 1) {
    for (const factor of [1, 2, 2.5, 5]) {
      const step = Number((factor * 10 ** power).toPrecision(12));
      const first = Math.floor(low / step + 1e-9);
      const last = Math.ceil(high / step - 1e-9);
      if (last - first <= INTERVALS_MAX) return { min: first * step, max: last * step, step };
    }
  }
}

/** Round values from `min` to `max`. */
export function ticksOf({ min, max, step }: AxisRange): number[] {
  const ticks: number[] = [];
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  for (let i = first; i <= last && ticks.length < 12; i += 1) ticks.push(Number((i * step).toPrecision(15)));
  return ticks;
}

/** Digits after the point that ticks of this step need. */
export function decimalsOfStep(step: number): number {
  for (let decimals = 0; decimals < 12; decimals += 1) {
    if (Math.abs(step - Number(step.toFixed(decimals))) < step * 1e-6) return decimals;
  }
  return 12;
}

export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
  /** The axis must hold zero. */
  readonly zero: boolean;
  /** In which the ticks shall be round: 1024 for KiB, 60 for minutes. */
  readonly unit?: number;
}

export class SteadyRange {
  private current: AxisRange | null = null;
  private calmSince = NaN;
  private calmLow = Infinity;
  private calmHigh = -Infinity;

  /** The data now lies in [low, high] (an empty interval: no data); `now` in seconds. */
  fit(low: number, high: number, bounds: Bounds, now: number): AxisRange {
    const wanted = bounded(low, high, bounds);
    const { current } = this;
    if (!(low <= high)) {
      this.calm(NaN);
      // An axis without data is nothing that what comes then must hold too.
      return current ?? wanted;
    }
    if (current === null) return this.settle(wanted);
    if (wanted.min < current.min || wanted.max > current.max) {
      return this.settle(bounded(Math.min(low, current.min), Math.max(high, current.max), bounds));
    }
    if (wanted.max - wanted.min > (current.max - current.min) * SHRINK_SHARE) {
      this.calm(NaN);
      return current;
    }
    if (Number.isNaN(this.calmSince) || now < this.calmSince) this.calm(now);
    this.calmLow = Math.min(this.calmLow, low);
    this.calmHigh = Math.max(this.calmHigh, high);
    if (now - this.calmSince < SHRINK_AFTER_SECS) return current;
    return this.settle(bounded(this.calmLow, this.calmHigh, bounds));
  }

  /** Another range of x: fit afresh. */
  forget(): void {
    this.current = null;
    this.calm(NaN);
  }

  private settle(range: AxisRange): AxisRange {
    this.current = range;
    this.calm(NaN);
    return range;
  }

  private calm(since: number): void {
    this.calmSince = since;
    this.calmLow = Infinity;
    this.calmHigh = -Infinity;
  }
}

function bounded(low: number, high: number, bounds: Bounds): AxisRange {
  let from = low;
  let to = high;
  if (bounds.zero || (low > 0 && low < high * ZERO_SHARE)) from = Math.min(0, low);
  if (bounds.zero || (high < 0 && high > low * ZERO_SHARE)) to = Math.max(0, high);
  const unit = bounds.unit ?? 1;
  const range = roundRange((bounds.min ?? from) / unit, (bounds.max ?? to) / unit);
  return { min: bounds.min ?? range.min * unit, max: bounds.max ?? range.max * unit, step: range.step * unit };
}
