/** The bar below the header: what can be chosen on this screen, and what is. */

import { ZoneOffsets } from "../charts/timeaxis";
import type { Control, FilterControl, RangeControl, SearchControl } from "../generated/wire";
import type { Formatter } from "../text/format";
import { last } from "../text/ages";
import { rangeOf, spanText } from "../view/choices";
import type { Chosen } from "../view/choices";
import { element, setAttribute, setText } from "./dom";
import { Popover } from "./popover";

export interface FilterHandlers {
  set(name: string, values: readonly string[], isTyping?: boolean): void;
  toggle(name: string, value: string): void;
  clear(): void;
  /** What a filter's menu shows. */
  menu(control: FilterControl): Node;
  opened(control: FilterControl, isOpen: boolean): void;
}

const TYPING_MILLIS = 250;

interface Part {
  readonly element: HTMLElement;
  readonly popover?: Popover;
  show(chosen: Chosen, formatter: Formatter): void;
}

export class FilterBar {
  readonly element = element("div", "filters", { hidden: true, role: "group", "data-role": "filters" });
  private readonly tools = element("div", "filter-tools");
  private readonly chips = element("ul", "chips");
  private parts: Part[] = [];
  private controls: readonly Control[] = [];

  constructor(private readonly handlers: FilterHandlers) {
    this.element.append(this.tools, this.chips);
    document.addEventListener("pointerdown", ({ target }) => {
      for (const { popover } of this.parts) popover?.missed(target);
    });
  }

  setControls(controls: readonly Control[]): void {
    this.controls = controls;
    this.element.hidden = controls.length === 0;
    const { handlers } = this;
    this.parts = controls.map((control) => {
      if (control.kind === "search") return searchPart(control, handlers);
      return control.kind === "range" ? rangePart(control, handlers) : filterPart(control, handlers);
    });
    this.tools.replaceChildren(...this.parts.map((part) => part.element));
  }

  show(chosen: Chosen, formatter: Formatter): void {
    const { words } = formatter;
    setAttribute(this.element, "aria-label", words.filters);
    for (const part of this.parts) part.show(chosen, formatter);
    const chips: HTMLElement[] = [];
    for (const control of this.controls) {
      for (const value of chosen[control.name] ?? []) {
        const text = control.kind === "range" ? within(rangeText(value, formatter), formatter) : value;
        const said = words.named(control.label || (control.kind === "search" ? words.search : words.window), text);
        chips.push(chip(said, words.remove(said), () => this.handlers.set(control.name, (chosen[control.name] ?? []).filter((one) => one !== value))));
      }
    }
    if (chips.length > 1) {
      const all = element("button", "chip-clear", { type: "button", "data-role": "clear-filters" }, words.clearAll);
      all.addEventListener("click", () => this.handlers.clear());
      chips.push(element("li", "", {}, all));
    }
    const focused = [...this.chips.children].findIndex((one) => one.contains(document.activeElement));
    this.chips.hidden = chips.length === 0;
    this.chips.replaceChildren(...chips);
    if (focused >= 0) this.focusNear(focused);
  }

  /** The chip that had the focus is gone: the one in its place has it, or the first menu, as a field would call up a keyboard. */
  private focusNear(index: number): void {
    const next = this.chips.children[index] ?? this.chips.lastElementChild;
    const chip = next?.querySelector<HTMLElement>('[data-role="chip"]') ?? next?.previousElementSibling?.querySelector("button");
    (chip ?? this.tools.querySelector<HTMLElement>("button") ?? this.tools.querySelector("input"))?.focus();
  }
}

function chip(text: string, hint: string, remove: () => void): HTMLElement {
  const button = element("button", "chip", { type: "button", title: hint, "aria-label": hint, "data-role": "chip" }, element("span", "chip-text", {}, text), element("span", "chip-x", { "aria-hidden": "true" }, "×"));
  button.addEventListener("click", remove);
  return element("li", "", {}, button);
}

function filterPart(control: FilterControl, handlers: FilterHandlers): Part {
  const popover = new Popover("filter", (isOpen) => handlers.opened(control, isOpen));
  popover.button.dataset["filter"] = control.name;
  const text = element("span");
  const count = element("b", "filter-count", { hidden: true });
  popover.button.append(text, count, element("span", "caret", { "aria-hidden": "true" }));
  popover.fill(control.label, handlers.menu(control));
  return {
    element: popover.element,
    popover,
    show(chosen) {
      const values = chosen[control.name] ?? [];
      setText(text, control.label);
      count.hidden = values.length === 0;
      setText(count, values.length > 1 ? String(values.length) : values[0] ?? "");
      if (!control.several && values.length > 0 && popover.isFocusWithin) {
        popover.set(false);
        popover.button.focus();
      }
    },
  };
}

function searchPart(control: SearchControl, handlers: FilterHandlers): Part {
  const input = element("input", "control search", { type: "search", "data-role": "search", maxlength: "200", autocomplete: "off", spellcheck: "false" });
  let timer = 0;
  const say = (isTyping: boolean) => {
    clearTimeout(timer);
    handlers.set(control.name, input.value.trim() === "" ? [] : [input.value.trim()], isTyping);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => say(true), TYPING_MILLIS);
  });
  input.addEventListener("change", () => say(false));
  return {
    element: input,
    show(chosen, { words }) {
      const name = control.label || words.search;
      input.placeholder = name;
      setAttribute(input, "aria-label", name);
      const value = chosen[control.name]?.[0] ?? "";
      if (input.value.trim() !== value) input.value = value;
    },
  };
}

function rangePart(control: RangeControl, handlers: FilterHandlers): Part {
  const popover = new Popover("range", () => undefined);
  const text = element("span");
  popover.button.append(text, element("span", "caret", { "aria-hidden": "true" }));
  const list = element("div", "option-list", { role: "listbox" });
  const from = element("input", "control", { type: "datetime-local", step: "1" });
  const to = element("input", "control", { type: "datetime-local", step: "1" });
  const fromLabel = element("span");
  const toLabel = element("span");
  const apply = element("button", "control", { type: "submit" });
  const form = element("form", "range-form", {}, element("label", "", {}, fromLabel, from), element("label", "", {}, toLabel, to), apply);
  const choose = (values: readonly string[]) => {
    popover.set(false);
    popover.button.focus();
    handlers.set(control.name, values);
  };
  const spans = control.spans_secs.map((secs) => {
    const item = element("button", "option", { type: "button", role: "option", "data-value": spanText(secs) });
    item.addEventListener("click", () => choose(secs === control.default_secs ? [] : [spanText(secs)]));
    return { secs, item };
  });
  list.append(...spans.map(({ item }) => item));
  let formatter: Formatter | null = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [start, end] = [from.value, to.value].map((value) => secsFromLocal(value, formatter)) as [number, number];
    to.setCustomValidity(end > start ? "" : formatter?.words.rangeWrong ?? "");
    if (to.reportValidity()) choose([`${start}~${end}`]);
  });
  to.addEventListener("input", () => to.setCustomValidity(""));
  from.addEventListener("input", () => to.setCustomValidity(""));
  popover.fill(control.label, list, form);
  return {
    element: popover.element,
    popover,
    show(chosen, now) {
      formatter = now;
      const { words, locale } = now;
      const said = chosen[control.name]?.[0];
      const range = rangeOf(said);
      const secs = range && "secs" in range ? range.secs : range ? null : control.default_secs;
      setText(text, said === undefined ? last(control.default_secs, words, locale) : rangeText(said, now));
      setAttribute(popover.button, "aria-label", words.named(control.label || words.window, text.textContent ?? ""));
      for (const one of spans) {
        setText(one.item, last(one.secs, words, locale));
        setAttribute(one.item, "aria-selected", String(one.secs === secs));
      }
      setText(fromLabel, words.from);
      setText(toLabel, words.to);
      setText(apply, words.apply);
      if (range && "x0" in range) [from.value, to.value] = [localFromSecs(range.x0, now), localFromSecs(range.x1, now)];
    },
  };
}

function rangeText(said: string, formatter: Formatter): string {
  const range = rangeOf(said);
  if (!range) return said;
  if ("secs" in range) return last(range.secs, formatter.words, formatter.locale);
  return `${formatter.date(range.x0, "datetime")} – ${formatter.date(range.x1, "datetime")}`;
}

/** Within a line it does not begin with a capital. */
function within(text: string, { locale }: Formatter): string {
  return text.charAt(0).toLocaleLowerCase(locale) + text.slice(1);
}

/** What people write is a time of the screen's zone. */
function secsFromLocal(text: string, formatter: Formatter | null): number {
  const local = Date.parse(`${text}Z`) / 1000;
  return formatter && Number.isFinite(local) ? new ZoneOffsets(formatter.zone).utc(local) : NaN;
}

function localFromSecs(secs: number, formatter: Formatter): string {
  return new Date(1000 * (secs + new ZoneOffsets(formatter.zone).at(secs))).toISOString().slice(0, 19);
}
