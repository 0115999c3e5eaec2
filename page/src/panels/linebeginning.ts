/**
 * Where a series begins is not told: it is asked for in a few views, each a bucket of the one before. Meanwhile the
 * picture of before stays.
 */

import { widthOf } from "../view/ranges";
import type { Range } from "../view/viewing";

/** Milliseconds after which what is not found yet is let be. */
const PATIENCE_MILLIS = 10_000;
/** A beginning is found once it is known to this share of the range to be shown. */
const EXACT_SHARE = 0.02;
const ROUNDS_MAX = 5;
/** Over a number there is no 1970: so many times what is known is looked at. */
const FAR = 2 ** 20;

export class Beginning {
  /** What is asked for. */
  range: Range;
  private readonly width: number;
  private rounds = 0;
  private isLast = false;
  private readonly timer: ReturnType<typeof setTimeout>;

  /** `shown`: the range that is looked at, and as wide as which the beginning will be shown. */
  constructor(isTime: boolean, shown: Range, known: number, private readonly present: number, gaveUp: () => void) {
    this.width = widthOf(shown);
    const far = present - FAR * Math.max(this.width, present - known);
    this.range = { x0: isTime ? Math.min(0, known) : far, x1: present };
    this.timer = setTimeout(gaveUp, PATIENCE_MILLIS);
  }

  /** The answer has its first bucket at `low`, so wide: go on asking, show a range, or there is nothing. */
  next(low: number, bucketWidth: number): "on" | "none" | Range {
    if (this.isLast) return this.range;
    if (!Number.isFinite(low)) return "none";
    this.rounds += 1;
    this.isLast = bucketWidth <= this.width * EXACT_SHARE || this.rounds >= ROUNDS_MAX;
    const x0 = this.isLast ? Math.min(low, this.present - this.width) : low;
    this.range = { x0, x1: this.isLast ? x0 + this.width : low + bucketWidth };
    return "on";
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
