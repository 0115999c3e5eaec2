/** Whether the server is heard, and since when it is not. */

import type { Connection } from "../session/session";

/** A connection that comes back within this time leaves no mark on the panels. */
const CUT_GRACE_SECS = 1.5;

export class Link {
  state: Connection = "connecting";
  /** Monotonic seconds; NaN: it is heard. */
  private cutAt: number;

  constructor(private readonly monotonic: () => number) {
    this.cutAt = monotonic();
  }

  become(state: Connection): void {
    this.state = state;
    if (state === "live") this.cutAt = NaN;
    else if (Number.isNaN(this.cutAt)) this.cutAt = this.monotonic();
  }

  /** As panels show it. */
  get isConnected(): boolean {
    return this.state === "live" || this.monotonic() - this.cutAt < CUT_GRACE_SECS;
  }
}
