import { expect, test } from "vitest";

import type { TableRows } from "../src/generated/wire";
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
