/**
 * Where a series begins is not told: it is asked for in a few views, each a bucket of the one before. Meanwhile the
 * picture of before stays.
 */

import { widthOf } from "../view/ranges";
import type { Range } from "../view/viewing";

/** Milliseconds without anything new after which what is not found yet is let be: each view may take a while. */
const PATIENCE_MILLIS = 10_000;
/** A beginning is found once it is known to this share of the range to be shown. */
const EXACT_SHARE = 0.02;
const ROUNDS_MAX = 5;
/** Before 1970 few look, but some archives begin there: 1 January of the year 1, in Unix seconds. */
const FIRST_SECS = -62_135_596_800;
/** Over a number there is no 1970: so many times what is known is looked at. */
const FAR = 2 ** 20;

/** Whether what is known to a bucket is known well enough to begin a range of this width. */
export function isExact(bucketWidth: number, width: number): boolean {
  return bucketWidth <= width * EXACT_SHARE;
}

export class Beginning {
  /** What is asked for. */
  range: Range;
  private readonly width: number;
  private rounds = 0;
  private isLast = false;
  private isFarthest: boolean;
  private heard = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `shown`: the range that is looked at, and as wide as which the beginning will be shown. */
  constructor(isTime: boolean, shown: Range, known: number, private readonly present: number, private readonly gaveUp: () => void) {
    this.width = widthOf(shown);
    const far = present - FAR * Math.max(this.width, present - known);
    this.range = { x0: isTime ? Math.min(0, known) : far, x1: present };
    this.isFarthest = !isTime;
    this.wait();
  }

  /** Something came of what is asked for, if not all: `answer` is its number. */
  hear(answer: number): void {
    if (answer !== this.heard) this.wait();
    this.heard = answer;
  }

  /** The answer has its first bucket at `low`, so wide: go on asking, show a range, or there is nothing. */
  next(low: number, bucketWidth: number): "on" | "none" | Range {
    if (this.isLast) return this.range;
    if (!Number.isFinite(low)) return "none";
    if (!this.isFarthest && low <= this.range.x0) {
      this.isFarthest = true; // what is found reaches up to where it was looked for, and may go on
      this.range = { x0: FIRST_SECS, x1: this.range.x1 };
      return "on";
    }
    this.isFarthest = true;
    this.rounds += 1;
    const isFinest = bucketWidth >= widthOf(this.range);
    this.isLast = isFinest || isExact(bucketWidth, this.width) || this.rounds >= ROUNDS_MAX;
    const x0 = this.isLast ? Math.min(low, this.present - this.width) : low;
    this.range = { x0, x1: this.isLast ? x0 + this.width : low + bucketWidth };
    return "on";
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.gaveUp, PATIENCE_MILLIS);
  }
}
