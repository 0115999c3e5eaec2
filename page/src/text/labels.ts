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

/** As little of the times as tells them apart: days alone, hours alone, or both. */
function timeFields(times: readonly number[], formatter: Formatter): Intl.DateTimeFormatOptions {
  const differ = (options: Intl.DateTimeFormatOptions) => new Set(times.map((time) => formatter.time(time, options))).size > 1;
  const clocks = times.map((time) => formatter.time(time, SECOND));
  const clock = clocks.every((one) => one.endsWith(":00")) ? HOUR : SECOND;
  const day = differ({ year: "numeric" }) ? { ...DAY, year: "numeric" as const } : DAY;
  if (clocks.every((one) => one === "00:00:00")) return day;
  return differ({ ...DAY, year: "numeric" }) ? { ...day, ...clock } : clock;
}
