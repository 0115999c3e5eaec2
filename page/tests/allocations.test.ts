/** What comes in and what is drawn is gone through bucket by bucket, and nothing is allocated for any of them. */

import { Session } from "node:inspector";
import type { HeapProfiler } from "node:inspector";

import { beforeAll, describe, expect, test } from "vitest";

import { extremes, trace } from "../src/charts/buckets";
import { DrawnBuckets } from "../src/charts/drawn";
import { WHOLE } from "../src/charts/tip";
import { HEADER_BYTES, PIECE_BYTES, SERIES, SERIES_FLAT, SERIES_HEAD_BYTES, VERSION } from "../src/generated/wire";
import { SeriesBuffer } from "../src/store/series";
import { decodeMessage } from "../src/wire/decode";
import { random } from "./random";

const FEW = 500;
const MANY = 5000;
const ROUNDS = 200;
/** Enough for the compiler to have seen all of it: what is interpreted allocates every number. */
const WARM_ROUNDS = 800;
const SAMPLING_BYTES = 256;

/** A path that takes everything, as a browser's does: without a word. */
class NoPath {
  moveTo(): void {}
  lineTo(): void {}
}

beforeAll(() => {
  (globalThis as { Path2D?: unknown }).Path2D ??= NoPath;
});

/** Bytes that so many rounds of some work allocate, also those that are collected meanwhile. */
function allocated(work: () => void): number {
  const session = new Session();
  session.connect();
  const both = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  session.post("HeapProfiler.startSampling", { samplingInterval: SAMPLING_BYTES, ...both });
  for (let round = 0; round < ROUNDS; round += 1) work();
  let bytes = 0;
  session.post("HeapProfiler.stopSampling", (error, result: HeapProfiler.StopSamplingReturnType) => {
    if (error) throw error;
    const sum = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
      children.reduce((before, child) => before + sum(child), selfSize);
    bytes = sum(result.profile.head);
  });
  session.disconnect();
  return bytes;
}

/** Bytes that one bucket more costs, of work on so many buckets. */
function bytesPerBucket(workOn: (size: number) => () => void): number {
  const [few, many] = [workOn(FEW), workOn(MANY)];
  for (let round = 0; round < WARM_ROUNDS; round += 1) {
    few();
    many();
  }
  return (allocated(many) - allocated(few)) / ROUNDS / (MANY - FEW);
}

function messageOf(size: number): ArrayBuffer {
  const next = random(size);
  const bytes = SERIES_HEAD_BYTES + 8 * size;
  const buffer = new ArrayBuffer(HEADER_BYTES + PIECE_BYTES + bytes);
  const view = new DataView(buffer);
  view.setUint8(0, VERSION);
  view.setUint16(2, 1, true);
  view.setUint8(HEADER_BYTES, SERIES);
  view.setUint8(HEADER_BYTES + 1, SERIES_FLAT);
  view.setUint32(HEADER_BYTES + 4, bytes, true);
  const at = HEADER_BYTES + PIECE_BYTES;
  view.setUint16(at + 2, size, true);
  view.setFloat32(at + 4, 1, true);
  for (let i = 0; i < size; i += 1) view.setFloat64(at + SERIES_HEAD_BYTES + 8 * i, next() * 100, true);
  return buffer;
}

/** Lines and columns by turns, with gaps. */
function buffer(size: number): SeriesBuffer {
  const next = random(size);
  const made = new SeriesBuffer();
  const heights = Array.from({ length: size }, (_, i) => (i % 90 === 0 ? NaN : i % 100 < 50 ? 40 * next() : next()));
  const column = (share: number) => Float64Array.from(heights, (height) => 50 + share * height);
  made.apply({
    type: "series", slot: 0, replace: true, k: 0, cadence: 1, newest: size, firstId: 0, size,
    offsets: null, start: 0, step: 1, first: column(0), min: column(-1), max: column(1), last: column(0.1),
  });
  return made;
}

describe("a bucket more allocates nothing", () => {
  test("in what comes in", () => {
    expect(bytesPerBucket((size) => {
      const message = messageOf(size);
      const held = new SeriesBuffer();
      return () => {
        const [piece] = decodeMessage(message).pieces;
        if (piece?.type === "series") held.apply(piece);
      };
    })).toBeLessThan(0.5);
  });

  test("in what is drawn", () => {
    expect(bytesPerBucket((size) => {
      const series = buffer(size);
      const at = { x0: 0, x1: size, y0: 0, y1: 100, left: 40, top: 0, width: size, height: 100 };
      return () => void trace(series, at, "zero", 1.5, WHOLE);
    })).toBeLessThan(0.5);
  });

  test("in what is compared with the picture before, and measured for its axis", () => {
    expect(bytesPerBucket((size) => {
      const series = buffer(size);
      const drawn = new DrawnBuckets();
      return () => {
        drawn.differsAt(series, 0, size, 0);
        drawn.remember(series, 0, size);
        extremes(series, 0, size);
      };
    })).toBeLessThan(0.5);
  });

  test("in what moves on with time", () => {
    const held = new SeriesBuffer();
    let next = 0;
    const push = (size: number) => {
      const values = new Float64Array(size);
      return () => {
        held.apply({
          type: "series", slot: 0, replace: false, k: 0, cadence: 1, newest: next, firstId: next, size,
          offsets: null, start: 0, step: 1, first: values, min: values, max: values, last: values,
        });
        next += size;
        held.dropBefore(next - 2000);
      };
    };
    push(2000)();
    const step = push(10);
    for (let i = 0; i < 2000; i += 1) step();
    const before = held.ids.buffer;
    for (let i = 0; i < 2000; i += 1) step();
    // The columns are those of before: they are made room in, not made anew.
    expect(held.ids.buffer === before).toBe(true);
    expect(held.size).toBeLessThanOrEqual(2012);
    expect(held.ids[held.end - 1]).toBe(next - 1);
  });
});
