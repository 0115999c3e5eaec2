/** One stop of Tab for all rows of a table that can be chosen: arrows, Home, End, PageUp and PageDown go from row to row. */

const OF_ROWS = "[data-pick]";

/** The row, of `num`, to which a key leads from the row `at`; `page` rows are in sight. Null: it leads nowhere. */
export function rowOfKey(key: string, at: number, num: number, page: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -num, End: num,
  };
  const step = steps[key];
  return step === undefined || num === 0 ? null : Math.max(0, Math.min(num - 1, at + step));
}

export class RowFocus {
  /** The one that Tab reaches. */
  private row: HTMLTableRowElement | null = null;
  /** Its place, for when it is gone. */
  private place = 0;
  private hadFocus = false;

  /** Without such rows the `scroll` around them is the stop: arrows scroll it. */
  constructor(
    private readonly table: HTMLTableElement, private readonly rows: HTMLElement, private readonly scroll: HTMLElement,
  ) {
    rows.addEventListener("focusin", ({ target }) => {
      const row = (target as Element).closest<HTMLTableRowElement>(OF_ROWS);
      if (row) this.stopAt(row);
    });
    rows.addEventListener("keydown", (event) => this.key(event));
  }

  /** Rows are about to be made, moved and taken away: one that is moved loses the focus. */
  begin(): void {
    this.hadFocus = this.row !== null && this.row === document.activeElement;
    if (this.row) this.place = Math.max(0, this.row.sectionRowIndex);
  }

  /** They are in order again. Of a row that is gone the one in its place has the focus. */
  settle(): void {
    if (!this.row?.isConnected || !this.row.matches(OF_ROWS)) {
      const rows = this.pickable();
      this.stopAt(rows[Math.min(this.place, rows.length - 1)] ?? null);
    }
    const stop = this.row ?? this.scroll;
    if (this.hadFocus && stop !== document.activeElement) stop.focus({ preventScroll: true });
  }

  private pickable(): HTMLTableRowElement[] {
    return [...this.rows.querySelectorAll<HTMLTableRowElement>(OF_ROWS)];
  }

  private stopAt(row: HTMLTableRowElement | null): void {
    if (row === this.row) return;
    if (this.row?.hasAttribute("tabindex")) this.row.setAttribute("tabindex", "-1");
    this.row = row;
    row?.setAttribute("tabindex", "0");
    if (row) {
      this.scroll.removeAttribute("tabindex");
      this.table.setAttribute("role", "grid");
    } else {
      this.scroll.setAttribute("tabindex", "0");
      this.table.removeAttribute("role");
    }
  }

  private key(event: KeyboardEvent): void {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || shiftKey || !this.row || event.target !== this.row) return;
    const rows = this.pickable();
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.row.offsetHeight) - 2);
    const to = rowOfKey(key, rows.indexOf(this.row), rows.length, page);
    if (to === null) return;
    event.preventDefault();
    rows[to]?.focus();
  }
}
