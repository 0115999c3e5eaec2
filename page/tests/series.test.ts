/** "For every id ≥ first id it is now this": the buffer against a model, over random pieces. */

import { describe, expect, test } from "vitest";

import { nearest } from "../src/charts/buckets";
import { asWritten, SeriesBuffer } from "../src/store/series";
import { Slots } from "../src/store/slots";
import type { SeriesPiece } from "../src/wire/decode";
import { random } from "./random";

function piece(change: Partial<SeriesPiece> & { ids: number[]; values?: number[] }): SeriesPiece {
  const firstId = change.firstId ?? change.ids[0] ?? 0;
  const column = Float64Array.from(change.values ?? change.ids);
  return {
    type: "series", slot: 0, replace: false, k: 0, cadence: 1, newest: change.ids.at(-1) ?? NaN, firstId,
    size: change.ids.length, offsets: Uint32Array.from(change.ids, (id) => id - firstId), start: 0, step: 1,
    first: column, min: column, max: column, last: column, ...change,
  };
}

function held(buffer: SeriesBuffer): [number, number][] {
  const rows: [number, number][] = [];
  for (let i = buffer.start; i < buffer.end; i += 1) rows.push([buffer.ids[i] as number, buffer.last[i] as number]);
  return rows;
}

describe("a series in buckets", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))("equals a plain map, seed %i", (seed) => {
    const next = random(seed);
    const buffer = new SeriesBuffer();
    let model = new Map<number, number>();
    let low = 0;
    for (let round = 0; round < 80; round += 1) {
      const replace = next() < 0.05;
      const newest = Math.max(0, ...model.keys());
      const firstId = replace ? Math.floor(next() * 1e9) : Math.max(0, newest - Math.floor(next() * 40));
      const ids: number[] = [];
      for (let id = firstId; ids.length < next() * 60; id += 1 + Math.floor(next() * 3)) ids.push(id);
      const values = ids.map(() => (next() < 0.1 ? NaN : next()));
      const made = piece({ replace, firstId, ids, values });
      // Twice, and the older before the newer, is the same as once.
      for (let times = next() < 0.2 ? 2 : 1; times > 0; times -= 1) buffer.apply(made);
      if (replace) model = new Map();
      if (replace) low = 0;
      for (const id of [...model.keys()]) if (id >= firstId) model.delete(id);
      ids.forEach((id, i) => model.set(id, values[i] as number));
      if (next() < 0.2 && model.size > 2) {
        const sorted = [...model.keys()].sort((one, other) => one - other);
        low = sorted[Math.floor(next() * (sorted.length - 1))] as number;
        buffer.dropBefore(low + 0.5);
        const kept = sorted.findIndex((id) => id >= low) - 1;
        for (const id of sorted.slice(0, Math.max(0, kept))) model.delete(id);
      }
      expect(held(buffer)).toEqual([...model].sort(([one], [other]) => one - other));
    }
  });

  test("memory is bounded by what is held", () => {
    const buffer = new SeriesBuffer();
    for (let id = 0; id < 100_000; id += 1) {
      buffer.apply(piece({ ids: [id] }));
      buffer.dropBefore(id - 300);
    }
    expect(buffer.size).toBeLessThan(310);
    expect(buffer.ids.length).toBeLessThan(2048);
  });

  test("another level replaces what is held, whether or not it says so", () => {
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [1, 2, 3] }));
    buffer.apply(piece({ ids: [10], k: -2 }));
    expect(held(buffer)).toEqual([[10, 10]]);
    expect(buffer.width).toBe(0.25);
  });

  test("an empty piece takes away what lies from its first id on", () => {
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [1, 2, 3, 4] }));
    buffer.apply(piece({ ids: [], firstId: 3 }));
    expect(held(buffer).map(([id]) => id)).toEqual([1, 2]);
  });

  test("the line breaks at more than 2.5 times the cadence, and never between neighbours", () => {
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [0, 1, 3, 6, 7], cadence: 1 }));
    expect([1, 2, 3, 4].map((i) => buffer.breaksBefore(i))).toEqual([false, false, true, false]);
    buffer.apply(piece({ replace: true, ids: [0, 1, 2], cadence: 0.1 }));
    expect(buffer.breaksBefore(1)).toBe(false);
    buffer.apply(piece({ replace: true, ids: [0, 1, 900], cadence: NaN }));
    expect(buffer.breaksBefore(2)).toBe(false);
  });

  test("the present value passes over gaps", () => {
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [1, 2], values: [5, NaN] }));
    expect(buffer.present()).toBe(5);
    expect(new SeriesBuffer().present()).toBeNaN();
  });

  test("what came as float32 reads as the digits that were written", () => {
    for (const value of [21.37, -0.1, 1e-7, 98_765.43, 0, 0.5, 1_000_003, 16_777_215, 3.402823e38, Infinity, -Infinity]) {
      expect(asWritten(Math.fround(value))).toBe(value);
    }
    for (const value of [21.37, 0.1 + 0.2, 1e300, 123_456_789.125]) expect(asWritten(value)).toBe(value);
    expect(asWritten(NaN)).toBeNaN();
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [1], values: [Math.fround(21.37)] }));
    expect(buffer.present()).toBe(21.37);
  });

  test("ids in steps and ids one by one are the same", () => {
    const [steps, ones] = [new SeriesBuffer(), new SeriesBuffer()];
    const said = { firstId: -7, ids: [-4, -1, 2, 5] };
    steps.apply({ ...piece(said), offsets: null, start: 3, step: 3 });
    ones.apply(piece(said));
    expect([...steps.ids.subarray(0, 4)]).toEqual([-4, -1, 2, 5]);
    expect(steps.ids).toEqual(ones.ids);
  });

  test("the nearest bucket is found within reach only", () => {
    const buffer = new SeriesBuffer();
    buffer.apply(piece({ ids: [10, 12, 20] }));
    expect(nearest(buffer, 11.2, 5)).toBe(buffer.start);
    expect(nearest(buffer, 12.1, 5)).toBe(buffer.start + 1);
    expect(nearest(buffer, 16.6, 2)).toBe(-1);
  });
});

describe("what is held, for a hello", () => {
  test("series say their level and lowest bucket, all say their S", () => {
    const slots = new Slots();
    slots.apply(piece({ slot: 3, ids: [7, 8], k: -1 }), 20, 1);
    slots.apply({ type: "scalar", slot: 1, value: 4, previous: NaN }, 21, 1);
    slots.apply(piece({ slot: 5, ids: [] }), 22, 1);
    slots.apply(piece({ slot: 3, ids: [9], k: -1, replace: false }), 23, 2);
    expect(slots.have(() => false)).toEqual([[1, 0, 0, 21], [3, -1, 7, 23], [5, 0, 0, 22]]);
    // A tail makes nothing whole; what must come anew is not named.
    const filled: [number, number][] = [];
    expect(slots.have((slot, filledBy) => filled.push([slot, filledBy]) > 0)).toEqual([[1, 0, 0, 21]]);
    expect(filled).toEqual([[3, 1], [5, 1]]);
  });
});

describe("how fine it is", () => {
  test("buckets wider than a pixel of what is shown are coarse, all others are not", () => {
    const buffer = new SeriesBuffer();
    expect(buffer.isCoarse(100, 1000)).toBe(false);
    buffer.apply(piece({ replace: true, k: 3, ids: [0, 1, 12] }));
    // 8 wide: just a pixel, or less, of 1,000 over 8,000 and more.
    expect([16_000, 8_000, 7_990].map((span) => buffer.isCoarse(span, 1000))).toEqual([false, false, false]);
    expect([4_000, 1_000].map((span) => buffer.isCoarse(span, 1000))).toEqual([true, true]);
    // However few there are.
    buffer.apply(piece({ replace: true, k: 0, ids: [5] }));
    expect(buffer.isCoarse(1_000, 1000)).toBe(false);
  });
});
