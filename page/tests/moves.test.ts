/** A chart that is moved over a server of our own: what is asked, and where it ends. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { LinePanel } from "../src/generated/wire";
import { LineMoves, STEP_OF_BUTTON } from "../src/panels/linemoves";
import { Slots } from "../src/store/slots";
import { widthOf } from "../src/view/ranges";
import type { Range } from "../src/view/viewing";

const NOW = 10_000;
const PX = 100;

interface Setup {
  readonly window?: number | null;
  readonly reaches?: boolean;
  /** Points are at whole x from here on. */
  readonly first?: number;
  readonly hole?: Range;
}

/** A line of which the server has every whole x from `first` to the present, but for a hole. */
function setUp({ window = 60, reaches = false, first = 0, hole = { x0: 0, x1: 0 } }: Setup = {}) {
  const slots = new Slots();
  const panel = { x: "time", series: [{ slot: 0 }], window_secs: window, reaches_back: reaches } as unknown as LinePanel;
  const asked: (Range | null)[] = [];
  const around = { slots, at: NOW, span: null };
  let numFits = 0;
  const moves = new LineMoves(panel, around, { redraw: () => undefined, refit: () => (numFits += 1), ask: () => asked.push(moves.asked) });
  const answer = (range: Range | null, from = -Infinity) => {
    const { x0: low, x1: high } = range ?? { x0: window === null ? first : NOW - window, x1: NOW };
    const x0 = Math.max(from, low);
    const x1 = Math.min(NOW, high);
    const k = Math.max(0, Math.floor(Math.log2((high - low) / PX)));
    const width = 2 ** k;
    const ids: number[] = [];
    for (let id = Math.floor(x0 / width); id * width <= x1; id += 1) {
      if ((id + 1) * width > first && !(id * width >= hole.x0 && (id + 1) * width <= hole.x1)) ids.push(id);
    }
    const firstId = Math.floor(x0 / width);
    const column = Float64Array.from(ids, () => 1);
    slots.apply({
      type: "series", slot: 0, replace: true, k, cadence: 1, newest: NOW, firstId, size: ids.length,
      offsets: Uint32Array.from(ids, (id) => id - firstId), start: 0, step: 1, first: column, min: column, max: column, last: column,
    }, 1, 1);
    return moves.look();
  };
  answer(null);
  moves.drawnLive(NOW - (window ?? NOW - first), NOW);
  /** Answer whatever is asked until nothing more is. */
  const settle = () => {
    for (let i = 0, done = -1; i < 20 && done < asked.length; i += 1) {
      done = asked.length;
      answer(asked.at(-1) ?? null);
    }
  };
  return { moves, asked, answer, settle, slots, fits: () => numFits };
}

const key = (name: string, more: Partial<KeyboardEvent> = {}) =>
  ({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more }) as KeyboardEvent;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("moving back", () => {
  test("goes on while there is more, and stops half a width beyond the first point", () => {
    const { moves, settle } = setUp({ first: 9500 });
    for (let i = 0; i < 100 && moves.canGoEarlier; i += 1) {
      moves.step(-STEP_OF_BUTTON);
      settle();
    }
    expect(moves.chosen?.x0).toBeCloseTo(9500 - 30, 0);
    expect(widthOf(moves.chosen as Range)).toBeCloseTo(60, 9);
    const before = moves.chosen;
    moves.step(-1);
    expect(moves.chosen).toEqual(before);
  });

  test("stops at the first point where all is shown up to now", () => {
    const { moves, settle } = setUp({ window: null, first: 9500 });
    expect(moves.canGoEarlier).toBe(false);
    moves.step(-1);
    expect(moves.chosen).toBeNull();
    moves.zoomTo({ x0: 9800, x1: 9900 });
    settle();
    for (let i = 0; i < 20; i += 1) {
      moves.step(-STEP_OF_BUTTON);
      settle();
    }
    expect(moves.chosen).toEqual({ x0: 9500, x1: 9600 });
  });

  test("a hand that was quicker than the answers is led back to where there is something", () => {
    const { moves, asked, settle } = setUp({ first: 9900 });
    moves.began();
    moves.dragged([0], [1]);
    moves.dragged([0], [3]);
    expect(moves.chosen?.x0).toBe(NOW - 60 - 120);
    moves.ended();
    expect(asked.at(-1)).toEqual(moves.chosen);
    settle();
    expect(asked.at(-1)).toEqual(moves.chosen);
    expect(moves.chosen?.x0).toBeGreaterThanOrEqual(9900 - 31);
    expect(moves.chosen?.x1).toBeGreaterThan(9900);
  });

  test("reaches two widths beyond what is known where more can be read, and passes a hole as wide", () => {
    const { moves, settle } = setUp({ reaches: true, first: 9500, hole: { x0: 9700, x1: 9800 } });
    for (let i = 0; i < 100 && moves.canGoEarlier; i += 1) {
      moves.step(-STEP_OF_BUTTON);
      settle();
    }
    expect(moves.chosen?.x0).toBeCloseTo(9500 - 120, 0);
  });
});

describe("moving on", () => {
  test("ends at the present, which is followed again", () => {
    const { moves, asked, settle } = setUp();
    moves.key(key("ArrowLeft", { shiftKey: true }), NaN);
    expect(moves.chosen).toEqual({ x0: NOW - 75, x1: NOW - 15 });
    expect(moves.isOnlyMoved).toBe(true);
    settle();
    moves.key(key("ArrowRight", { shiftKey: true }), NaN);
    expect(moves.chosen).toBeNull();
    expect(asked.at(-1)).toBeNull();
    for (const name of ["End", "Home"]) {
      moves.step(-2);
      settle();
      moves.key(key(name), NaN);
      settle();
      expect(moves.chosen === null).toBe(name === "End");
    }
  });

  test("a drag snaps to the present when it ends there, and not before", () => {
    const { moves } = setUp();
    moves.began();
    moves.dragged([0.5], [0.9]);
    expect(moves.chosen?.x1).toBeCloseTo(NOW - 24, 9);
    moves.dragged([0.5], [0.1]);
    expect(moves.chosen?.x1).toBe(NOW);
    moves.ended();
    expect(moves.chosen).toBeNull();
  });

  test("a range that was zoomed at the present is not followed by itself", () => {
    const { moves, settle } = setUp();
    moves.began();
    moves.zoomed(1, 0.5);
    moves.ended();
    settle();
    expect(moves.chosen).toEqual({ x0: NOW - 30, x1: NOW });
    expect(moves.isOnlyMoved).toBe(false);
    moves.began();
    moves.zoomed(1, 4);
    expect(moves.chosen).toBeNull();
  });
});

describe("what is asked", () => {
  test("is asked now and then while the hand moves, and at its end", () => {
    const { moves, asked } = setUp();
    moves.began();
    for (let i = 1; i <= 60; i += 1) {
      moves.dragged([0], [i / 200]);
      vi.advanceTimersByTime(16);
    }
    expect(asked.length).toBeGreaterThanOrEqual(9);
    expect(asked.length).toBeLessThanOrEqual(11);
    moves.ended();
    expect(asked.at(-1)).toEqual(moves.chosen);
    const num = asked.length;
    vi.advanceTimersByTime(1000);
    expect(asked.length).toBe(num);
  });

  test("is read while only a part of it is there", () => {
    const { moves, answer } = setUp({ reaches: true });
    expect(moves.isReading).toBe(false);
    moves.step(-2);
    expect(moves.isReading).toBe(true);
    answer(moves.asked, NOW - 150);
    expect(moves.isReading).toBe(true);
    answer(moves.asked, NOW - 170);
    expect(moves.isReading).toBe(true);
    answer(moves.asked);
    expect(moves.isReading).toBe(false);
    moves.zoomTo(null);
    expect(moves.isReading).toBe(false);
  });

  test("a range without data is answered too", () => {
    const { moves, answer } = setUp({ reaches: true, first: 9990 });
    moves.step(-1.5);
    expect(moves.isReading).toBe(true);
    answer(moves.asked);
    expect(moves.isReading).toBe(false);
  });
});

describe("values", () => {
  test("fit when what is looked at is there, and not a part of it", () => {
    const { moves, asked, answer, fits } = setUp();
    moves.step(-STEP_OF_BUTTON);
    moves.look();
    expect(fits()).toBe(0);
    answer(asked.at(-1) as Range, NOW - 70); // from the right, piece by piece
    expect(fits()).toBe(0);
    answer(asked.at(-1) as Range);
    expect(fits()).toBe(1);
    answer(asked.at(-1) as Range);
    expect(fits(), "once").toBe(1);
  });

  test("fit at once where all of it is there", () => {
    const { moves, asked, answer, fits } = setUp();
    moves.zoomTo({ x0: NOW - 40, x1: NOW - 20 });
    moves.look();
    expect(fits()).toBe(1);
    answer(asked.at(-1) as Range);
    moves.zoomTo({ x0: NOW - 40, x1: NOW - 10 });
    moves.look();
    expect(fits(), "its end is not").toBe(1);
  });
});

describe("the beginning", () => {
  test("is found in a few views, and the picture of before stays meanwhile", () => {
    const { moves, asked, answer } = setUp({ first: 1234 });
    moves.key(key("Home"), NaN);
    let num = 0;
    while (moves.isOnTheWay) {
      expect(moves.chosen).toBeNull();
      answer(asked.at(-1) ?? null);
      num += 1;
      expect(num).toBeLessThan(7);
    }
    expect(moves.chosen?.x0).toBeCloseTo(1234, -1);
    expect(widthOf(moves.chosen as Range)).toBe(60);
    expect(asked.at(-1)).toEqual(moves.chosen);
  });

  test.each([-5_000, -300_000, -3_000_000])("may lie before 1970: %d", (first) => {
    const { moves, settle } = setUp({ first, reaches: true });
    moves.key(key("Home"), NaN);
    settle();
    expect(moves.chosen?.x0).toBeLessThan(first + 120);
    expect(moves.chosen?.x1).toBeGreaterThan(first);
  });

  test("that does not come is let be", () => {
    const { moves, asked } = setUp({ first: 1234 });
    moves.key(key("Home"), NaN);
    expect(moves.isOnTheWay).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(moves.isOnTheWay).toBe(false);
    expect(moves.chosen).toBeNull();
    expect(asked.at(-1)).toBeNull();
  });

  test("is found however slow each answer is, as long as something comes", () => {
    const { moves, asked, answer } = setUp({ first: 1234, reaches: true });
    moves.key(key("Home"), NaN);
    while (moves.isOnTheWay) {
      const range = asked.at(-1) as Range;
      vi.advanceTimersByTime(6_000);
      answer(range, (range.x0 + range.x1) / 2); // the newer half of it
      vi.advanceTimersByTime(6_000);
      expect(moves.isOnTheWay).toBe(true);
      answer(range);
    }
    expect(moves.chosen?.x0).toBeCloseTo(1234, -1);
    vi.advanceTimersByTime(60_000);
    expect(moves.chosen?.x0).toBeCloseTo(1234, -1);
  });

  test("is found from a range narrower than the finest buckets", () => {
    for (const width of [2 ** -7, 1]) {
      const { moves, asked, settle } = setUp({ first: 1234, reaches: true });
      moves.zoomTo({ x0: 5000, x1: 5000 + width });
      settle();
      moves.key(key("Home"), NaN);
      settle();
      expect(moves.chosen).toEqual({ x0: 1234, x1: 1234 + width });
      expect(asked.at(-1)).toEqual(moves.chosen);
    }
  });

  test("is found in a few views where all is shown from afar, and a bucket of that is wider than the range", () => {
    const { moves, asked, settle } = setUp({ first: 1279, window: null });
    moves.zoomTo({ x0: 5000, x1: 5002 });
    settle();
    const num = asked.length;
    moves.key(key("Home"), NaN);
    settle();
    expect(moves.isOnTheWay).toBe(false);
    expect(moves.chosen).toEqual({ x0: 1279, x1: 1281 });
    expect(asked.at(-1)).toEqual(moves.chosen);
    expect(asked.length - num).toBeLessThan(7);
  });

  test("is left as soon as somebody does something else", () => {
    const { moves } = setUp({ first: 1234 });
    moves.key(key("Home"), NaN);
    moves.zoomTo({ x0: 5000, x1: 5060 });
    expect(moves.isOnTheWay).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(moves.chosen).toEqual({ x0: 5000, x1: 5060 });
  });
});

test("keys of the browser are left to it", () => {
  const { moves } = setUp();
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    for (const name of ["+", "-", "Home", "End", "ArrowLeft"]) expect(moves.key(key(name, { shiftKey: true, ...more }), NaN)).toBe(false);
  }
  expect(moves.key(key("ArrowLeft"), NaN)).toBe(false);
  expect(moves.chosen).toBeNull();
});
