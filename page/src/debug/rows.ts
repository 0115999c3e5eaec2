/** What the server measured and what the page did, joined into rows. All times are milliseconds, NaN where there is none. */

import type { CauseStep, ScreenMeasures, StageTimes } from "../generated/measured";
import type { Durations, Probe } from "./probe";

export const STAGES = ["query", "recalculation", "encoding", "sending", "drawing"] as const;
export type Stage = (typeof STAGES)[number];
export const COLUMNS = ["panel", "total", ...STAGES, "rate", "skipped", "viewers"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Times {
  readonly last: number;
  readonly p95: number;
  /** Which of several sources or metrics this is. */
  readonly label: string | null;
}

export interface Row {
  readonly index: number;
  readonly title: string;
  /** Of all stages together, p95. */
  readonly total: number;
  readonly stages: Readonly<Record<Stage, Times>>;
  /** Bytes a second, to all viewers. */
  readonly rate: number;
  readonly merged: number;
  readonly behind: number;
  readonly starved: number;
  readonly viewers: number;
  readonly causes: readonly CauseStep[];
}

/** Rows by panel, in the layout's order. `before` is an earlier answer, from which rates are. */
export function rowsOf(measures: ScreenMeasures, before: ScreenMeasures | null, probe: Probe): Row[] {
  const secs = before === null ? NaN : measures.at - before.at;
  const earlier = new Map(before?.panels.map((panel) => [panel.key, panel.sent_bytes]));
  return measures.panels.map((panel) => {
    const stages = {
      query: times(panel.query),
      recalculation: times(panel.recalculation),
      encoding: times(panel.encoding),
      sending: times(panel.sending),
      drawing: drawn(probe.drawing(panel.index)),
    };
    const grown = panel.sent_bytes - (earlier.get(panel.key) ?? NaN);
    return {
      index: panel.index,
      title: panel.title,
      total: STAGES.reduce((sum, stage) => sum + (stages[stage].p95 || 0), 0),
      stages,
      rate: secs > 0 && grown >= 0 ? grown / secs : NaN,
      merged: panel.num_merged,
      behind: panel.num_behind,
      starved: panel.num_starved,
      viewers: panel.num_viewers,
      causes: panel.causes,
    };
  });
}

/** By one column; panels by their place, all else the greatest first, and what has no value last. */
export function sorted(rows: readonly Row[], column: Column): Row[] {
  if (column === "panel") return [...rows].sort((one, other) => one.index - other.index);
  const rank = (row: Row) => {
    const value = valueOf(row, column);
    return Number.isNaN(value) ? -1 : value;
  };
  return [...rows].sort((one, other) => rank(other) - rank(one) || one.index - other.index);
}

/** The number by which a row is sorted. */
export function valueOf(row: Row, column: Exclude<Column, "panel">): number {
  switch (column) {
    case "total":
    case "rate":
    case "viewers":
      return row[column];
    case "skipped":
      return row.merged + row.behind + row.starved;
    default:
      return row.stages[column].p95;
  }
}

/** How much more than all others a panel must take in a stage to be called its slowest. */
const CLEARLY = 1.1;

/** The panel that is clearly the slowest in a stage; null where none is. */
export function slowest(rows: readonly Row[], stage: Stage): number | null {
  const [first, second] = sorted(rows, stage);
  if (!first || !(first.stages[stage].p95 > 0)) return null;
  return first.stages[stage].p95 > CLEARLY * (second?.stages[stage].p95 || 0) ? first.index : null;
}

function times({ last_secs, p95_secs, label }: StageTimes): Times {
  return { last: last_secs === null ? NaN : 1000 * last_secs, p95: p95_secs === null ? NaN : 1000 * p95_secs, label };
}

function drawn(durations: Durations | undefined): Times {
  return { last: durations?.last ?? NaN, p95: durations?.p95() ?? NaN, label: null };
}
