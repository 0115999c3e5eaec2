/** Ranges that are moved, zoomed and pinched. */

import { describe, expect, test } from "vitest";

import { Paced } from "../src/view/paced";
import { canMoveLeft, isAtPresent, moved, underFingers, widthOf, zoomedAround } from "../src/view/ranges";
import { random } from "./random";

const NOW = 1_700_000_000;

describe("a range that is moved", () => {
  const bounds = { low: 100, high: 200 };

  test("keeps its width and stays within its bounds", () => {
    const next = random(1);
    let range = { x0: 150, x1: 160 };
    for (let i = 0; i < 500; i += 1) {
      range = moved(range, (next() - 0.5) * 60, bounds);
      expect(widthOf(range)).toBeCloseTo(10, 9);
      expect(range.x0).toBeGreaterThanOrEqual(100 - 1e-9);
      expect(range.x1).toBeLessThanOrEqual(200 + 1e-9);
    }
  });

  test("is not driven back by a bound that it lies beyond already", () => {
    expect(moved({ x0: 80, x1: 90 }, -5, bounds)).toEqual({ x0: 80, x1: 90 });
    expect(moved({ x0: 80, x1: 90 }, 5, bounds)).toEqual({ x0: 85, x1: 95 });
    expect(moved({ x0: 195, x1: 205 }, 5, bounds)).toEqual({ x0: 195, x1: 205 });
    expect(moved({ x0: 50, x1: 250 }, 5, bounds)).toEqual({ x0: 50, x1: 250 });
  });

  test("knows where it ends", () => {
    expect(canMoveLeft({ x0: 100, x1: 110 }, bounds)).toBe(false);
    expect(canMoveLeft({ x0: 101, x1: 111 }, bounds)).toBe(true);
    expect(isAtPresent({ x0: 190, x1: 200 }, 200)).toBe(true);
    expect(isAtPresent({ x0: 189, x1: 199 }, 200)).toBe(false);
  });
});

describe("a range that is zoomed", () => {
  test("keeps what is under the pointer, and gives it back", () => {
    const range = { x0: NOW - 600, x1: NOW - 300 };
    const near = zoomedAround(range, 0.25, 0.5, 1e6, NOW);
    expect(widthOf(near)).toBeCloseTo(150, 6);
    expect(near.x0 + 0.25 * widthOf(near)).toBeCloseTo(range.x0 + 0.25 * 300, 6);
    const back = zoomedAround(near, 0.25, 2, 1e6, NOW);
    expect(back.x0).toBeCloseTo(range.x0, 5);
    expect(back.x1).toBeCloseTo(range.x1, 5);
  });

  test("does not pass the present, nor twice of what is known, nor the steps of a float", () => {
    let range = { x0: NOW - 60, x1: NOW };
    range = zoomedAround(range, 0.1, 4, 1e6, NOW);
    expect(range.x1).toBe(NOW);
    expect(widthOf(range)).toBeCloseTo(240, 6);
    for (let i = 0; i < 20; i += 1) range = zoomedAround(range, 0.5, 4, 2000, NOW);
    expect(range).toEqual({ x0: NOW - 2000, x1: NOW });
    for (let i = 0; i < 60; i += 1) range = zoomedAround(range, 0.3, 0.25, 2000, NOW);
    expect(widthOf(range)).toBeGreaterThan(1e-4);
    expect(range.x0 + widthOf(range) / 16).toBeGreaterThan(range.x0);
  });

  test("that is wider than allowed is not made narrower by widening it", () => {
    const wide = { x0: 0, x1: 1000 };
    expect(widthOf(zoomedAround(wide, 0.5, 2, 200, 1000))).toBe(1000);
  });
});

describe("under fingers", () => {
  const range = { x0: 100, x1: 200 };

  test("one moves it", () => {
    expect(underFingers(range, [0.2], [0.5])).toEqual({ x0: 70, x1: 170 });
  });

  test("two keep their points, however they lie", () => {
    for (const [before, now] of [[[0.2, 0.6], [0.1, 0.9]], [[0.6, 0.2], [0.9, 0.1]], [[0.3, 0.9], [0.5, 0.7]]] as const) {
      const next = underFingers(range, before, now);
      for (const i of [0, 1]) {
        const x = range.x0 + (before[i] as number) * 100;
        expect(next.x0 + (now[i] as number) * widthOf(next)).toBeCloseTo(x, 9);
      }
    }
  });

  test("two that meet or cross make no endless and no negative range", () => {
    for (const to of [0.3, 0.29, 0.1]) {
      const next = underFingers(range, [0.3, 0.6], [0.3, to]);
      expect(widthOf(next)).toBeGreaterThan(0);
      expect(widthOf(next)).toBeLessThan(2000);
    }
  });
});

describe("what is paced", () => {
  function paced() {
    const state = { now: 0, calls: [] as number[], timers: [] as { at: number; run: () => void }[] };
    const waiting = {
      now: () => state.now,
      later: (millis: number, run: () => void) => {
        const timer = { at: state.now + millis, run };
        state.timers.push(timer);
        return () => void (state.timers = state.timers.filter((one) => one !== timer));
      },
    };
    const made = new Paced(() => state.calls.push(state.now), 100, waiting);
    const advance = (millis: number) => {
      state.now += millis;
      const due = state.timers.filter(({ at }) => at <= state.now);
      state.timers = state.timers.filter(({ at }) => at > state.now);
      for (const { run } of due) run();
    };
    return { made, state, advance };
  }

  test("is called at once, then at most once in a while, and at the end", () => {
    const { made, state, advance } = paced();
    for (let i = 0; i < 50; i += 1) {
      made.soon();
      advance(10);
    }
    made.now();
    expect(state.calls[0]).toBe(0);
    expect(state.calls.at(-1)).toBe(500);
    expect(state.calls.length).toBeLessThanOrEqual(7);
    const num = state.calls.length;
    advance(1000);
    expect(state.calls.length).toBe(num);
  });

  test("is not called any more once it is stopped", () => {
    const { made, state, advance } = paced();
    made.soon();
    made.soon();
    made.stop();
    advance(1000);
    expect(state.calls).toEqual([0]);
  });
});
