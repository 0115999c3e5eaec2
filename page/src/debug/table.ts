/** The table of panels: a row each, the chain of causes below the one that is open. Cells are changed, never made again. */

import { element, setAttribute, setText } from "../chrome/dom";
import type { CauseStep } from "../generated/measured";
import type { Formatter } from "../text/format";
import { GAP, PLAIN } from "../text/format";
import { COLUMNS, slowest, sorted, STAGES, valueOf } from "./rows";
import type { Column, Row, Stage } from "./rows";
import { debugWords } from "./words";

interface Line {
  readonly main: HTMLTableRowElement;
  readonly opener: HTMLButtonElement;
  readonly cells: ReadonlyMap<Column, HTMLElement>;
  readonly more: HTMLTableRowElement;
  readonly chain: HTMLElement;
}

export class PanelsTable {
  readonly element: HTMLElement;
  private readonly body = element("tbody");
  private readonly heads = new Map<Column, { cell: HTMLElement; button: HTMLButtonElement }>();
  private readonly lines = new Map<number, Line>();
  private rows: readonly Row[] = [];
  private column: Column = "total";
  private open: number | null = null;

  constructor(private readonly formatter: () => Formatter) {
    const head = element("tr");
    for (const column of COLUMNS) {
      const button = element("button", "debug-sort", { type: "button", "data-role": "debug-sort", "data-column": column });
      const cell = element("th", column === "panel" ? "" : "number", { scope: "col" }, button);
      button.addEventListener("click", () => this.sortBy(column));
      this.heads.set(column, { cell, button });
      head.append(cell);
    }
    this.element = element("table", "debug-table", {}, element("thead", "", {}, head), this.body);
  }

  show(rows: readonly Row[]): void {
    this.rows = rows;
    for (const [index, line] of this.lines) {
      if (rows.some((row) => row.index === index)) continue;
      line.main.remove();
      line.more.remove();
      this.lines.delete(index);
    }
    for (const row of rows) this.fill(this.lines.get(row.index) ?? this.make(row.index), row);
    for (const stage of STAGES) this.mark(stage);
    this.place();
    this.showHeads();
  }

  private showHeads(): void {
    const debug = debugWords(this.formatter());
    for (const [column, { cell, button }] of this.heads) {
      setText(button, debug.columns[column]);
      setAttribute(button, "title", debug.columnHints[column]);
      const active = column === this.column;
      setAttribute(cell, "aria-sort", active ? (column === "panel" ? "ascending" : "descending") : "none");
    }
  }

  private sortBy(column: Column): void {
    this.column = column;
    this.show(this.rows);
  }

  /** Only what is out of place is moved: a row that keeps its place keeps its focus. */
  private place(): void {
    const wanted = sorted(this.rows, this.column).flatMap(({ index }) => {
      const { main, more } = this.lines.get(index) as Line;
      return [main, more];
    });
    if (wanted.every((row, position) => this.body.children[position] === row)) return;
    const focused = this.body.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    this.body.append(...wanted);
    focused?.focus({ preventScroll: true });
  }

  private make(index: number): Line {
    const opener = element("button", "debug-open", { type: "button", "data-role": "debug-open", "aria-expanded": "false", "aria-controls": `debug-more-${index}` });
    const cells = new Map<Column, HTMLElement>();
    const main = element("tr", "", { "data-role": "debug-row", "data-index": String(index) });
    for (const column of COLUMNS) {
      if (column === "panel") main.append(element("th", "debug-panel", { scope: "row" }, opener));
      else {
        const cell = element("td", "number", { "data-column": column });
        cells.set(column, cell);
        main.append(cell);
      }
    }
    const chain = element("ol", "debug-chain", { "data-role": "debug-chain" });
    const more = element("tr", "debug-more", { id: `debug-more-${index}`, hidden: true }, element("td", "", { colspan: String(COLUMNS.length) }, chain));
    main.addEventListener("click", () => this.toggle(index));
    const line = { main, opener, cells, more, chain };
    this.lines.set(index, line);
    return line;
  }

  private toggle(index: number): void {
    this.open = this.open === index ? null : index;
    for (const row of this.rows) this.fill(this.lines.get(row.index) as Line, row);
  }

  private fill(line: Line, row: Row): void {
    const formatter = this.formatter();
    const debug = debugWords(formatter);
    setText(line.opener, row.title);
    for (const [column, cell] of line.cells) {
      if (column === "panel") continue;
      setAttribute(cell, "data-label", debug.columns[column]);
      setText(cell, textOf(row, column, formatter));
      setAttribute(cell, "title", hintOf(row, column, formatter));
    }
    const open = this.open === row.index;
    setAttribute(line.opener, "aria-expanded", String(open));
    line.main.toggleAttribute("data-open", open);
    line.more.hidden = !open;
    if (open) showSteps(line.chain, stepsOf(row, formatter));
  }

  /** Name the slowest of a stage: bold, and a mark for those who do not see that. */
  private mark(stage: Stage): void {
    const index = slowest(this.rows, stage);
    for (const [other, { cells }] of this.lines) cells.get(stage)?.toggleAttribute("data-slowest", other === index);
  }
}

function textOf(row: Row, column: Exclude<Column, "panel">, formatter: Formatter): string {
  const value = valueOf(row, column);
  switch (column) {
    case "total":
      return value > 0 ? millis(value, formatter) : GAP;
    case "rate":
      return Number.isNaN(value) ? GAP : formatter.text({ ...PLAIN, kind: "bytes" }, value);
    case "skipped":
    case "viewers":
      return formatter.plain(value);
    default: {
      const { last, p95 } = row.stages[column];
      return Number.isNaN(last) ? GAP : `${millis(last, formatter)} / ${millis(p95, formatter)}`;
    }
  }
}

function hintOf(row: Row, column: Exclude<Column, "panel">, formatter: Formatter): string {
  const debug = debugWords(formatter);
  if (column === "skipped") return debug.skipped(row.merged, row.behind, row.starved);
  return (column === "query" || column === "recalculation") ? (row.stages[column].label ?? "") : "";
}

function stepsOf(row: Row, formatter: Formatter): string[] {
  const debug = debugWords(formatter);
  const steps = row.causes.map((step) => stepText(step, formatter));
  const { last } = row.stages.drawing;
  if (!Number.isNaN(last)) steps.push(debug.drawn(took(last, formatter)));
  if (row.causes.length === 0) steps.unshift(debug.noCause);
  return [...steps, debug.skipped(row.merged, row.behind, row.starved)];
}

function stepText({ kind, label, cause, s, secs, num_bytes, num_viewers, asked }: CauseStep, formatter: Formatter): string {
  const debug = debugWords(formatter);
  const time = secs === null ? "" : took(1000 * secs, formatter);
  const at = s === null ? "" : ` → S ${formatter.plain(s)}`;
  switch (kind) {
    case "update":
      return `${label}: ${cause}${at}`;
    case "query":
      return `${debug.queried(label, time)}: ${cause}${at}${asked ? ` (${debug.asked(asked, (count) => formatter.plain(count))})` : ""}`;
    case "recalculation":
      return `${debug.recalculated(label, time)}: ${cause}${at}`;
    case "encoding":
      return debug.encoded(time, formatter.text({ ...PLAIN, kind: "bytes" }, num_bytes ?? 0));
    case "sending":
      return debug.sent(time, num_viewers ?? 0);
  }
}

function showSteps(list: HTMLElement, steps: readonly string[]): void {
  while (list.children.length > steps.length) list.lastElementChild?.remove();
  while (list.children.length < steps.length) list.append(element("li"));
  steps.forEach((step, position) => setText(list.children[position] as Element, step));
}

function took(value: number, formatter: Formatter): string {
  return `${millis(value, formatter)}\u00a0${formatter.words.units.milli}`;
}

/** Milliseconds, so that a column can be compared by eye: two digits below ten, none above a hundred. */
export function millis(value: number, formatter: Formatter): string {
  if (Number.isNaN(value)) return GAP;
  return formatter.plain(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
