import { expect, it } from "vitest";

import { blocksOf } from "../src/app/grid";
import type { Panel, Row } from "../src/generated/wire";

const panels = (kinds: readonly string[]) => kinds.map((kind, index) => ({ kind, index })) as unknown as Panel[];
const row = (columns: number, size: number): Row => ({ columns, panels: Array.from({ length: size }, (_, i) => i) });
const many = (kind: string, size: number) => panels(Array<string>(size).fill(kind));

it.each([[1, 50], [2, 99], [3, 100], [4, 1000], [5, 41], [7, 30]])("cuts rows of %i columns where lines end", (columns, size) => {
  const blocks = blocksOf(row(columns, size), many("line", size));
  expect(blocks.flat()).toEqual(row(columns, size).panels);
  expect(blocks.length).toBeGreaterThan(1);
  for (const block of blocks.slice(0, -1)) {
    for (const shown of [columns, Math.ceil(columns / 2), 2]) expect(block.length % shown).toBe(0);
  }
});

it("leaves no panel alone, and does not cut what is small or mixed", () => {
  expect(blocksOf(row(4, 9), many("table", 9)).map((block) => block.length)).toEqual([9]);
  expect(blocksOf(row(4, 17), many("table", 17)).map((block) => block.length)).toEqual([8, 9]);
  expect(blocksOf(row(4, 4), many("kpi", 4))).toHaveLength(1);
  expect(blocksOf(row(2, 40), panels(Array.from({ length: 40 }, (_, i) => (i % 3 ? "kpi" : "line"))))).toHaveLength(1);
});
