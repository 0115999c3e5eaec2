/** What is chosen, and how the address says it. */

import { expect, test } from "vitest";
import type { Control } from "../src/generated/wire";
import { Slots } from "../src/store/slots";
import { chosenFrom, NOTHING_CHOSEN, rangeOf, searchWith, spanText, toggled, withValues } from "../src/view/choices";
import { Viewing } from "../src/view/viewing";

const CONTROLS: Control[] = [
  { kind: "filter", name: "region", label: "Region", column: "region", several: true, options: null, panel: 0 },
  { kind: "filter", name: "status", label: "Status", column: "status", several: false, options: ["paid"], panel: null },
  { kind: "search", name: "q", label: "" },
  { kind: "range", name: "range", label: "", default_secs: 3600, spans_secs: [3600] },
];
const [REGION, STATUS] = CONTROLS as [Control, Control];

test("the address says what is chosen, and nothing else of it is touched", () => {
  const chosen = chosenFrom("?theme=dark&region=EU&region=US&status=paid&status=new&other=1&q=", CONTROLS);
  expect(chosen).toEqual({ region: ["EU", "US"], status: ["paid"] });
  expect(searchWith("?theme=dark&q=old", CONTROLS, chosen)).toBe("?theme=dark&region=EU&region=US&status=paid");
  expect(searchWith("?q=old", CONTROLS, {})).toBe("");
});

test("no name is mistaken for what all objects have", () => {
  const control: Control = { ...(REGION as Extract<Control, { kind: "filter" }>), name: "constructor" };
  expect(chosenFrom("", [control])["constructor"]).toBeUndefined();
  expect(toggled(chosenFrom("", [control]), control, "Lotus")["constructor"]).toEqual(["Lotus"]);
  expect(toggled(NOTHING_CHOSEN, control, "Lotus")["constructor"]).toEqual(["Lotus"]);
});

test("a range is one only where it lies in the times that there are", () => {
  expect(rangeOf("-5~10.5")).toEqual({ x0: -5, x1: 10.5 });
  for (const text of ["~5", "5~", "~", "1~2~3", "0~1e300", "0~Infinity", "-1e13~5", "9e12~9.1e12", "5~5", "a~b"]) expect(rangeOf(text)).toBeNull();
});

test("any text survives the address", () => {
  for (const text of ["a&b=c", "100 %", "'; DROP TABLE orders; --", "é + ü", "<b>", "#?/"]) {
    expect(chosenFrom(searchWith("", CONTROLS, { q: [text] }), CONTROLS)).toEqual({ q: [text] });
  }
});

test("a value that is chosen again is taken back; where only one may be, another takes its place", () => {
  expect(toggled(toggled({}, REGION, "EU"), REGION, "US")).toEqual({ region: ["EU", "US"] });
  expect(toggled(toggled({}, REGION, "EU"), REGION, "EU")).toEqual({});
  expect(toggled(toggled({}, STATUS, "paid"), STATUS, "new")).toEqual({ status: ["new"] });
});

test("equal choices are the same text, however they came about", () => {
  const one = withValues(withValues({}, "region", ["EU"]), "q", ["a"]);
  const other = withValues(withValues({}, "q", ["a"]), "region", ["EU"]);
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test("ranges are spans up to now, or two moments", () => {
  expect([300, 3600, 86_400, 604_800, 90].map(spanText)).toEqual(["5m", "1h", "1d", "7d", "90s"]);
  expect(rangeOf("6h")).toEqual({ secs: 21_600 });
  expect(rangeOf("100~200")).toEqual({ x0: 100, x1: 200 });
  for (const text of ["200~100", "a~b", "soon", "~", undefined]) expect(rangeOf(text)).toBeNull();
});

test("what answers an older view is of what was chosen before", () => {
  const viewing = new Viewing();
  viewing.numbered(1, viewing.body([]));
  expect(viewing.isOfBefore(1)).toBe(false);
  expect(viewing.choose({ region: ["EU"] })).toBe(true);
  expect(viewing.isOfBefore(1)).toBe(true);
  viewing.numbered(2, viewing.body([]));
  viewing.numbered(3, viewing.body([]));
  expect([1, 2, 3].map((n) => viewing.isOfBefore(n))).toEqual([true, false, false]);
  expect(viewing.choose({ region: ["EU"] })).toBe(false);
});

test("what is held of an older choice stays until it is replaced or dropped, and is not named", () => {
  const slots = new Slots();
  const table = (value: number) => ({
    type: "table" as const, slot: 3,
    rows: { columns: [{ name: "n", type: "number" as const }], order: [value], rows: { [value]: [value] }, replace: true, num_rows: 1 },
  });
  slots.apply(table(1), 5, 1);
  slots.age();
  expect(slots.table(3)?.order).toEqual([1]);
  expect(slots.have(() => false)).toEqual([]);
  slots.apply(table(2), 6, 2);
  expect(slots.table(3)?.order).toEqual([2]);
  expect(slots.dropOld([3])).toBe(false);
  slots.age();
  expect(slots.dropOld([3])).toBe(true);
  expect(slots.table(3)).toBeNull();
});
