/** Rows in a real table. Row elements are kept by id: a changed row is a changed row, nothing is rebuilt. */

import { element, setText } from "../chrome/dom";
import type { Cell, Column, Format, TableColumn, TablePanel } from "../generated/wire";
import type { TableBuffer } from "../store/table";
import { finishedTo } from "../store/slots";
import { amountDecimals, columnDecimals, PLAIN } from "../text/format";
import { levelOf } from "./kpi";
import { Pickable, pickOf } from "./pick";
import type { Renderer, Surroundings } from "./renderer";
import { RowFocus } from "./rowfocus";
import { bucketSecs, soFarOf } from "./sofar";

interface Shown extends Column {
  /** Place in the data's rows. */
  readonly at: number;
  readonly type: TableColumn["type"];
}

interface RowElement {
  readonly row: HTMLTableRowElement;
  readonly cells: HTMLTableCellElement[];
  readonly pickable: Pickable;
}

export class TableRenderer implements Renderer {
  readonly body = element("div", "table-frame");
  readonly px = 0;
  readonly zoom = null;
  private readonly head = element("tr");
  private readonly rowsElement = element("tbody");
  private readonly foot = element("div", "table-foot");
  private readonly rows = new Map<number, RowElement>();
  private readonly focus: RowFocus;
  private columns: Shown[] = [];
  private columnsKey = "";
  /** Digits after the point, by column. */
  private decimals: (number | undefined)[] = [];
  /** Rows of buckets of time from here on are unfinished. */
  private finished = Infinity;
  private soFar = "";
  private drawn = false;
  /** What was drawn last: another is of other rows. */
  private table: TableBuffer | null = null;

  constructor(private readonly panel: TablePanel, private readonly around: Surroundings) {
    const table = element("table", "", { "aria-label": panel.title }, element("thead", "", {}, this.head), this.rowsElement);
    const scroll = element("div", "table-scroll", { tabindex: "0", role: "region", "aria-label": panel.title }, table);
    this.focus = new RowFocus(table, this.rowsElement, scroll);
    this.body.append(scroll, this.foot);
  }

  hasData(): boolean {
    return (this.around.slots.table(this.panel.slot)?.order.length ?? 0) > 0;
  }

  draw(): void {
    const table = this.around.slots.table(this.panel.slot);
    if (!table) return;
    const changed = table.takeChanged();
    if (table !== this.table) this.drawn = false;
    this.table = table;
    this.focus.begin();
    const rebuilt = [this.columnsOf(table), this.decimalsOf(table), this.finishedTo(table)].includes(true);
    const bars = this.columns.map((column) => barMax(column, table));
    this.place(table);
    for (const id of table.order) {
      const row = this.rows.get(id);
      const cells = table.rows.get(id);
      if (!row || !cells) continue;
      const fresh = changed.has(id);
      row.pickable.show(pickOf(this.around.picks, this.panel.link, table.columns, cells, null));
      if (fresh || rebuilt) this.fill(row, cells);
      this.columns.forEach((column, i) => {
        const value = cells[column.at];
        const share = typeof value === "number" ? Math.max(0, Math.min(1, value / (bars[i] || 1))) : 0;
        if (column.bar) row.cells[i]?.style.setProperty("--share", String(share));
      });
      // Not on the first drawing: everything is new then.
      if (fresh && this.drawn) flash(row.row);
    }
    this.focus.settle();
    const { words } = this.around.formatter;
    const more = table.numRows > table.order.length;
    const count = (n: number) => this.around.formatter.plain(n, 0);
    setText(this.foot, more ? words.rows(count(table.order.length), count(table.numRows)) : "");
    this.drawn = true;
  }

  restyle(): void {
    this.columnsKey = "";
    this.finished = NaN;
    if (this.hasData()) this.draw();
  }

  summary(): string {
    return this.panel.title;
  }

  destroy(): void {
    this.rows.clear();
    this.body.remove();
  }

  /** The columns, where they differ from those drawn; returns whether they did. */
  private columnsOf(table: TableBuffer): boolean {
    const key = JSON.stringify([table.columns, this.around.formatter.locale]);
    if (key === this.columnsKey) return false;
    this.columnsKey = key;
    const wanted = this.panel.columns ?? table.columns.map(({ name }) => plainColumn(name));
    this.columns = wanted.flatMap((column) => {
      const at = table.columns.findIndex(({ name }) => name === column.name);
      return at < 0 ? [] : [{ ...column, at, type: (table.columns[at] as TableColumn).type }];
    });
    this.head.replaceChildren(
      ...this.columns.map((column) => element("th", className(column), { scope: "col" }, column.title ?? column.name)),
    );
    for (const { row } of this.rows.values()) row.remove();
    this.rows.clear();
    return true;
  }

  /** Rows in order: those that left go, those that came are made, the others move only if they must. */
  private place(table: TableBuffer): void {
    const present = new Set(table.order);
    for (const [id, { row }] of this.rows) {
      if (present.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    let next: Element | null = this.rowsElement.firstElementChild;
    for (const id of table.order) {
      let held = this.rows.get(id);
      if (!held) {
        held = this.make();
        this.rows.set(id, held);
        const cells = table.rows.get(id);
        if (cells) this.fill(held, cells);
      }
      if (held.row === next) next = next.nextElementSibling;
      else this.rowsElement.insertBefore(held.row, next);
    }
  }

  private make(): RowElement {
    const row = element("tr");
    const cells = this.columns.map((column) => {
      const cell = element("td", className(column));
      if (column.bar) cell.append(element("span", "cell-bar"), element("span", "cell-text"));
      return cell;
    });
    row.append(...cells);
    return { row, cells, pickable: new Pickable(row, "-1") };
  }

  private fill(row: RowElement, cells: readonly Cell[]): void {
    this.columns.forEach((column, i) => {
      const cell = row.cells[i];
      const value = cells[column.at] ?? null;
      if (!cell) return;
      const isUnfinished = column.type === "time" && typeof value === "number" && value >= this.finished;
      const text = `${this.text(column, value, this.decimals[i])}${isUnfinished ? ` · ${this.soFar}` : ""}`;
      setText(column.bar ? (cell.lastElementChild as Element) : cell, text);
      const level = typeof value === "number" ? levelOf(value, column.bands) : null;
      if (level) cell.dataset["level"] = level;
      else delete cell.dataset["level"];
    });
  }

  private text(column: Shown, value: Cell, decimals: number | undefined): string {
    return this.around.formatter.text(column.format ?? formatOf(column.type), value, decimals);
  }

  /** Returns whether more buckets of time have ended than were drawn so. */
  private finishedTo(table: TableBuffer): boolean {
    const finished = finishedTo(this.panel, this.around.slots);
    if (finished === this.finished) return false;
    this.finished = finished;
    const at = table.columns.findIndex(({ type }) => type === "time");
    this.soFar = soFarOf(this.around, finished, bucketSecs(table.order.map((id) => table.rows.get(id)?.[at])));
    return true;
  }

  /** Numbers of a column line up; returns whether any column's digits changed. */
  private decimalsOf(table: TableBuffer): boolean {
    const decimals = this.columns.map(({ at, type, format }) => {
      const kind = format?.kind ?? "number";
      if (type !== "number") return undefined;
      const values = table.order.map((id) => table.rows.get(id)?.[at]);
      if (format && kind === "currency") return amountDecimals(format, values);
      if (kind !== "number" && kind !== "percent") return undefined;
      return columnDecimals(values, kind === "percent" ? 100 / (format?.whole ?? 1) : 1);
    });
    const changed = decimals.some((one, i) => one !== this.decimals[i]);
    this.decimals = decimals;
    return changed;
  }
}

function formatOf(type: TableColumn["type"]): Format {
  return type === "time" ? { ...PLAIN, kind: "date", date_style: "datetime" } : PLAIN;
}

function plainColumn(name: string): Column {
  return { name, title: null, format: null, bar: false, bar_max: null, bands: [] };
}

function className({ type, bar }: Shown): string {
  if (bar) return "bar-cell";
  return type === "number" ? "number" : type === "time" ? "time" : "";
}

function barMax(column: Shown, table: TableBuffer): number {
  if (!column.bar) return 1;
  if (column.bar_max !== null) return column.bar_max;
  let max = 0;
  for (const cells of table.rows.values()) {
    const value = cells[column.at];
    if (typeof value === "number" && value > max) max = value;
  }
  return max;
}

/** Mark a row that changed for a moment; two equal animations take turns, so that each begins anew. */
function flash(row: HTMLElement): void {
  row.dataset["changed"] = row.dataset["changed"] === "a" ? "b" : "a";
}
