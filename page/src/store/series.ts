/** The buckets of one series, held in columns. Pieces are idempotent: "for every id ≥ first id it is now this". */

import type { Floats, SeriesPiece } from "../wire/decode";

const CAPACITY_MIN = 256;
/** A range that is shown may be that much shorter than the one that was asked for. */
const SLACK = 1.1;

let numAnswers = 0;

export class SeriesBuffer {
  /** Buckets are 2^k wide. */
  k = 0;
  /** Distance between points in x; NaN: unknown. */
  cadence = NaN;
  /** x of the newest point; NaN: none. */
  newest = NaN;
  /** From this id on it is known what there is, up to where it was asked for. */
  fromId = Infinity;
  /** Grows with each piece that replaces all; a later one of any series has a greater number. */
  answer = 0;
  ids = new Float64Array(0);
  first = new Float64Array(0);
  min = new Float64Array(0);
  max = new Float64Array(0);
  last = new Float64Array(0);
  /** Held buckets are those in [start, end). */
  start = 0;
  end = 0;

  get size(): number {
    return this.end - this.start;
  }

  get width(): number {
    return 2 ** this.k;
  }

  /** Whether its buckets are wider than a pixel, where `span` is shown on so many: finer ones are on their way. */
  isCoarse(span: number, px: number): boolean {
    return this.size > 0 && this.width * px > SLACK * span;
  }

  /** Lowest bucket id held; 0 for none. */
  get lowId(): number {
    return this.size > 0 ? (this.ids[this.start] as number) : 0;
  }

  /** Where bucket `index` is drawn: at its centre. */
  xAt(index: number): number {
    return ((this.ids[index] as number) + 0.5) * this.width;
  }

  /** First index whose id is at least `id`. */
  indexOfId(id: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ids[middle] as number) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First index drawn at or right of `x`. */
  indexOfX(x: number): number {
    return this.indexOfId(Math.ceil(x / this.width - 0.5));
  }

  apply(piece: SeriesPiece): void {
    if (piece.replace || piece.k !== this.k) {
      this.start = this.end = 0;
      this.k = piece.k;
      this.fromId = Infinity;
      this.answer = numAnswers += 1;
    }
    if (piece.firstId < this.fromId) this.fromId = piece.firstId;
    this.end = this.indexOfId(piece.firstId);
    const { size, offsets } = piece;
    this.reserve(size);
    const { ids, end } = this;
    if (offsets === null) {
      for (let i = 0, id = piece.firstId + piece.start; i < size; i += 1, id += piece.step) ids[end + i] = id;
    } else {
      for (let i = 0; i < size; i += 1) ids[end + i] = piece.firstId + (offsets[i] as number);
    }
    this.first.set(piece.first, this.end);
    this.min.set(piece.min, this.end);
    this.max.set(piece.max, this.end);
    this.last.set(piece.last, this.end);
    this.end += size;
    this.cadence = piece.cadence;
    this.newest = piece.newest;
  }

  /** Forget what is left of `x`, but for one bucket from which the line comes in. */
  dropBefore(x: number): void {
    const index = this.indexOfX(x) - 1;
    if (index > this.start) this.start = index;
  }

  /** The value of the newest bucket that has one, to be read; NaN for none. Those from `end` on are left out. */
  present(end = this.end): number {
    for (let i = end - 1; i >= this.start; i -= 1) {
      const value = this.last[i] as number;
      if (!Number.isNaN(value)) return asWritten(value);
    }
    return NaN;
  }

  /** Whether the line breaks between buckets `index - 1` and `index`. */
  breaksBefore(index: number): boolean {
    const distance = ((this.ids[index] as number) - (this.ids[index - 1] as number)) * this.width;
    return distance > this.width * 1.000001 && distance > 2.5 * this.cadence;
  }

  /** Make room at the end: what moves on with time moves to the beginning of its memory, what grows gets twice of it. */
  private reserve(more: number): void {
    if (this.end + more <= this.ids.length) return;
    if (2 * (this.size + more) <= this.ids.length) {
      const { ids, first, min, max, last } = this;
      for (const column of [ids, first, min, max, last]) column.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.start = 0;
      return;
    }
    const capacity = Math.max(CAPACITY_MIN, 2 * (this.size + more));
    const moved = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const target = new Float64Array(capacity);
      target.set(column.subarray(this.start, this.end));
      return target;
    };
    this.ids = moved(this.ids);
    this.first = moved(this.first);
    this.min = moved(this.min);
    this.max = moved(this.max);
    this.last = moved(this.last);
    this.end -= this.start;
    this.start = 0;
  }
}

/**
 * A value to be read by people. What came as float32 is the seven digits that it stands for: 21.37, and not the
 * 21.370000839 that is the nearest float32.
 */
export function asWritten(value: number): number {
  if (Math.fround(value) !== value) return value;
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

/** A series that has a shape but is no series: a whole curve, in the order given. */
export interface Curve {
  readonly xs: Floats;
  readonly ys: Floats;
}

/** From point `start` on the curve is now this. */
export function joinCurve(held: Curve, piece: Curve & { readonly start: number }): Curve {
  const join = (before: Floats, after: Floats): Float64Array => {
    const joined = new Float64Array(piece.start + after.length);
    joined.set(before.subarray(0, piece.start));
    joined.set(after, piece.start);
    return joined;
  };
  return { xs: join(held.xs, piece.xs), ys: join(held.ys, piece.ys) };
}
