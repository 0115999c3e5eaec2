/** Which panels are drawn in an animation frame, with renderers that take as long as they are told. */

import { describe, expect, test } from "vitest";

import { Intake } from "../src/app/intake";
import { Spare } from "../src/app/spare";
import { Turns } from "../src/app/turns";
import type { Frame } from "../src/session/frames";

const NUM = 24;
const FIGURE = 100;
const SLOW_MILLIS = 2;

/** A screen of 24 charts and one figure, whose clock moves only while charts are drawn. */
class Screen {
  millis = 0;
  isBusy = false;
  isInputPending = false;
  done: string[] = [];
  sliding = new Set<number>();
  readonly turns = new Turns();
  readonly seen = new Set<number>([FIGURE, ...Array.from({ length: NUM }, (_, index) => index)]);
  private readonly spare = new Spare({
    now: () => this.millis, isBusy: () => this.isBusy, isInputPending: () => this.isInputPending,
  });

  constructor(private readonly slowMillis = SLOW_MILLIS) {}

  touchAll(): void {
    for (const index of this.seen) this.turns.touch(index);
  }

  /** One animation frame; returns the panels that were drawn, in order. */
  frame(first = -1): number[] {
    this.done = [];
    const drawn: number[] = [];
    this.left = this.turns.run(this.seen, first, this.spare, {
      canWait: (index) => index < FIGURE,
      slides: (index) => this.sliding.has(index),
      draw: (index) => {
        drawn.push(index);
        this.sliding.delete(index);
        this.done.push(`draw ${index}`);
        if (index < FIGURE) this.millis += this.slowMillis;
      },
      write: (index) => void this.done.push(`write ${index}`),
    });
    return drawn;
  }

  left = 0;
}

describe("an animation frame", () => {
  test("draws no more charts than it has time for, and all within a few", () => {
    const screen = new Screen();
    screen.isBusy = true;
    screen.touchAll();
    const frames: number[][] = [];
    do frames.push(screen.frame().filter((index) => index < FIGURE));
    while (screen.left > 0);
    expect(Math.max(...frames.map((drawn) => drawn.length))).toBe(2);
    expect(frames.flat()).toEqual(Array.from({ length: NUM }, (_, index) => index));
    expect(screen.frame()).toEqual([]);
  });

  test("has more time while nobody uses the page, and enough for all where they are quick", () => {
    const slow = new Screen();
    slow.touchAll();
    expect(slow.frame().length).toBe(1 + 4);
    const quick = new Screen(0.1);
    quick.touchAll();
    expect([quick.frame().length, quick.left]).toEqual([1 + NUM, 0]);
  });

  test("draws one chart at least, however long it takes and whoever waits", () => {
    const screen = new Screen(1000);
    screen.isInputPending = true;
    screen.touchAll();
    expect(screen.frame()).toEqual([FIGURE, 0]);
    expect(screen.frame()).toEqual([1]);
  });

  test("ends as soon as there is input", () => {
    const screen = new Screen(0);
    screen.touchAll();
    screen.isInputPending = true;
    screen.frame();
    expect(screen.left).toBe(NUM - 1);
    screen.isInputPending = false;
    screen.frame();
    expect(screen.left).toBe(0);
  });

  test("draws the chart that is pointed at next, and before it the one that somebody changed", () => {
    const screen = new Screen();
    screen.touchAll();
    screen.frame();
    screen.turns.hurry(20);
    expect(screen.frame(11).slice(0, 2)).toEqual([20, 11]);
  });

  test("leaves none behind: the one that waits longest goes first, also where others change again", () => {
    const screen = new Screen();
    screen.touchAll();
    const drawn = new Map<number, number>();
    for (let frame = 0; frame < 60; frame += 1) {
      for (const index of screen.frame(3)) drawn.set(index, (drawn.get(index) ?? 0) + 1);
      screen.touchAll();
    }
    const others = [...drawn].filter(([index]) => index < FIGURE && index !== 3).map(([, num]) => num);
    expect(others.length).toBe(NUM - 1);
    expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(2);
  });

  test("writes all figures at once, those beside charts that are yet to be drawn too, and after all drawings", () => {
    const screen = new Screen();
    screen.touchAll();
    screen.frame();
    const wrote = screen.done.filter((one) => one.startsWith("write"));
    expect(wrote.length).toBe(1 + NUM);
    expect(screen.done.slice(-wrote.length)).toEqual(wrote);
    // Later frames write beside what they draw alone.
    screen.frame();
    expect(screen.done.filter((one) => one.startsWith("write")).length).toBe(4);
  });

  test("draws what slides along with time, and nothing out of view", () => {
    const screen = new Screen(0);
    screen.touchAll();
    screen.frame();
    screen.sliding = new Set([5, 7]);
    screen.seen.delete(7);
    screen.turns.touch(7);
    expect(screen.frame()).toEqual([5]);
    screen.seen.add(7);
    expect(screen.frame()).toEqual([7]);
  });
});

function frameOf(s: number, more: Partial<Frame> = {}): Frame {
  return { s, base: 0, at: 0, reset: false, beat: false, welcome: null, parts: [], messages: 1, ...more };
}

describe("frames", () => {
  test("wait until the picture of those before is whole, and are acknowledged with their own", () => {
    const intake = new Intake();
    intake.add(frameOf(1), 100);
    expect(intake.take(false).map(({ s }) => s)).toEqual([1]);
    intake.numLeft = 5;
    intake.add(frameOf(2), 10);
    intake.add(frameOf(3, { beat: true }), 1);
    expect(intake.take(false)).toEqual([]);
    intake.numLeft = 0;
    expect(intake.finish()).toEqual({ bytes: 100, numFrames: 1, hasData: true, hasBeat: false });
    expect(intake.isEmpty).toBe(false);
    expect(intake.take(false).map(({ s }) => s)).toEqual([2, 3]);
    expect(intake.finish()).toEqual({ bytes: 11, numFrames: 2, hasData: true, hasBeat: true });
    expect(intake.finish()).toEqual({ bytes: 0, numFrames: 0, hasData: false, hasBeat: false });
  });

  test("do not wait where there is no picture, or where somebody waits for them", () => {
    const intake = new Intake();
    intake.numLeft = 5;
    intake.add(frameOf(1), 100);
    expect(intake.take(true).length).toBe(1);
    intake.add(frameOf(2), 100);
    const replace = { type: "series", replace: true } as never;
    intake.add(frameOf(3, { parts: [{ view: 1, pieces: [replace] }] }), 100);
    expect(intake.take(false).map(({ s }) => s)).toEqual([2, 3]);
    expect(intake.finish().bytes).toBe(300);
  });

  test("of another connection count no bytes", () => {
    const intake = new Intake();
    intake.add(frameOf(1), 100);
    intake.take(false);
    intake.add(null, 50);
    intake.forgetBytes();
    expect(intake.finish()).toEqual({ bytes: 0, numFrames: 1, hasData: true, hasBeat: false });
    intake.take(false);
    expect(intake.finish().bytes).toBe(0);
  });
});
