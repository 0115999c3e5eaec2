/** Which buckets a picture was drawn from, so that the next one draws only what differs. */

import type { SeriesBuffer } from "../store/series";

const COLUMNS = ["ids", "first", "min", "max", "last"] as const;

/** Of one series. */
export class DrawnBuckets {
  private series: SeriesBuffer | null = null;
  private k = 0;
  private gap = NaN;
  private size = 0;
  private readonly held: Record<(typeof COLUMNS)[number], Float64Array> = {
    ids: new Float64Array(0), first: new Float64Array(0), min: new Float64Array(0),
    max: new Float64Array(0), last: new Float64Array(0),
  };

  /** The picture shows the buckets in [from, to). */
  remember(series: SeriesBuffer, from: number, to: number): void {
    this.series = series;
    this.k = series.k;
    this.gap = gapOf(series);
    this.size = Math.max(0, to - from);
    for (const column of COLUMNS) {
      if (this.held[column].length < this.size) this.held[column] = new Float64Array(2 * this.size);
      if (this.size > 0) this.held[column].set(series[column].subarray(from, to));
    }
  }

  forget(): void {
    this.series = null;
  }

  /**
   * First index in [from, to] from which on the picture, which now begins at `x0`, is another; `to` where it is the
   * same; -1: all of it is.
   */
  differsAt(series: SeriesBuffer, from: number, to: number, x0: number): number {
    if (series !== this.series || series.k !== this.k || gapOf(series) !== this.gap) return -1;
    const { held } = this;
    // What has left the picture is no change of the rest: all that lies left of a bucket which lies left of it.
    let left = 0;
    if (from < to && series.xAt(from) < x0) {
      while (left < this.size && (held.ids[left] as number) < (series.ids[from] as number)) left += 1;
    }
    if (to - from < this.size - left) return -1;
    let same = this.size - left;
    for (const column of COLUMNS) {
      const now = series[column];
      const before = held[column];
      for (let i = 0; i < same; i += 1) {
        // A gap is equal to itself.
        if (now[from + i] !== before[left + i] && !(Number.isNaN(now[from + i]) && Number.isNaN(before[left + i]))) same = i;
      }
    }
    return from + same;
  }
}

/** Buckets between neighbours from which the line breaks. */
function gapOf(series: SeriesBuffer): number {
  const wide = (2.5 * series.cadence) / series.width;
  return Number.isNaN(wide) ? Infinity : Math.floor(Math.max(1, wide));
}
