/** When each source was last read, last changed, and until when the server vouches for it. Server's wall seconds. */

import type { SourceState, SourceTimes } from "../wire/decode";

export interface Times {
  readonly state: SourceState;
  /** NaN: never. */
  readonly eventAt: number;
  readonly changedAt: number;
  readonly checkedAt: number;
  /** Infinity where nothing is promised and nothing can lapse. */
  readonly freshUntil: number;
}

export class SourcesTimes {
  private readonly sources = new Map<number, Times>();

  apply(rows: readonly SourceTimes[], at: number): void {
    for (const row of rows) {
      this.sources.set(row.source, {
        state: row.state,
        eventAt: at - row.eventAge,
        changedAt: at - row.changeAge,
        checkedAt: at - row.checkAge,
        freshUntil: Number.isNaN(row.promise) ? Infinity : at + row.promise,
      });
    }
  }

  /** Of several sources together: the oldest check, the earliest end of a promise. */
  together(indexes: readonly number[]): { checkedAt: number; freshUntil: number } {
    let checkedAt = Infinity;
    let freshUntil = Infinity;
    for (const index of indexes) {
      const times = this.sources.get(index);
      if (!times) continue;
      if (!Number.isNaN(times.checkedAt)) checkedAt = Math.min(checkedAt, times.checkedAt);
      freshUntil = Math.min(freshUntil, times.freshUntil);
    }
    return { checkedAt: checkedAt === Infinity ? NaN : checkedAt, freshUntil };
  }

  /** The newest successful check of any source; NaN for none. */
  newestCheck(): number {
    let newest = NaN;
    for (const { checkedAt } of this.sources.values()) {
      if (!Number.isNaN(checkedAt) && !(checkedAt <= newest)) newest = checkedAt;
    }
    return newest;
  }

  clear(): void {
    this.sources.clear();
  }
}
