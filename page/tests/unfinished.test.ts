/** Row U12: the bucket of the present is kept, and told apart from those that have ended. */

import { describe, expect, test } from "vitest";

import { unfinishedFrom } from "../src/charts/unfinished";
import { trace } from "../src/charts/buckets";
import { WHOLE } from "../src/charts/tip";
import { LineChanges } from "../src/panels/linechanges";
import { hitAt, rowOf } from "../src/panels/hits";
import { bucketSecs, soFarOf } from "../src/panels/sofar";
import { finishedTo, Slots } from "../src/store/slots";
import { Formatter } from "../src/text/format";
import { wordsOf } from "../src/text/words";
import type { SeriesPiece } from "../src/wire/decode";

const AT = { x0: 0, x1: 100, y0: 0, y1: 10, left: 0, top: 0, width: 100, height: 100 };
/** One bucket of time every 10 s, 1 s wide on the wire. */
const LINE = { slot: 0, label: "orders", color: null, finished_slot: 1 };

function slotsWith(starts: number[], values: number[], finished: number | null): Slots {
  const slots = new Slots();
  const column = Float64Array.from(values);
  const piece: SeriesPiece = {
    type: "series", slot: 0, replace: true, k: 0, size: starts.length, firstId: 0, start: 0, step: 0, cadence: 10,
    newest: starts.at(-1) ?? NaN, offsets: Uint16Array.from(starts), first: column, min: column, max: column, last: column,
  };
  slots.apply(piece, 1, 1);
  if (finished !== null) slots.apply({ type: "scalar", slot: 1, value: finished, previous: NaN }, 1, 1);
  return slots;
}

describe("the unfinished bucket of a line", () => {
  test.each([
    [null, 4], [40, 4], [30, 3], [29.5, 3], [20, 2], [0, 0], [-1e9, 0],
  ])("buckets that ended up to %s leave those from index %i on", (finished, index) => {
    const slots = slotsWith([0, 10, 20, 30], [1, 2, 3, 4], finished);
    const series = slots.series(0);
    if (!series) throw new Error("no series");
    expect(unfinishedFrom(series, finishedTo(LINE, slots))).toBe(index);
  });

  test("a line without buckets of time has none", () => {
    expect(finishedTo({ finished_slot: null }, slotsWith([0], [1], 0))).toBe(Infinity);
    expect(finishedTo({}, slotsWith([0], [1], 0))).toBe(Infinity);
  });

  test("the solid line ends before it, and the present value is that of the last finished one", () => {
    const slots = slotsWith([0, 10, 20, 30], [1, 2, 3, 4], 30);
    const series = slots.series(0);
    if (!series) throw new Error("no series");
    const moves: number[] = [];
    class Path {
      moveTo(x: number): void { moves.push(x); }
      lineTo(x: number): void { moves.push(x); }
    }
    Object.assign(globalThis, { Path2D: Path });
    trace(series, AT, "none", 1, WHOLE, unfinishedFrom(series, 30));
    expect(moves).toEqual([0.5, 10.5, 20.5]);
    expect(series.present(unfinishedFrom(series, 30))).toBe(3);
    expect(series.present()).toBe(4);
  });

  test("the tooltip says so of it, and of no other", () => {
    const slots = slotsWith([0, 10, 20, 30], [1, 2, 3, 4], 30);
    const said = [20, 30].map((x) => {
      const hit = hitAt({ series: slots.series(0), curve: null, finishedTo: 30 }, x, AT, 1);
      return rowOf(hit, String, "so far", wordsOf("en").between).spread;
    });
    expect(said).toEqual(["", "so far"]);
  });

  test("of a window that has ended itself it is there in part", () => {
    const around = { at: 35, formatter: new Formatter("en", "UTC", wordsOf("en")) };
    expect(bucketSecs([10, 20, 30])).toBe(10);
    expect(bucketSecs([30, 20, 10])).toBe(10);
    expect(bucketSecs([10])).toBeNaN();
    expect(soFarOf(around, 30, 10)).toBe("so far");
    expect(soFarOf(around, 30, NaN)).toBe("so far");
    expect(soFarOf({ ...around, at: 42 }, 30, 10)).toBe("in part");
  });

  test("that it has ended is drawn, though no value changed", () => {
    const slots = slotsWith([0, 10, 20, 30], [1, 2, 3, 4], 30);
    const changes = new LineChanges([LINE], slots, new Set());
    changes.settle(AT);
    expect(changes.since(AT, WHOLE)).toBe("none");
    slots.apply({ type: "scalar", slot: 1, value: 40, previous: NaN }, 2, 1);
    expect(changes.since(AT, WHOLE)).toBe("all");
    changes.settle(AT);
    expect(changes.since(AT, WHOLE)).toBe("none");
  });
});
