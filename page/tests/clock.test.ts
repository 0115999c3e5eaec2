import { describe, expect, test } from "vitest";

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
