/** Rows of one table, by id. */

import type { Cell, TableColumn, TableRows } from "../generated/wire";

export interface Pair {
  /** The cell that names it. */
  readonly label: Cell;
  readonly value: number;
  /** Of the row; null: of several. */
  readonly id: number | null;
}

export class TableBuffer {
  columns: readonly TableColumn[] = [];
  order: readonly number[] = [];
  numRows = 0;
  readonly rows = new Map<number, readonly Cell[]>();
  /** Rows that came or changed since the last `takeChanged`. */
  private changed = new Set<number>();

  apply(update: TableRows): void {
    if (update.replace) this.rows.clear();
    this.columns = update.columns;
    this.order = update.order;
    this.numRows = update.num_rows;
    for (const [key, cells] of Object.entries(update.rows)) {
      this.rows.set(Number(key), cells);
      this.changed.add(Number(key));
    }
    const present = new Set(update.order);
    for (const id of this.rows.keys()) if (!present.has(id)) this.rows.delete(id);
  }

  /** Ids of the rows that came or changed; asked once per drawing. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.changed;
    this.changed = new Set();
    return changed;
  }

  /** The first column of numbers; where the second is one, too, the first one holds labels, such as years. */
  private get valueAt(): number {
    const number = this.columns.findIndex((column) => column.type === "number");
    return number < 0 || this.columns[1]?.type === "number" ? 1 : number;
  }

  /** The column of what bars and slices are called. */
  get labelAt(): number {
    return this.valueAt === 0 ? 1 : 0;
  }

  get labelType(): TableColumn["type"] {
    return this.columns[this.labelAt]?.type ?? "text";
  }

  /** (label, value) of every row with a number: what bars and pies are drawn from. */
  pairs(): Pair[] {
    const { valueAt, labelAt } = this;
    const pairs: Pair[] = [];
    for (const id of this.order) {
      const cells = this.rows.get(id);
      const value = cells?.[valueAt];
      if (typeof value === "number") pairs.push({ label: cells?.[labelAt] ?? null, value, id });
    }
    return pairs;
  }
}
