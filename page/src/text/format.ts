/** Values as text, by the viewer's locale. The unit is apart, so that a card can set it small. */

import type { Format } from "../generated/wire";
import type { ScalarValue } from "../wire/decode";
import type { Words } from "./words";

export interface Formatted {
  readonly main: string;
  /** What follows the number: "%", "€", "GiB"; empty for none. */
  readonly unit: string;
}

export const GAP = "—";
export const PLAIN: Format = {
  kind: "number", decimals: null, currency: null, whole: 1, compact: false, date_style: "datetime",
};

export class Formatter {
  private readonly numbers = new Map<string, Intl.NumberFormat>();
  private readonly dates = new Map<string, Intl.DateTimeFormat>();

  constructor(readonly locale: string, readonly zone: string, readonly words: Words) {}

  /** A value as one line of text. */
  text(format: Format, value: ScalarValue | undefined, decimals?: number): string {
    const { main, unit } = this.parts(format, value, decimals);
    return unit ? `${main}\u00a0${unit}` : main;
  }

  parts(format: Format, value: ScalarValue | undefined, decimals?: number): Formatted {
    if (value === null || value === undefined) return { main: GAP, unit: "" };
    if (typeof value === "boolean") return { main: value ? this.words.yes : this.words.no, unit: "" };
    if (typeof value === "string") return { main: value, unit: "" };
    if (Number.isNaN(value)) return { main: GAP, unit: "" };
    if (!Number.isFinite(value)) return { main: value > 0 ? "∞" : "−∞", unit: "" };
    const digits = format.decimals ?? decimals;
    switch (format.kind) {
      case "percent":
        return { main: this.plain((value / format.whole) * 100, digits, format.compact), unit: "%" };
      case "currency":
        return this.currency(value, format.currency ?? "EUR", digits, format.compact);
      case "duration":
        return this.duration(value, digits);
      case "bytes":
        return this.bytes(value, digits);
      case "date":
        return { main: this.date(value, format.date_style), unit: "" };
      case "text":
        return { main: String(value), unit: "" };
      default:
        return { main: this.plain(value, digits, format.compact), unit: "" };
    }
  }

  /** A number without unit; digits by magnitude where none are asked for. */
  plain(value: number, decimals?: number | null, compact = false): string {
    const size = Math.abs(value);
    const fixed = decimals !== undefined && decimals !== null;
    // As decimals they would be zeros, of which nobody can tell how many they are.
    if (!fixed && (isTiny(size) || (compact && size >= HUGE_MIN))) return this.scientific(value);
    if (compact && size >= 1000) return this.number(shortOptions(decimals)).format(value);
    const digits = fixed ? decimals : automaticDecimals(value);
    return this.number({
      minimumFractionDigits: fixed ? digits : 0, maximumFractionDigits: digits,
    }).format(size < 0.5 * 10 ** -digits ? 0 : value);
  }

  /** 3.30×10⁻¹². */
  private scientific(value: number): string {
    return this.powered(value, Number(value.toExponential(2).split("e")[1]), 2);
  }

  /** As a multiple of a power of ten, which numbers below one another share. */
  powered(value: number, exponent: number, decimals: number): string {
    return value === 0 ? this.plain(0) : `${this.plain(value / 10 ** exponent, decimals)}×10${raised(exponent)}`;
  }

  /** A number that names something, such as a year: without separators of thousands. */
  name(value: number): string {
    return this.number({ useGrouping: false, maximumFractionDigits: 10 }).format(value === 0 ? 0 : value);
  }

  /** Time of day, or day, or both, in the screen's zone. */
  date(secs: number, style: Format["date_style"]): string {
    const day: Intl.DateTimeFormatOptions = { day: "2-digit", month: "short", year: "numeric" };
    const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    return this.time(secs, style === "date" ? day : style === "time" ? time : { ...day, ...time });
  }

  /** The days from one moment to another, in the screen's zone; empty where all of it is the day of `present`. */
  days(from: number, to: number, present: number): string {
    const of = (secs: number) => this.date(secs, "date");
    if ([from, to].some((secs) => of(secs) === GAP) || (of(from) === of(present) && of(to) === of(present))) return "";
    return this.dateFormat({ day: "numeric", month: "short", year: "numeric" }).formatRange(from * 1000, to * 1000);
  }

  /** A moment, in the screen's zone, with these fields. */
  time(secs: number, options: Intl.DateTimeFormatOptions): string {
    if (!Number.isFinite(secs) || Math.abs(secs) > 8.64e12) return GAP;
    return this.dateFormat(options).format(secs * 1000);
  }

  private dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    let format = this.dates.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.locale, { timeZone: this.zone, ...options });
      this.dates.set(key, format);
    }
    return format;
  }

  private currency(value: number, currency: string, decimals: number | undefined, compact: boolean): Formatted {
    const short = compact && Math.abs(value) >= 1000;
    const digits = decimals ?? (Math.abs(value) >= 1000 ? 0 : undefined);
    const parts = this.number({
      style: "currency", currency,
      ...(short ? shortOptions(decimals) : digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    }).formatToParts(value);
    // A sign that follows the number is a unit; one before it belongs to the number.
    const last = parts.at(-1);
    if (last?.type !== "currency") return { main: parts.map((part) => part.value).join(""), unit: "" };
    const main = parts.slice(0, -1).map((part) => part.value).join("");
    return { main: main.trimEnd(), unit: last.value };
  }

  private duration(secs: number, decimals: number | undefined): Formatted {
    const { day, hour, minute, second, milli, micro } = this.words.units;
    const size = Math.abs(secs);
    const sign = secs < 0 ? "−" : "";
    if (size === 0) return { main: this.plain(0, decimals), unit: second };
    if (size < 1e-3) return { main: this.plain(secs * 1e6, decimals), unit: micro };
    if (size < 1) return { main: this.plain(secs * 1e3, decimals), unit: milli };
    if (size < 60) return { main: this.plain(secs, decimals), unit: second };
    const whole = Math.floor(size);
    const two = (value: number) => String(value).padStart(2, "0");
    if (whole < 3600) return { main: `${sign}${Math.floor(whole / 60)} ${minute} ${two(whole % 60)}\u00a0${second}`, unit: "" };
    if (whole < 86_400) {
      return { main: `${sign}${Math.floor(whole / 3600)} ${hour} ${two(Math.floor((whole % 3600) / 60))}\u00a0${minute}`, unit: "" };
    }
    return { main: `${sign}${Math.floor(whole / 86_400)} ${day} ${Math.floor((whole % 86_400) / 3600)}\u00a0${hour}`, unit: "" };
  }

  private bytes(value: number, decimals: number | undefined): Formatted {
    const power = Math.min(this.words.bytes.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)));
    return { main: this.plain(value / 1024 ** power, decimals), unit: this.words.bytes[power] as string };
  }

  private number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    let format = this.numbers.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, options);
      this.numbers.set(key, format);
    }
    return format;
  }
}

function raised(exponent: number): string {
  return String(exponent).replace("-", "⁻").replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)));
}

/** 48.2 k: three significant digits, so that the width stays. */
function shortOptions(decimals: number | null | undefined): Intl.NumberFormatOptions {
  return {
    notation: "compact",
    ...(decimals === null || decimals === undefined
      ? { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  };
}

/** From here on a number is written short where there is little room: a part of its digits would be another number. */
export const LONG_MIN = 1e12;
/** From here on short words for powers of a thousand end: 1,630T is harder to read than 1.63×10¹⁵. */
const HUGE_MIN = 1e15;
const TINY_MAX = 1e-6;
const NOISE_SHARE = 1e-6;

function isTiny(size: number): boolean {
  return size > 0 && size < TINY_MAX;
}

/** Digits after the point that leave about three significant ones. */
export function automaticDecimals(value: number): number {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return 0;
  if (size >= 10) return 1;
  if (size >= 1) return 2;
  return Math.min(12, 2 - Math.floor(Math.log10(size)));
}

/** Keeps a value that moves from dropping its decimals whenever it happens to be whole. */
export class SteadyDecimals {
  private fractional = false;
  private greatest = 0;

  /** Digits to show, or undefined where the format's own rule will do. */
  of(value: ScalarValue, factor = 1): number | undefined {
    if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
    const shown = value * factor;
    if (!Number.isInteger(shown)) this.fractional = true;
    if (!this.fractional) return undefined;
    const size = Math.abs(shown);
    if (size > this.greatest) this.greatest = size;
    // What crosses zero is not written as a power for a moment, nor is what is left of it by arithmetic.
    if (isTiny(size) && size < this.greatest * NOISE_SHARE) return 2;
    if (isTiny(size) || size >= LONG_MIN) return undefined;
    return size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 || size === 0 ? 2 : automaticDecimals(shown);
  }
}

/** Digits after the point that suit all of these values, so that a column lines up; undefined for a column without numbers. */
export function columnDecimals(values: Iterable<ScalarValue | undefined>, factor = 1): number | undefined {
  let largest = -1;
  let fractional = false;
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const shown = value * factor;
    largest = Math.max(largest, Math.abs(shown));
    fractional ||= !Number.isInteger(shown);
  }
  if (largest < 0 || isTiny(largest)) return undefined;
  if (!fractional || largest >= 10_000) return 0;
  return largest >= 10 ? 1 : largest >= 1 ? 2 : automaticDecimals(largest);
}

/** Amounts below one another have the same digits: those of whole numbers where one is large, else the currency's own. */
export function amountDecimals(format: Format, values: Iterable<ScalarValue | undefined>): number | undefined {
  if (format.kind !== "currency" || format.compact) return undefined;
  return [...values].some((value) => typeof value === "number" && Math.abs(value) >= 1000) ? 0 : undefined;
}

/** As `format`, or short where the value has more digits than anybody reads. */
export function shortened(format: Format, value: ScalarValue): Format {
  const isLong = typeof value === "number" && Math.abs(value) >= LONG_MIN && format.decimals === null;
  return isLong && (format.kind === "number" || format.kind === "currency") ? { ...format, compact: true } : format;
}

/** About how wide a text is, in heights of its letters: figures are equally wide, points and spaces narrow. */
export function widthInEms(text: string): number {
  let ems = 0;
  for (const letter of text) ems += /[\s.,:;'’|il]/.test(letter) ? 0.32 : /[MWmw%—]/.test(letter) ? 0.9 : 0.63;
  return ems;
}
