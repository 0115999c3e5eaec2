/** Series by name and present value; a click hides one or shows it again. */

import { element, setText } from "../chrome/dom";

export interface LegendEntry {
  readonly label: string;
  color: string;
}

export class Legend {
  readonly element = element("div", "legend");
  readonly hidden = new Set<number>();
  private readonly buttons: HTMLButtonElement[];
  private readonly values: HTMLElement[] = [];

  constructor(entries: readonly LegendEntry[], private readonly changed: () => void) {
    this.buttons = entries.map((entry, index) => {
      const value = element("b", "legend-value");
      this.values.push(value);
      const label = element("span", "legend-label", {}, entry.label);
      const button = element("button", "legend-entry", { type: "button", "data-role": "legend", "aria-pressed": "true" },
        element("span", "swatch"), label, value);
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
    const node = this.values[index];
    if (node) setText(node, text);
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
