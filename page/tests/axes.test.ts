import { describe, expect, test } from "vitest";

import { slicePath } from "../src/charts/arcs";
import { timeTicks, ZoneOffsets } from "../src/charts/timeaxis";
import { LineAxis, roundUnit, valueLabels } from "../src/panels/lineaxes";
import { aheadOf, liveRange } from "../src/panels/lineranges";
import { decimalsOfStep, roundRange, SteadyRange, ticksOf } from "../src/charts/yrange";
import { Formatter, PLAIN } from "../src/text/format";
import { wordsOf } from "../src/text/words";
import { random } from "./random";

const free = { min: null, max: null, zero: false };

describe("a value axis", () => {
  test("is round, holds the data and has at most five ticks", () => {
    const next = random(1);
    for (let round = 0; round < 500; round += 1) {
      const low = (next() - 0.5) * 10 ** Math.floor(next() * 12 - 4);
      const high = low + next() * 10 ** Math.floor(next() * 12 - 4);
      const range = roundRange(low, high);
      expect(range.min).toBeLessThanOrEqual(low + range.step * 1e-6);
      expect(range.max).toBeGreaterThanOrEqual(high - range.step * 1e-6);
      const ticks = ticksOf(range);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
  });

  test("of one value, of none, and of huge numbers is still an axis", () => {
    expect(roundRange(5, 5)).toMatchObject({ min: 4.5, max: 5.5 });
    expect(roundRange(0, 0)).toMatchObject({ min: -1, max: 1 });
    expect(roundRange(Infinity, -Infinity)).toMatchObject({ min: 0, max: 1 });
    expect(roundRange(1e15, 1e15 + 1).max).toBeGreaterThanOrEqual(1e15 + 1);
  });

  test("grows at once, shrinks only after ten calm seconds", () => {
    const range = new SteadyRange();
    expect(range.fit(40, 60, free, 0)).toMatchObject({ min: 40, max: 60 });
    expect(range.fit(40, 95, free, 1).max).toBeGreaterThanOrEqual(95);
    for (let now = 2; now < 12; now += 1) expect(range.fit(40, 60, free, now).max).toBeGreaterThanOrEqual(95);
    expect(range.fit(40, 60, free, 12)).toMatchObject({ min: 40, max: 60 });
  });

  test("fits the first data at once, though it was drawn without any before", () => {
    const range = new SteadyRange();
    expect(range.fit(Infinity, -Infinity, free, 0)).toMatchObject({ min: 0, max: 1 });
    expect(range.fit(177, 182, free, 1).min).toBeGreaterThanOrEqual(170);
    const held = range.fit(Infinity, -Infinity, free, 2);
    expect(held.min).toBeGreaterThanOrEqual(170);
  });

  test("holds zero where it is near or asked for, and obeys fixed bounds", () => {
    expect(new SteadyRange().fit(5, 95, free, 0).min).toBe(0);
    expect(new SteadyRange().fit(80, 95, free, 0).min).toBe(80);
    expect(new SteadyRange().fit(80, 95, { ...free, zero: true }, 0).min).toBe(0);
    expect(new SteadyRange().fit(3, 8, { min: 1, max: 20, zero: false }, 0)).toMatchObject({ min: 1, max: 20 });
  });

  test("is round in units of 1024 where bytes are shown", () => {
    const range = new SteadyRange().fit(0, 3.4 * 1024 ** 3, { ...free, unit: 1024 ** 3 }, 0);
    expect(range.step / 1024 ** 3).toBe(1);
  });

  test("has different ticks though they differ in the twelfth digit", () => {
    const range = roundRange(1e9 - 0.001, 1e9 + 0.001);
    const ticks = ticksOf(range);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticksOf(roundRange(0, 0.4))).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  });

  test("writes what is too long as multiples of one power of ten", () => {
    const written = (low: number, high: number) => {
      const range = roundRange(low, high);
      return valueLabels(PLAIN, ticksOf(range), range.step, new Formatter("en", "UTC", wordsOf("en")));
    };
    expect(written(0, 2.4e15)).toEqual(["0", "1×10¹⁵", "2×10¹⁵", "3×10¹⁵"]);
    expect(written(-3.3e-12, 3.3e-12)).toEqual(["-4×10⁻¹²", "-2×10⁻¹²", "0", "2×10⁻¹²", "4×10⁻¹²"]);
    expect(written(0, 1e-11)).toEqual(["0", "0.25×10⁻¹¹", "0.50×10⁻¹¹", "0.75×10⁻¹¹", "1.00×10⁻¹¹"]);
    expect(written(0, 900_000)[1]).toBe("250,000");
    expect(written(0.001, 0.002)[0]).toBe("0.00100");
  });

  test("knows how many digits its steps need", () => {
    expect([50, 1, 0.5, 0.25, 0.002].map(decimalsOfStep)).toEqual([0, 0, 1, 2, 3]);
  });
});

describe("a time axis (U11)", () => {
  const utc = (text: string) => Date.parse(text) / 1000;
  const hours = (ticks: number[], zone: string) =>
    ticks.map((tick) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(tick * 1000));

  test.each(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])("has round local times in %s", (name) => {
    const zone = new ZoneOffsets(name);
    for (const day of ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2026-07-01"]) {
      const from = utc(`${day}T00:00:00Z`) - 43_200;
      const { at, step } = timeTicks(from, from + 172_800, 9, zone);
      expect(at.length).toBeGreaterThan(3);
      expect(at.every((tick, i) => tick >= from && (i === 0 || tick > (at[i - 1] as number)))).toBe(true);
      const gap = Math.max(...at.slice(1).map((tick, i) => tick - (at[i] as number)));
      expect(gap).toBeLessThanOrEqual(step + 3600);
      for (const hour of hours(at, name)) expect(hour).toMatch(/:00$/);
    }
  });

  test("marks local midnight on the day when clocks go forward", () => {
    const { at } = timeTicks(utc("2026-03-28T12:00Z"), utc("2026-03-31T12:00Z"), 3, new ZoneOffsets("Europe/Paris"));
    expect(at).toEqual([utc("2026-03-28T23:00Z"), utc("2026-03-29T22:00Z"), utc("2026-03-30T22:00Z")]);
  });

  test("goes from milliseconds to decades", () => {
    const zone = new ZoneOffsets("UTC");
    for (const span of [0.01, 1, 60, 3600, 86_400, 30 * 86_400, 3 * 365 * 86_400, 100 * 365 * 86_400]) {
      const { at } = timeTicks(1_790_000_000.123, 1_790_000_000.123 + span, 6, zone);
      expect(at.length).toBeGreaterThan(0);
      expect(at.length).toBeLessThanOrEqual(7);
    }
  });

  test("an empty or endless range has no ticks", () => {
    const zone = new ZoneOffsets("UTC");
    expect(timeTicks(5, 5, 6, zone).at).toEqual([]);
    expect(timeTicks(0, Infinity, 6, zone).at).toEqual([]);
  });
});

test("a slice that is the whole is drawn in two halves", () => {
  const ring = { outer: 10, inner: 5 };
  expect(slicePath(0, 1, ring).match(/M/g)).toHaveLength(2);
  expect(slicePath(0, 0.25, ring)).toMatch(/^M0\.000 -10\.000A10 10 0 0 1 10\.000 -?0\.000L5\.000 .*Z$/);
  expect(slicePath(0, 0.75, ring)).toContain("A10 10 0 1 1");
});

test("before the first value any unit is one, so that the range stays finite", () => {
  for (const kind of ["bytes", "duration", "number"] as const) {
    const range = new SteadyRange();
    const format = { kind, decimals: null, currency: null, whole: 1, compact: false, date_style: "time" } as const;
    const empty = range.fit(Infinity, -Infinity, { min: null, max: null, zero: true, unit: roundUnit(format, -Infinity) }, 0);
    expect(Number.isFinite(empty.max - empty.min)).toBe(true);
    const full = range.fit(0, 2e9, { min: null, max: null, zero: true, unit: roundUnit(format, 2e9) }, 1);
    expect(full.max).toBeGreaterThanOrEqual(2e9);
    expect(full.max).toBeLessThan(1e10);
  }
});

describe("the range of a chart that shows all", () => {
  const panel = { x: "time", window_secs: null, series: [{ slot: 0 }] } as unknown as Parameters<typeof liveRange>[0];
  const ground = { px: 100, phase: 0 };
  const slots = (newest: number) => ({ series: () => ({ size: 2, lowId: 0, width: 1, newest }) }) as unknown as Parameters<typeof liveRange>[1];

  test("goes on to the present while values come", () => {
    expect(liveRange(panel, slots(1000), 1050, null, ground)[1]).toBeGreaterThanOrEqual(1050);
  });

  test("ends where its values ended, long ago beside their own length", () => {
    const [left, right] = liveRange(panel, slots(1000), 5000, null, ground);
    expect(left).toBeLessThanOrEqual(0);
    expect(right).toBeGreaterThanOrEqual(1000);
    expect(right).toBeLessThan(1100);
  });

  test("says by how much its points are ahead of the clock, in steps, and nothing of a few seconds", () => {
    const ahead = (newest: number) => aheadOf(panel, slots(newest), 1000);
    expect([900, NaN, 1000, 1005].map(ahead)).toEqual([0, 0, 0, 0]);
    expect([1005.1, 1012, 1599.9, 1600.1].map(ahead)).toEqual([10, 10, 600, 600]);
    expect(aheadOf({ ...panel, x: "number" }, slots(5000), 1000)).toBe(0);
  });
});

describe("which day it is", () => {
  const formatter = new Formatter("en-GB", "Europe/Paris", wordsOf("en"));
  const at = (text: string) => Date.parse(text) / 1000;
  const now = at("2026-11-22T20:00:00Z");

  test("is said of every range that is not all of today, by the zone of the screen", () => {
    expect(formatter.days(now - 600, now, now)).toBe("");
    expect(formatter.days(at("2026-11-21T23:30:00Z"), at("2026-11-22T00:30:00Z"), now)).toBe("");
    expect(formatter.days(at("2026-11-21T22:30:00Z"), at("2026-11-21T22:50:00Z"), now)).toBe("21 Nov 2026");
    expect(formatter.days(at("2025-10-18T10:00:00Z"), at("2025-10-20T10:00:00Z"), now)).toMatch(/^18\s*–\s*20 Oct 2025$/);
    expect(formatter.days(NaN, now, now)).toBe("");
    expect(formatter.days(-1e20, now, now)).toBe("");
  });

  test("is said of a point, and its year", () => {
    const axis = new LineAxis("time", new ZoneOffsets("Europe/Paris"));
    expect(axis.full(now - 60, 600, formatter, now)).toBe("20:59:00");
    expect(axis.full(at("2026-11-20T20:00:00Z"), 600, formatter, now)).toBe("20 Nov, 21:00:00");
    expect(axis.full(at("2025-11-20T20:00:00Z"), 600, formatter, now)).toBe("20 Nov 2025, 21:00:00");
    expect(axis.full(now - 60, 10, formatter, now)).toBe("20:59:00.000");
    expect(axis.full(now - 60, 600, formatter, NaN)).toBe("20:59:00");
  });
});
