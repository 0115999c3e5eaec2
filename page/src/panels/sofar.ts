/** What is said of buckets of time that have not ended. */

import type { Cell } from "../generated/wire";
import type { Surroundings } from "./renderer";

/** A day of 25 hours is as long beside others. */
const LONGEST = 1.1;

/**
 * Buckets ended up to `finishedTo`, and are `widthSecs` wide (NaN: unknown). Long after that the window that they are
 * of has ended itself, and cuts them.
 */
export function soFarOf(
  { at, formatter: { words } }: Pick<Surroundings, "at" | "formatter">, finishedTo: number, widthSecs: number,
): string {
  return at - finishedTo > LONGEST * widthSecs ? words.inPart : words.soFar;
}

/** The shortest distance between times, in their order or backwards; NaN for fewer than two. */
export function bucketSecs(times: readonly (Cell | undefined)[]): number {
  let shortest = Infinity;
  for (let i = 1; i < times.length; i += 1) {
    const [time, before] = [times[i], times[i - 1]];
    if (typeof time === "number" && typeof before === "number") shortest = Math.min(shortest, Math.abs(time - before));
  }
  return Number.isFinite(shortest) ? shortest : NaN;
}
