/** Rows of one table, by id. */

import type { Cell, TableColumn, TableRows } from "../generated/wire";

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

  /** (label, value) of every row with a number: what bars and pies are drawn from. */
  pairs(): { label: string; value: number }[] {
    const number = this.columns.findIndex((column) => column.type === "number");
    const valueAt = number < 0 ? 1 : number;
    const labelAt = valueAt === 0 ? 1 : 0;
    const pairs: { label: string; value: number }[] = [];
    for (const id of this.order) {
      const cells = this.rows.get(id);
      const value = cells?.[valueAt];
      if (typeof value === "number") pairs.push({ label: String(cells?.[labelAt] ?? ""), value });
    }
    return pairs;
  }
}
