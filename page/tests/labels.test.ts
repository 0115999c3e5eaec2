/** What bars and slices are called: numbers, times, truths, what has no value. */

import { describe, expect, test } from "vitest";

import type { Cell, TableColumn } from "../src/generated/wire";
import { TableBuffer } from "../src/store/table";
import { Formatter } from "../src/text/format";
import { labelsOf, ownParts } from "../src/text/labels";
import { wordsOf } from "../src/text/words";

const en = new Formatter("en-GB", "Europe/Paris", wordsOf("en"));
const fr = new Formatter("fr-FR", "Europe/Paris", wordsOf("fr"));
/** Midnight in Paris, 22 November 2026. */
const DAY = 1_795_302_000;
const HOUR = 3600;

describe("labels", () => {
  test.each<[string, Cell[], TableColumn["type"], string[], string[]]>([
    ["whole numbers have neither decimals nor separators", [1, 2024, -3, 1e6], "number", ["1", "2024", "-3", "1000000"], ["1", "2024", "-3", "1000000"]],
    ["others are written by the locale", [0.5, 1234.25], "number", ["0.5", "1234.25"], ["0,5", "1234,25"]],
    ["what has no value is not what is empty", [null, "", "none"], "text", ["none", "(empty)", "none"], ["aucun", "(vide)", "none"]],
    ["truths", [true, false, null], "bool", ["Yes", "No", "none"], ["Oui", "Non", "aucun"]],
    ["hours of one day", [DAY + 9 * HOUR, DAY + 9.5 * HOUR], "time", ["09:00", "09:30"], ["09:00", "09:30"]],
    ["seconds", [DAY, DAY + 5], "time", ["00:00:00", "00:00:05"], ["00:00:00", "00:00:05"]],
    ["days", [DAY, DAY + 24 * HOUR], "time", ["22 Nov", "23 Nov"], ["22 nov.", "23 nov."]],
    ["one day", [DAY], "time", ["22 Nov"], ["22 nov."]],
    ["hours of several days", [DAY - HOUR, DAY], "time", ["21 Nov, 23:00", "22 Nov, 00:00"], ["21 nov., 23:00", "22 nov., 00:00"]],
    ["days of several years", [DAY, DAY + 365 * 24 * HOUR], "time", ["22 Nov 2026", "22 Nov 2027"], ["22 nov. 2026", "22 nov. 2027"]],
  ])("%s", (_, cells, type, english, french) => {
    expect(labelsOf(cells, type, en)).toEqual(english);
    expect(labelsOf(cells, type, fr)).toEqual(french);
  });
});

test.each<[string, TableColumn["type"][], Cell[], Cell, number]>([
  ["a text and a number", ["text", "number"], ["a", 5], "a", 5],
  ["a number and a text", ["number", "text"], [5, "a"], "a", 5],
  ["two numbers: a label and a value", ["number", "number"], [2024, 5], 2024, 5],
  ["a time and a number", ["time", "number"], [DAY, 5], DAY, 5],
  ["no value and a number", ["number", "number"], [null, 5], null, 5],
])("bars are of %s", (_, types, cells, label, value) => {
  const table = new TableBuffer();
  const columns = types.map((type, i) => ({ name: `c${i}`, type }));
  table.apply({ columns, order: [1], rows: { 1: cells }, replace: true, num_rows: 1 });
  expect(table.pairs()).toEqual([{ label, value, id: 1 }]);
});

test.each<[string, string[], string[]]>([
  ["words that all begin and end with go", ["bearing-01-temperature", "bearing-02-temperature"], ["01", "02"]],
  ["parts of a word stay", ["north", "northwest"], ["north", "northwest"]],
  ["something is left of each", ["oven", "oven top", "oven bottom"], ["oven", "oven top", "oven bottom"]],
  ["the same name twice", ["a b", "a b"], ["b", "b"]],
  ["one name", ["a b"], ["a b"]],
  ["separators alone, and nothing", ["--", "", "_x"], ["--", "", "_x"]],
  ["a number of words that differs", ["line 1 speed", "line 2 inner speed"], ["1", "2 inner"]],
])("of several names what is their own is shown: %s", (_, names, own) => {
  const parts = ownParts(names);
  expect(parts.map((one) => one[1])).toEqual(own);
  expect(parts.map((one) => one.join(""))).toEqual(names);
});
