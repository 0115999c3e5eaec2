import { describe, expect, test } from "vitest";

import { Acks } from "../src/session/acks";
import { Backoff } from "../src/session/backoff";
import { ServerClock } from "../src/session/clock";

describe("the server's clock", () => {
  test("is the largest difference seen: late messages do not set it back", () => {
    let mono = 100;
    const clock = new ServerClock(() => mono);
    expect(clock.now()).toBeNaN();
    clock.observe(1000);
    mono = 105;
    clock.observe(1003);
    expect(clock.now()).toBe(1005);
    clock.observe(1005.5);
    expect(clock.now()).toBe(1005.5);
  });

  test("follows a server whose clock was set back, after a while", () => {
    let mono = 0;
    const clock = new ServerClock(() => mono);
    clock.observe(5000);
    for (mono = 1; mono < 200; mono += 1) clock.observe(1000 + mono);
    expect(clock.now()).toBe(1200);
  });

  test("does not depend on the viewer's wall clock or zone", () => {
    const clock = new ServerClock(() => 7);
    clock.observe(1_790_000_000);
    expect(clock.now()).toBe(1_790_000_000);
  });
});

test("waits double to a second and a half, with jitter, and begin again after a success", () => {
  const backoff = new Backoff(() => 1);
  expect(Array.from({ length: 7 }, () => backoff.nextSecs())).toEqual([0.25, 0.5, 1, 1.5, 1.5, 1.5, 1.5]);
  backoff.reset();
  expect(backoff.nextSecs()).toBe(0.25);
  expect(new Backoff(() => 0).nextSecs()).toBe(0.125);
});

describe("acknowledgements", () => {
  function set() {
    const state = { now: 10, sent: [] as [number, number][], timers: [] as (() => void)[] };
    const acks = new Acks({
      monotonic: () => state.now,
      send: (s, bytes) => state.sent.push([s, bytes]),
      later: (_, run) => {
        state.timers.push(run);
        return () => state.timers.splice(state.timers.indexOf(run), 1);
      },
    });
    return { acks, state };
  }

  test("at most five a second; what comes between is in the next", () => {
    const { acks, state } = set();
    acks.painted(1, 100);
    state.now += 0.05;
    acks.painted(2, 100);
    acks.painted(3, 100);
    expect(state.sent).toEqual([[1, 100]]);
    expect(state.timers).toHaveLength(1);
    state.now += 0.15;
    state.timers[0]?.();
    expect(state.sent).toEqual([[1, 100], [3, 300]]);
  });

  test("at once after 16 KiB, and bytes begin anew with a connection", () => {
    const { acks, state } = set();
    acks.painted(1, 10);
    acks.painted(2, 16 * 1024);
    expect(state.sent.at(-1)).toEqual([2, 10 + 16 * 1024]);
    acks.restart(2);
    acks.painted(3, 5);
    expect(state.sent.at(-1)).toEqual([3, 5]);
  });
});
