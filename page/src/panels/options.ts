/** What a filter offers: a list of values, those that are chosen marked. It lies in the filter's menu. */

import { element, setAttribute, setText } from "../chrome/dom";
import type { OptionsPanel } from "../generated/wire";
import type { Renderer, Surroundings } from "./renderer";

export class OptionsRenderer implements Renderer {
  readonly body = element("div", "options");
  readonly px = 0;
  readonly zoom = null;
  private readonly list: OptionList;

  constructor(private readonly panel: OptionsPanel, private readonly around: Surroundings) {
    const control = around.picks.controls.find((one) => one.kind === "filter" && one.panel === panel.index);
    this.list = new OptionList(panel.title, around, control?.name ?? "");
    this.body.append(this.list.element);
  }

  hasData(): boolean {
    return (this.around.slots.table(this.panel.slot)?.order.length ?? 0) > 0;
  }

  draw(): void {
    const table = this.around.slots.table(this.panel.slot);
    this.list.show((table?.order ?? []).map((id) => String(table?.rows.get(id)?.[0] ?? "")));
  }

  restyle(): void {
    this.draw();
  }

  summary(): string {
    return this.panel.title;
  }

  destroy(): void {
    this.body.remove();
  }
}

/** Values to choose from, by click or by keyboard. */
export class OptionList {
  readonly element: HTMLElement;
  private readonly items: HTMLElement[] = [];

  constructor(title: string, private readonly around: Surroundings, private readonly name: string) {
    const isSeveral = around.picks.controls.some((one) => one.kind === "filter" && one.name === name && one.several);
    this.element = element("div", "option-list", { role: "listbox", "aria-label": title, "aria-multiselectable": isSeveral });
    this.element.addEventListener("click", (event) => {
      const item = (event.target as Element).closest<HTMLElement>("[data-value]");
      if (item) this.around.picks.toggle(this.name, item.dataset["value"] as string);
    });
    this.element.addEventListener("keydown", (event) => this.move(event));
  }

  /** Chosen values that are not offered any more stay, so that they can be taken back. */
  show(values: readonly string[]): void {
    const chosen = this.around.picks.values(this.name);
    const focused = this.items.find((item) => item === document.activeElement)?.dataset["value"];
    const all = [...values, ...chosen.filter((value) => !values.includes(value))];
    while (this.items.length < all.length) {
      const item = element("button", "option", { type: "button", role: "option" });
      this.items.push(item);
      this.element.append(item);
    }
    this.items.forEach((item, i) => {
      const value = all[i];
      item.hidden = value === undefined;
      if (value === undefined) return;
      item.dataset["value"] = value;
      setText(item, value);
      setAttribute(item, "aria-selected", String(chosen.includes(value)));
    });
    // Values that come and go move the others: the focus stays on what it was on.
    if (focused !== undefined) this.items[Math.max(0, all.indexOf(focused))]?.focus({ preventScroll: true });
  }

  private move(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const shown = this.items.filter((item) => !item.hidden);
    if (step === undefined || shown.length === 0) return;
    event.preventDefault();
    const at = shown.indexOf(document.activeElement as HTMLElement);
    shown[(at + step + shown.length) % shown.length]?.focus();
  }
}
