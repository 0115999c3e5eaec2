/**
 * Series by name and present value; a click hides one or shows it again.
 *
 * A value's box grows and never shrinks: one that changes thirty times a second does not push its neighbours about.
 */

import { element, setText } from "../chrome/dom";
import { ownParts } from "../text/labels";

export interface LegendEntry {
  readonly label: string;
  color: string;
}

/** Where there is little room at least so much of a name is seen. */
const LABEL_CHARS_MIN = 3;
/** Of more series the legend has rows of its own, and shows of their names what tells them apart. */
export const SERIES_BESIDE_MAX = 3;
/** CSS pixels: boxes grow in such steps, and never shrink. */
const STEP = 8;

export class Legend {
  readonly element = element("div", "legend");
  readonly hidden = new Set<number>();
  private readonly buttons: HTMLButtonElement[];
  private readonly values: { readonly element: HTMLElement; readonly room: HTMLElement; shape: string; width: number }[] = [];

  /** `widthOf` a value's text in CSS pixels. */
  constructor(
    entries: readonly LegendEntry[], private readonly widthOf: (text: string) => number, private readonly changed: () => void,
  ) {
    const names = entries.length > SERIES_BESIDE_MAX ? ownParts(entries.map((entry) => entry.label)) : [];
    this.buttons = entries.map((entry, index) => {
      const value = element("b", "legend-value");
      const room = element("span", "legend-room", {}, value);
      this.values.push({ element: value, room, shape: "", width: 0 });
      const [before, own, after] = names[index] ?? ["", entry.label, ""];
      const label = element("span", "legend-label", { title: entry.label }, ...unseen(before), own, ...unseen(after));
      const button = element("button", "legend-entry", { type: "button", "data-role": "legend", "aria-pressed": "true" },
        element("span", "swatch"), label, room);
      button.style.setProperty("--least", `${Math.min(entry.label.length, LABEL_CHARS_MIN)}ch`);
      button.addEventListener("click", () => this.toggle(index));
      return button;
    });
    this.element.append(...this.buttons);
    this.recolor(entries.map((entry) => entry.color));
  }

  recolor(colors: readonly string[]): void {
    this.buttons.forEach((button, index) => button.style.setProperty("--paint", colors[index] ?? ""));
  }

  setValue(index: number, text: string): void {
    const value = this.values[index];
    if (!value) return;
    setText(value.element, text);
    // Figures are all equally wide.
    const shape = text.replaceAll(/\d/g, "0");
    if (shape === value.shape) return;
    value.shape = shape;
    const width = Math.ceil(this.widthOf(shape) / STEP) * STEP;
    if (width <= value.width) return;
    value.width = width;
    value.room.style.inlineSize = `${width}px`;
  }

  hide(indexes: Iterable<number>): void {
    for (const index of indexes) if (index < this.buttons.length) this.hidden.add(index);
    this.press();
  }

  private toggle(index: number): void {
    if (!this.hidden.delete(index)) this.hidden.add(index);
    this.press();
    this.changed();
  }

  private press(): void {
    this.buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(!this.hidden.has(index))));
  }
}

/** A part of a name that all have: heard, and found by a search, but not shown. */
function unseen(part: string): HTMLElement[] {
  return part === "" ? [] : [element("span", "unseen", {}, part)];
}
