/** The values under the pointer: one line a series, and a dot on each line. Stays open while data comes in. */

import { element, setText } from "../chrome/dom";

export interface TooltipRow {
  readonly label: string;
  readonly color: string;
  readonly value: string;
  /** Least and greatest in a bucket that holds several values; empty otherwise. */
  readonly spread: string;
  /** Where the point lies, in CSS pixels from the top of the plot; NaN: nowhere. */
  readonly left: number;
  readonly top: number;
}

interface Line {
  readonly element: HTMLElement;
  readonly label: HTMLElement;
  readonly value: HTMLElement;
  readonly spread: HTMLElement;
  readonly dot: HTMLElement;
}

/**
 * Where a box of this `width` begins, from the upper left of `room`: to the right of the pointer at `left` while there is
 * room, else to its left; beside the corner in which buttons lie, or below them. All in CSS pixels.
 */
export function placeOf(
  left: number, width: number, room: number, corner: { readonly width: number; readonly height: number },
): [number, number] {
  const clear = room - corner.width;
  if (left + width <= clear) return [left, 0];
  const beside = Math.min(left, clear) - width;
  if (beside >= 0 || corner.width === 0) return [beside, 0];
  return [left + width <= room ? left : Math.min(left, room) - width, corner.height];
}

export class Tooltip {
  private readonly box = element("div", "tooltip", { "aria-hidden": "true", hidden: true });
  private readonly heading = element("div", "tooltip-heading");
  private readonly lines: Line[] = [];
  /** CSS pixels. It is told once it was laid out, before it is painted: to ask would lay out the page in between. */
  private width = 0;
  private gap = 0;
  private left = 0;
  private room = 0;
  private corner = { width: 0, height: 0 };
  private readonly observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const { inlineSize: width = 0, blockSize: height = 0 } = borderBoxSize[0] ?? {};
      if (target !== this.box) this.corner = { width, height };
      else if (width > 0) {
        this.width = width;
        this.gap ||= parseFloat(getComputedStyle(this.box).marginLeft) || 0;
      }
    }
    this.place();
  });

  /**
   * `over` is uPlot's layer above the plot: the box and the dots are placed in it. `buttons` are in its upper right
   * corner, some of the time.
   */
  constructor(private readonly over: HTMLElement, private readonly buttons: HTMLElement) {
    this.box.append(this.heading);
    over.append(this.box);
  }

  get open(): boolean {
    return !this.box.hidden;
  }

  /** `left` of `room` CSS pixels that the plot is wide. */
  show(heading: string, rows: readonly TooltipRow[], left: number, room: number): void {
    setText(this.heading, heading);
    while (this.lines.length < rows.length) this.lines.push(this.line());
    this.lines.forEach((line, index) => {
      const row = rows[index];
      line.element.hidden = row === undefined;
      line.dot.hidden = row === undefined || Number.isNaN(row.top);
      if (!row) return;
      line.element.style.setProperty("--paint", row.color);
      line.dot.style.setProperty("--paint", row.color);
      if (!Number.isNaN(row.top)) line.dot.style.transform = `translate(${row.left}px, ${row.top}px)`;
      setText(line.label, row.label);
      setText(line.value, row.value);
      setText(line.spread, row.spread);
    });
    this.left = left;
    this.room = room;
    if (this.box.hidden) {
      this.box.hidden = false;
      this.observer.observe(this.box);
      this.observer.observe(this.buttons);
    }
    this.place();
  }

  hide(): void {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.observer.disconnect();
    for (const line of this.lines) line.dot.hidden = true;
  }

  private place(): void {
    const { left, width, gap, room, corner } = this;
    const [x, y] = placeOf(left, width + 2 * gap, room, corner);
    // Its margin may lie outside, where there is little room.
    this.box.style.transform = `translate(${Math.round(Math.max(-gap, x))}px, ${Math.round(y)}px)`;
  }

  private line(): Line {
    const label = element("span", "tooltip-label");
    const value = element("b", "tooltip-value");
    const spread = element("span", "tooltip-spread");
    const row = element("div", "tooltip-row", {}, element("span", "swatch"), label, spread, value);
    const dot = element("div", "hover-dot", { hidden: true });
    this.box.append(row);
    this.over.append(dot);
    return { element: row, label, value, spread, dot };
  }
}
