/** What of a line chart's picture its data has changed since it was drawn. */

import { partRange } from "../charts/buckets";
import type { Projection } from "../charts/buckets";
import { DrawnBuckets } from "../charts/drawn";
import { WHOLE } from "../charts/tip";
import type { Part } from "../charts/tip";
import type { LineSeries } from "../generated/wire";
import { finishedTo } from "../store/slots";
import type { Slots } from "../store/slots";

export type Change = "none" | "tip" | "all";

export class LineChanges {
  private readonly drawn: DrawnBuckets[];
  /** Up to when buckets of time had ended, by line. */
  private readonly finished: number[] = [];

  /** Of `hidden` series nothing is drawn; who hides or shows one draws all again. */
  constructor(
    private readonly lines: readonly LineSeries[], private readonly slots: Slots, private readonly hidden: ReadonlySet<number>,
  ) {
    this.drawn = lines.map(() => new DrawnBuckets());
  }

  /** The picture is drawn as the data is now. */
  settle(at: Projection): void {
    this.lines.forEach((line, i) => {
      const { slot } = line;
      this.finished[i] = finishedTo(line, this.slots);
      const series = this.slots.series(slot);
      if (series) this.drawn[i]?.remember(series, ...partRange(series, at, WHOLE));
      else this.drawn[i]?.forget();
    });
  }

  /**
   * What must be drawn again of a picture that is the same, or moves left to be the one of `at`; `rest` is what then
   * stays left of what is drawn.
   */
  since(at: Projection, rest: Part): Change {
    let change: Change = "none";
    for (const [i, line] of this.lines.entries()) {
      if (this.hidden.has(i)) continue;
      const { slot } = line;
      if (this.slots.has(slot) && finishedTo(line, this.slots) !== this.finished[i]) return "all";
      const series = this.slots.series(slot);
      // A curve is a whole state, and what was never there need not be drawn again.
      if (!series && !this.slots.has(slot)) continue;
      if (!series) return "all";
      const [from, to] = partRange(series, at, WHOLE);
      const index = this.drawn[i]?.differsAt(series, from, to, at.x0) ?? -1;
      if (index < partRange(series, at, rest)[1] && index < to) return "all";
      if (index < to) change = "tip";
    }
    return change;
  }
}
