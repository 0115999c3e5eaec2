/** What bars and slices are called: the cells of one column as names, which are read and not reckoned with. */

import type { Cell, TableColumn } from "../generated/wire";
import type { Formatter } from "./format";

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
const HOUR: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const SECOND: Intl.DateTimeFormatOptions = { ...HOUR, second: "2-digit" };

/** The cells of a column as names. What has no value, and a text that is empty, are called so. */
export function labelsOf(cells: readonly Cell[], type: TableColumn["type"], formatter: Formatter): string[] {
  const { words } = formatter;
  const fields = type === "time" ? timeFields(cells.filter((cell) => typeof cell === "number"), formatter) : {};
  return cells.map((cell) => {
    if (cell === null) return words.none;
    if (cell === "") return words.emptyText;
    if (typeof cell === "boolean") return cell ? words.yes : words.no;
    if (typeof cell === "string") return cell;
    return type === "time" ? formatter.time(cell, fields) : formatter.name(cell);
  });
}

/** What stands before, is of its own, and stands after in one of several names. */
export type NameParts = readonly [before: string, own: string, after: string];

/** Names in whose beginning or end all have the same words: `bearing-01-temperature` has `01` of its own beside others. */
export function ownParts(names: readonly string[]): NameParts[] {
  const words = names.map((name) => name.match(/[^\s._:/-]+[\s._:/-]*|^[\s._:/-]+/g) ?? [name]);
  const [one = []] = words;
  const least = Math.min(...words.map((each) => each.length));
  if (names.length < 2) return names.map((name) => ["", name, ""]);
  let before = 0;
  while (before < least - 1 && words.every((each) => each[before] === one[before])) before += 1;
  let after = 0;
  while (after < least - before - 1 && words.every((each) => each.at(-1 - after) === one.at(-1 - after))) after += 1;
  return words.map((each) => {
    const own = each.slice(before, each.length - after).join("");
    // What parts it from the next word is of that.
    const name = own.replace(/[\s._:/-]+$/, "") || own;
    const rest = own.slice(name.length) + each.slice(each.length - after).join("");
    return [each.slice(0, before).join(""), name, rest];
  });
}

/** As little of the times as tells them apart: days alone, hours alone, or both. */
function timeFields(times: readonly number[], formatter: Formatter): Intl.DateTimeFormatOptions {
  const differ = (options: Intl.DateTimeFormatOptions) => new Set(times.map((time) => formatter.time(time, options))).size > 1;
  const clocks = times.map((time) => formatter.time(time, SECOND));
  const clock = clocks.every((one) => one.endsWith(":00")) ? HOUR : SECOND;
  const day = differ({ year: "numeric" }) ? { ...DAY, year: "numeric" as const } : DAY;
  if (clocks.every((one) => one === "00:00:00")) return day;
  return differ({ ...DAY, year: "numeric" }) ? { ...day, ...clock } : clock;
}
