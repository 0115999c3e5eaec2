import { expect, test } from "vitest";

import type { TableRows } from "../src/generated/wire";
import { rowOfKey } from "../src/panels/rowfocus";
import { TableBuffer } from "../src/store/table";

const columns = [{ name: "label", type: "text" }, { name: "value", type: "number" }] as const;

function rows(order: number[], changed: Record<string, [string, number | null]>, replace = false): TableRows {
  return { columns, order, rows: changed, replace, num_rows: order.length };
}

test("only new and changed rows are marked, rows not in order are dropped", () => {
  const table = new TableBuffer();
  table.apply(rows([1, 2], { 1: ["a", 1], 2: ["b", 2] }));
  expect([...table.takeChanged()]).toEqual([1, 2]);
  table.apply(rows([3, 2], { 3: ["c", 3] }));
  expect([...table.takeChanged()]).toEqual([3]);
  expect([...table.rows.keys()]).toEqual([2, 3]);
  expect(table.pairs()).toMatchObject([{ label: "c", value: 3 }, { label: "b", value: 2 }]);
});

test("replace forgets what was held, and a row without a number is no bar", () => {
  const table = new TableBuffer();
  table.apply(rows([1, 2], { 1: ["a", 1], 2: ["b", null] }));
  expect(table.pairs()).toMatchObject([{ label: "a", value: 1 }]);
  table.apply(rows([2, 1], { 2: ["z", 9] }, true));
  expect(table.pairs()).toMatchObject([{ label: "z", value: 9 }]);
});

test("keys lead from row to row, and not beyond the first and the last", () => {
  const led = (key: string, at: number) => rowOfKey(key, at, 10, 4);
  expect(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"].map((key) => led(key, 5))).toEqual([4, 6, 1, 9, 0, 9]);
  expect([led("ArrowUp", 0), led("PageUp", 2), led("ArrowDown", 9), led("PageDown", 8)]).toEqual([0, 0, 9, 9]);
  expect([led("Enter", 5), led("ArrowRight", 5), rowOfKey("End", -1, 0, 4)]).toEqual([null, null, null]);
});
