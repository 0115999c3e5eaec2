/** Ticks and labels of a line chart: time in the screen's zone, numbers in the viewer's way of writing them. */

import type { Format, LinePanel } from "../generated/wire";
import { timeTicks, tickFields } from "../charts/timeaxis";
import type { ZoneOffsets } from "../charts/timeaxis";
import { decimalsOfStep, roundRange, ticksOf } from "../charts/yrange";
import { LONG_MIN } from "../text/format";
import type { Formatter } from "../text/format";

const DAY = 86_400;
/** Labels with more digits after the point would take the room of the chart. */
const DECIMALS_MAX = 6;

/** In which values of this format are round. */
export function roundUnit(format: Format, high: number): number {
  // Without data yet the greatest value is no number: no unit is too large for it then.
  const size = Number.isFinite(high) ? Math.abs(high) : 0;
  if (format.kind === "percent") return format.whole / 100;
  if (format.kind === "bytes") return 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, size)) / 10));
  if (format.kind === "duration") return size >= 2 * DAY ? DAY : size >= 7200 ? 3600 : size >= 120 ? 60 : 1;
  return 1;
}

export function valueLabels(format: Format, ticks: readonly number[], step: number, formatter: Formatter): string[] {
  if (format.kind === "number" || format.kind === "percent") {
    const unit = roundUnit(format, 0);
    const size = Math.max(...ticks.map((value) => Math.abs(value / unit)));
    const isShort = size >= LONG_MIN || decimalsOfStep(step / unit) > DECIMALS_MAX && size < 1;
    if (isShort && format.kind === "number" && !format.compact) return sharedPower(ticks, step, size, formatter);
    const decimals = format.kind === "number" && format.compact ? undefined : decimalsOfStep(step / unit);
    const sign = format.kind === "percent" ? "\u00a0%" : "";
    return ticks.map((value) => formatter.plain(value / unit, decimals, format.compact) + sign);
  }
  if (format.kind === "currency") return ticks.map((value) => formatter.text({ ...format, compact: true, decimals: null }, value));
  return ticks.map((value) => formatter.text({ ...format, decimals: null }, value));
}

/** Values too great or too small to be written in full: multiples of the power of ten of the greatest. */
function sharedPower(ticks: readonly number[], step: number, size: number, formatter: Formatter): string[] {
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  const decimals = decimalsOfStep(step / 10 ** exponent);
  return ticks.map((value) => formatter.powered(value, exponent, decimals));
}

export class LineAxis {
  private step = 1;

  constructor(private readonly kind: LinePanel["x"], private readonly zone: ZoneOffsets) {}

  ticks(x0: number, x1: number, count: number): number[] {
    if (this.kind === "time") {
      const { at, step } = timeTicks(x0, x1, count, this.zone);
      this.step = step;
      return at;
    }
    const range = roundRange(x0, x1);
    this.step = range.step;
    return ticksOf(range).filter((tick) => tick >= x0 && tick <= x1);
  }

  labels(ticks: readonly number[], formatter: Formatter): string[] {
    if (this.kind !== "time") return ticks.map((tick) => formatter.plain(tick, decimalsOfStep(this.step)));
    return ticks.map((tick) => {
      const midnight = Math.abs((tick + this.zone.at(tick)) % DAY) < 1e-6;
      return formatter.time(tick, tickFields(this.step, midnight && this.step >= 60));
    });
  }

  /** A value of x in full, as a tooltip says it; with its day where that is not the day of `present`. */
  full(x: number, span: number, formatter: Formatter, present: number): string {
    if (this.kind !== "time") return formatter.plain(x);
    const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    const year = (secs: number) => formatter.time(secs, { year: "numeric" });
    const isOther = Number.isFinite(present) && formatter.days(x, x, present) !== "";
    const day: Intl.DateTimeFormatOptions = span > DAY / 2 || isOther ? { day: "numeric", month: "short" } : {};
    const fields = isOther && year(x) !== year(present) ? { ...time, ...day, year: "numeric" as const } : { ...time, ...day };
    return formatter.time(x, span < 20 ? { ...fields, fractionalSecondDigits: 3 } : fields);
  }
}
