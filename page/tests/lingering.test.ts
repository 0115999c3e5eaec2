/** What panels out of view hold for drawing goes once the view is at rest. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Lingering } from "../src/view/lingering";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a panel that stays out of view is released once, and one that came back is not", () => {
  const seen = new Set([1, 2, 3]);
  const released: number[] = [];
  const lingering = new Lingering(seen, (panels) => released.push(...panels));
  const change = (...panels: number[]) => {
    for (const panel of panels) if (!seen.delete(panel)) seen.add(panel);
    lingering.changed(panels);
  };
  change(1, 2);
  vi.advanceTimersByTime(1500);
  change(2); // it is in view again, and the view is not at rest
  vi.advanceTimersByTime(1500);
  expect(released).toEqual([]);
  vi.advanceTimersByTime(1500);
  expect(released).toEqual([1]);
  vi.advanceTimersByTime(60_000);
  expect(released).toEqual([1]);
});

test("nothing is released once it was stopped", () => {
  const released: number[] = [];
  const lingering = new Lingering(new Set(), (panels) => released.push(...panels));
  lingering.changed([1]);
  lingering.stop();
  vi.advanceTimersByTime(60_000);
  expect(released).toEqual([]);
});
