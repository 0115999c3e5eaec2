/** Round moments of a zone: ticks of a time axis, right on both days when the clocks change. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Steps in seconds of local time; above a day they are counted from local midnight. */
const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY,
] as const;
/** Steps in months. */
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200] as const;
const MONTH_SECS = 30.44 * DAY;

/** How far a zone is ahead of UTC, asked once a quarter of an hour: no zone changes more finely. */
export class ZoneOffsets {
  private readonly known = new Map<number, number>();
  private readonly format: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit", era: "short",
    });
  }

  /** Seconds to add to UTC. */
  at(secs: number): number {
    const quarter = Math.floor(secs / 900);
    let offset = this.known.get(quarter);
    if (offset === undefined) {
      if (this.known.size > 4096) this.known.clear();
      offset = this.ask(quarter * 900);
      this.known.set(quarter, offset);
    }
    return offset;
  }

  /** UTC seconds of a local time. */
  utc(local: number): number {
    const guess = local - this.at(local);
    return local - this.at(guess);
  }

  private ask(secs: number): number {
    const parts: Record<string, string> = {};
    for (const { type, value } of this.format.formatToParts(secs * 1000)) parts[type] = value;
    const field = (name: string) => Number(parts[name]);
    const year = parts["era"] === "BC" ? 1 - field("year") : field("year");
    const date = new Date(0);
    date.setUTCFullYear(year, field("month") - 1, field("day"));
    date.setUTCHours(field("hour"), field("minute"), field("second"));
    return date.getTime() / 1000 - secs;
  }
}

export interface TimeTicks {
  readonly at: number[];
  /** Seconds between them, about. */
  readonly step: number;
}

/** At most `count` round moments in [from, to]. */
export function timeTicks(from: number, to: number, count: number, zone: ZoneOffsets): TimeTicks {
  const least = (to - from) / Math.max(1, count);
  if (!(least > 0) || !Number.isFinite(least)) return { at: [], step: 1 };
  const step = STEPS.find((one) => one >= least);
  return step === undefined ? monthTicks(from, to, least, zone) : stepTicks(from, to, step, zone);
}

function stepTicks(from: number, to: number, step: number, zone: ZoneOffsets): TimeTicks {
  const at: number[] = [];
  let index = Math.ceil((from + zone.at(from)) / step - 1e-6);
  // A clock that goes back says an hour twice: start an hour early, keep what is in range and moves on.
  if (step >= MINUTE) index -= Math.ceil(HOUR / step);
  for (let guard = 0; guard < 2000; guard += 1, index += 1) {
    const local = Number((index * step).toFixed(3));
    const moment = step >= MINUTE ? zone.utc(local) : local - zone.at(from);
    if (moment > to) break;
    if (moment >= from && (at.length === 0 || moment > (at.at(-1) as number))) at.push(moment);
  }
  return { at, step };
}

function monthTicks(from: number, to: number, least: number, zone: ZoneOffsets): TimeTicks {
  const months = MONTHS.find((one) => one * MONTH_SECS >= least) ?? 1200;
  const at: number[] = [];
  const start = new Date((from + zone.at(from)) * 1000);
  let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
  for (let guard = 0; guard < 200; guard += 1, month += months) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const moment = zone.utc(date.getTime() / 1000);
    if (moment > to) break;
    if (moment >= from) at.push(moment);
  }
  return { at, step: months * MONTH_SECS };
}

/** Fields to show at a tick, by the distance between ticks; at midnight the day instead of 00:00. */
export function tickFields(step: number, isMidnight: boolean): Intl.DateTimeFormatOptions {
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (step >= 11 * MONTH_SECS) return { year: "numeric" };
  if (step >= 28 * DAY) return { month: "short", year: "numeric" };
  if (step >= DAY || isMidnight) return { day: "numeric", month: "short" };
  if (step >= MINUTE) return time;
  if (step >= 1) return { ...time, second: "2-digit" };
  return { minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 };
}
