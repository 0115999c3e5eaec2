/** What a filter offers: a list of values, those that are chosen marked. It lies in the filter's menu. */

import { element, setAttribute, setText } from "../chrome/dom";
import type { OptionsPanel } from "../generated/wire";
import type { Formatter } from "../text/format";
import { Texts } from "../text/match";
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

/** Shorter lists are seen at a glance. */
const SEARCHED_MIN = 9;
/** More are not drawn: who looks for one types some of it. */
const DRAWN_MAX = 200;

/** Values to choose from, by click or by keyboard; of many, by typing some of one. */
export class OptionList {
  readonly element: HTMLElement;
  private readonly list: HTMLElement;
  private readonly search = element("input", "control option-search", {
    type: "search", hidden: true, "data-role": "option-search", autocomplete: "off", spellcheck: "false", maxlength: "200",
  });
  private readonly told = element("p", "option-told", { role: "status", hidden: true });
  private readonly items: HTMLElement[] = [];
  private readonly texts = new Texts();
  private values: readonly string[] = [];

  constructor(private readonly title: string, private readonly around: Surroundings, private readonly name: string) {
    const isSeveral = around.picks.controls.some((one) => one.kind === "filter" && one.name === name && one.several);
    this.list = element("div", "option-list", { role: "listbox", "aria-label": title, "aria-multiselectable": isSeveral });
    this.element = element("div", "options-found", {}, this.search, this.list, this.told);
    this.list.addEventListener("click", (event) => {
      const item = (event.target as Element).closest<HTMLElement>("[data-value]");
      if (item) this.around.picks.toggle(this.name, item.dataset["value"] as string);
    });
    this.list.addEventListener("keydown", (event) => this.move(event));
    this.search.addEventListener("keydown", (event) => this.typed(event));
    this.search.addEventListener("input", () => {
      this.draw();
      this.list.scrollTop = 0;
    });
  }

  /** Chosen values that are not offered any more stay, so that they can be taken back. */
  show(values: readonly string[]): void {
    const offered = new Set(values);
    this.values = [...values, ...this.around.picks.values(this.name).filter((value) => !offered.has(value))];
    this.texts.set(this.values);
    this.draw();
  }

  private draw(): void {
    const { formatter, picks } = this.around;
    const chosen = new Set(picks.values(this.name));
    const focused = this.items.find((item) => item === document.activeElement)?.dataset["value"];
    const found = this.texts.find(this.search.value, DRAWN_MAX);
    const drawn = new Set(found.values);
    // What is chosen can be taken back, and the focus stays where it is, however far down they lie.
    const isKept = (value: string) => !drawn.has(value) && (value === focused || chosen.has(value));
    const first = this.search.value.trim() === "" && found.num > DRAWN_MAX ? this.values.filter(isKept) : [];
    const all = [...first, ...found.values];
    while (this.items.length < all.length) {
      const item = element("button", "option", { type: "button", role: "option" });
      this.items.push(item);
      this.list.append(item);
    }
    this.items.forEach((item, i) => {
      const value = all[i];
      item.hidden = value === undefined;
      if (value === undefined) return;
      item.dataset["value"] = value;
      setText(item, value);
      setAttribute(item, "aria-selected", String(chosen.has(value)));
    });
    // Values that come and go move the others: the focus stays on what it was on.
    if (focused !== undefined) this.items[Math.max(0, all.indexOf(focused))]?.focus({ preventScroll: true });
    this.tell(all.length, found.num + first.length, formatter);
  }

  private tell(numDrawn: number, num: number, formatter: Formatter): void {
    const { words } = formatter;
    const name = words.named(words.search, this.title);
    this.search.hidden = this.values.length < SEARCHED_MIN;
    this.search.placeholder = words.search;
    setAttribute(this.search, "aria-label", name);
    const text = numDrawn < num ? words.moreOptions(formatter.plain(num - numDrawn)) : num === 0 && this.search.value !== "" ? words.noOption : "";
    this.told.hidden = text === "";
    setText(this.told, text);
  }

  private get shown(): HTMLElement[] {
    return this.items.filter((item) => !item.hidden);
  }

  private move(event: KeyboardEvent): void {
    const { shown } = this;
    const at = shown.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 };
    const next = to[event.key];
    if (next === undefined || shown.length === 0) return;
    event.preventDefault();
    if (next < 0 && !this.search.hidden) this.search.focus();
    else shown[(next + shown.length) % shown.length]?.focus();
  }

  private typed(event: KeyboardEvent): void {
    const first = this.shown[0];
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter" && this.search.value.trim() !== "" && first) {
      first.click();
      this.search.select();
    } else if (event.key === "Escape" && this.search.value !== "") {
      event.stopPropagation();
      this.search.value = "";
      this.draw();
    } else return;
    event.preventDefault();
  }
}
