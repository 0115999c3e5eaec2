/** Spans of time as people say them: coarse, short, never with more precision than they need. */

import type { Unit, Words } from "./words";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** More of one unit are said in several. */
const UNITS_MAX = 999;

/** "14 s", "3 min", "2 h 05", "4 d". */
export function age(secs: number, words: Words): string {
  const { day, hour, minute, second } = words.units;
  const whole = Math.max(0, Math.floor(secs));
  if (whole < MINUTE) return `${whole} ${second}`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} ${minute}`;
  if (whole < DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return `${Math.floor(whole / HOUR)} ${hour}${minutes > 0 ? ` ${String(minutes).padStart(2, "0")}` : ""}`;
  }
  return `${Math.floor(whole / DAY)} ${day}`;
}

/** An interval in full: "5 s", "1 min 30 s", "0.5 s", "24 h", "14 d". */
export function interval(secs: number, words: Words, locale: string): string {
  const { day, hour, minute, second } = words.units;
  if (secs === DAY) return `24 ${hour}`;
  if (secs < MINUTE) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(secs)} ${second}`;
  const parts: string[] = [];
  let left = Math.round(secs);
  for (const [size, unit] of [[DAY, day], [HOUR, hour], [MINUTE, minute], [1, second]] as const) {
    if (left >= size) parts.push(`${Math.floor(left / size)} ${unit}`);
    left %= size;
  }
  return parts.join(" ");
}

/** "every 5 s", "every minute". */
export function every(secs: number, words: Words, locale: string): string {
  const [unit, n] = inUnits(secs) ?? ["second", NaN];
  return words.every(unit, n, interval(secs, words, locale));
}

/** "Last 5 minutes", "Last hour", "Last 24 hours", "Last 7 days"; what no unit says by a whole number: "Last 1 h 30 s". */
export function last(secs: number, words: Words, locale: string): string {
  const found = inUnits(secs);
  return found ? words.last(...found) : words.lastMixed(interval(secs, words, locale));
}

/** The largest unit that says it by a whole number of some digits, and that number; one day is 24 hours. */
function inUnits(secs: number): [Unit, number] | null {
  const units = [["day", DAY], ["hour", HOUR], ["minute", MINUTE], ["second", 1]] as const;
  const found = units.find(([unit, size]) => secs % size === 0 && secs >= (unit === "day" ? 2 * DAY : size));
  return found && secs / found[1] <= UNITS_MAX ? [found[0], secs / found[1]] : null;
}

/** Seconds of "5s", "1m 30s", "500ms" or "5", as the address may say; null for anything else. */
export function secsFromText(text: string): number | null {
  const units: Record<string, number> = { ms: 0.001, s: 1, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Number(text) > 0 ? Number(text) : null;
  if (!/^(\s*\d+(\.\d+)?\s*(ms|s|min|m|h|d))+\s*$/.test(text)) return null;
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)/g)) {
    total += Number(value) * (units[unit as string] as number);
  }
  return total > 0 ? total : null;
}
