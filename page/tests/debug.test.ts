import { describe, expect, test } from "vitest";

import { measuresAddress } from "../src/debug/asking";
import { Durations, Probe } from "../src/debug/probe";
import { COLUMNS, rowsOf, slowest, sorted } from "../src/debug/rows";
import { millis } from "../src/debug/table";
import { debugWords } from "../src/debug/words";
import type { PanelMeasures, ScreenMeasures, StageTimes } from "../src/generated/measured";
import { Formatter } from "../src/text/format";
import { wordsOf } from "../src/text/words";

const never: StageTimes = { num: 0, total_secs: 0, last_secs: null, p95_secs: null, label: null };
const took = (secs: number): StageTimes => ({ num: 1, total_secs: secs, last_secs: secs, p95_secs: secs, label: "it" });

function panel(index: number, change: Partial<PanelMeasures> = {}): PanelMeasures {
  return {
    index, key: `p${index}`, title: `Panel ${index}`, kind: "kpi", state: "live",
    query: never, recalculation: never, num_recalculations: 0, recalculation_secs: 0, encoding: never, sending: never,
    encoded_bytes: 0, sent_bytes: 0, num_merged: 0, num_behind: 0, num_starved: 0, num_viewers: 0, causes: [], ...change,
  };
}

function screen(at: number, panels: PanelMeasures[]): ScreenMeasures {
  const loop = { bounds_secs: [], cumulative: [0], hold: never, cumulative_cpu: [0], hold_cpu: never };
  return { screen: "shop", title: "Shop", s: 1, at, num_ticks: 1, num_viewers: 1, choices: {}, num_stages: 1, loop, panels, sources: [] };
}

describe("durations", () => {
  test("the 95th percentile is of the newest 64, the last is the last", () => {
    const durations = new Durations();
    expect([durations.last, durations.p95()]).toEqual([NaN, NaN]);
    for (let i = 1; i <= 100; i += 1) durations.add(i);
    expect(durations.last).toBe(100);
    // 37 … 100 are kept: the 61st of them.
    expect(durations.p95()).toBe(97);
  });
});

describe("rows", () => {
  test("server and page are joined; what never happened has no time", () => {
    let now = 0;
    const probe = new Probe(() => now);
    probe.draw(1, () => (now += 3));
    const [first, second] = rowsOf(screen(10, [panel(0, { query: took(2) }), panel(1, { encoding: took(0.004) })]), null, probe);
    expect(first?.stages.query).toEqual({ last: 2000, p95: 2000, label: "it" });
    expect(first?.stages.drawing.last).toBeNaN();
    expect(first?.rate).toBeNaN();
    expect(second?.stages.drawing.p95).toBe(3);
    expect(second?.total).toBe(7);
  });

  test("bytes a second are what came since the earlier answer", () => {
    const probe = new Probe(() => 0);
    const rows = rowsOf(screen(12, [panel(0, { sent_bytes: 500 })]), screen(10, [panel(0, { sent_bytes: 100 })]), probe);
    expect(rows[0]?.rate).toBe(200);
    // A restarted server counts from nothing: no rate, and none below zero.
    expect(rowsOf(screen(12, [panel(0)]), screen(10, [panel(0, { sent_bytes: 9 })]), probe)[0]?.rate).toBeNaN();
  });

  test("sorted by any column: the slowest first, without a time last, panels by their place", () => {
    const probe = new Probe(() => 0);
    const rows = rowsOf(screen(0, [panel(0), panel(1, { sending: took(1) }), panel(2, { sending: took(2), num_merged: 1 })]), null, probe);
    const order = (column: (typeof COLUMNS)[number]) => sorted(rows, column).map(({ index }) => index);
    expect(order("panel")).toEqual([0, 1, 2]);
    expect(order("total")).toEqual([2, 1, 0]);
    expect(order("sending")).toEqual([2, 1, 0]);
    expect(order("drawing")).toEqual([0, 1, 2]);
    expect(order("skipped")).toEqual([2, 0, 1]);
  });

  test("the slowest of a stage is named only where it stands out", () => {
    const rows = (one: number, other: number) =>
      rowsOf(screen(0, [panel(0, { encoding: took(one) }), panel(1, { encoding: took(other) })]), null, new Probe(() => 0));
    expect(slowest(rows(1, 2), "encoding")).toBe(1);
    expect(slowest(rows(2, 2), "encoding")).toBeNull();
    expect(slowest(rows(2, 2), "drawing")).toBeNull();
  });
});

test("a new layout forgets what was drawn", () => {
  const probe = new Probe(() => 0);
  probe.draw(0, () => undefined);
  expect(probe.drawing(0)?.num).toBe(1);
  probe.forget();
  expect(probe.drawing(0)).toBeUndefined();
});

test.each([
  ["http://h/assets/drawer-1.js", "", "http://h/api/screens/a%20b/debug"],
  ["https://h/live/assets/drawer-1.js", "?region=EU&q=a+%26+b", "https://h/live/api/screens/a%20b/debug?region=EU&q=a+%26+b"],
])("the address of measures from %s", (module, search, address) => {
  expect(measuresAddress({ slug: "a b", search }, module)).toBe(address);
});

test("both languages say the same things, and times have few digits", () => {
  const [english, french] = (["en", "fr"] as const).map((one) => new Formatter(one, "UTC", wordsOf(one)));
  if (!english || !french) throw new Error("two languages");
  expect(debugWords(french).title).toBe("Mesures");
  expect(Object.keys(debugWords(french).columns)).toEqual(Object.keys(debugWords(english).columns));
  expect([0.0412, 1.234, 12.34, 123.4].map((one) => millis(one, english))).toEqual(["0.04", "1.23", "12.3", "123"]);
});

test("a query says how it finds changes, and what it asked so far", () => {
  const asked = { how: "probe + digest", num_queries: 1, num_probes: 1000, num_rows: 5 };
  const words = (locale: "en" | "fr") => {
    const formatter = new Formatter(locale, "UTC", wordsOf(locale));
    return debugWords(formatter).asked(asked, (count) => formatter.plain(count));
  };
  expect(words("en")).toBe("by probe + digest; so far 1 query, 1,000 probes, 5 rows");
  expect(words("fr")).toBe("par probe + digest\u00a0; jusqu’ici 1 requête, 1\u202f000 sondes, 5 lignes");
});
