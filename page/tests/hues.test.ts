import { expect, test } from "vitest";

import { Hues } from "../src/charts/hues";

test("a label keeps its hue while it is shown, whatever its place, and no two are alike", () => {
  const hues = new Hues();
  expect(hues.of(["a", "b", "c"])).toEqual([0, 1, 2]);
  expect(hues.of(["c", "a"])).toEqual([2, 0]);
  expect(hues.of(["d", "c", "a", "e"])).toEqual([1, 2, 0, 3]);
});
