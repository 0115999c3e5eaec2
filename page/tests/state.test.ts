import { describe, expect, test } from "vitest";

import { shownState } from "../src/panels/state";
import type { StateInput } from "../src/panels/state";
import { SourcesTimes } from "../src/store/times";

const live: StateInput = {
  server: "live", connected: true, paused: false, hasData: true, now: 100, freshUntil: 105, watchedSecs: 60,
};

describe("the state that a panel shows (law 5)", () => {
  test.each<[string, Partial<StateInput>, string]>([
    ["within the promise", {}, "live"],
    ["past the promise, by the server's clock", { now: 105.1 }, "stale"],
    ["past it, but just come into view", { now: 105.1, watchedSecs: 0.4 }, "live"],
    ["no promise can lapse", { now: 1e12, freshUntil: Infinity }, "live"],
    ["the clock is not known yet", { now: NaN }, "live"],
    ["behind, and past the promise", { server: "behind", now: 106 }, "stale"],
    ["empty, and past the promise", { server: "empty", hasData: false, now: 106 }, "stale"],
    ["no connection", { connected: false }, "disconnected"],
    ["no connection, and an error before", { connected: false, server: "error" }, "disconnected"],
    ["never shown, and no connection", { connected: false, server: "loading", hasData: false }, "loading"],
    ["an error says so in a pause too", { server: "error", paused: true }, "error"],
    ["paused", { paused: true, now: 200 }, "paused"],
    ["the server says stale", { server: "stale" }, "stale"],
    ["first load", { server: "loading", hasData: false, paused: true }, "loading"],
  ])("%s", (_, change, expected) => {
    expect(shownState({ ...live, ...change })).toBe(expected);
  });
});

test("a panel of several sources has the oldest check and the earliest promise", () => {
  const times = new SourcesTimes();
  const row = { state: "live" as const, eventAge: 0, changeAge: 0 };
  times.apply([{ ...row, source: 0, checkAge: 1, promise: 9 }, { ...row, source: 1, checkAge: 4, promise: 3 }], 100);
  expect(times.together([0, 1])).toEqual({ checkedAt: 96, freshUntil: 103 });
  expect(times.together([0])).toEqual({ checkedAt: 99, freshUntil: 109 });
  times.apply([{ ...row, source: 2, checkAge: NaN, promise: NaN }], 100);
  expect(times.together([2])).toEqual({ checkedAt: NaN, freshUntil: Infinity });
  expect(times.newestCheck()).toBe(99);
});
