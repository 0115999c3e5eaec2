/** What this viewer chooses, in step with the address: filters, a search, a time range. */

import { element } from "../chrome/dom";
import { FilterBar } from "../chrome/filters";
import type { Control, FilterControl, Layout, Welcome } from "../generated/wire";
import { OptionList } from "../panels/options";
import type { Picks } from "../panels/pick";
import type { Surroundings } from "../panels/renderer";
import type { Formatter } from "../text/format";
import { chosenFrom, NOTHING_CHOSEN, rangeOf, searchWith, toggled, withValues } from "../view/choices";
import type { Chosen } from "../view/choices";
import type { Range } from "../view/viewing";

export interface ChoosingHandlers {
  /** This is chosen now; it may be what was. */
  chosen(chosen: Chosen): void;
  /** Charts over time show what lies between two moments, or again what lies up to now. */
  looked(picked: Range | null): void;
  /** Live charts show another span. */
  spanned(): void;
  /** By this viewer's own hand: what was said of an earlier choice is over. */
  acted(): void;
  opened(panel: number, isOpen: boolean): void;
  /** The menu of a filter whose values come from data. */
  menuOf(panel: number): HTMLElement | null;
}

export class Choosing implements Picks {
  controls: readonly Control[] = [];
  readonly bar: FilterBar;
  /** The span of live charts; null leaves it to the layout. */
  span: number | null = null;
  /** The moments between which this viewer looks; null: up to now. */
  picked: Range | null = null;
  /** Something else was chosen, and no answer came yet. */
  isRenewing = false;
  private chosen: Chosen = NOTHING_CHOSEN;
  private lists: OptionList[] = [];
  private offered: (readonly string[])[] = [];
  private wasTyping = false;

  constructor(private readonly around: Surroundings, private readonly handlers: ChoosingHandlers) {
    this.bar = new FilterBar({
      set: (name, values, isTyping) => this.take(withValues(this.chosen, name, values), isTyping ?? false),
      toggle: (name, value) => this.toggle(name, value),
      clear: () => this.take(NOTHING_CHOSEN),
      menu: (control) => this.menu(control),
      opened: (control, isOpen) => {
        if (control.panel !== null) this.handlers.opened(control.panel, isOpen);
      },
    });
    addEventListener("popstate", () => this.follow());
  }

  /** What is chosen, as an address says it. */
  get search(): string {
    return searchWith("", this.controls, this.chosen);
  }

  get controlsRange(): boolean {
    return this.controls.some(({ kind }) => kind === "range");
  }

  setSpan(secs: number | null): void {
    this.span = secs;
    this.handlers.spanned();
  }

  values(name: string): readonly string[] {
    return this.chosen[name] ?? [];
  }

  toggle(name: string, value: string): void {
    const control = this.controls.find((one) => one.name === name);
    if (control) this.take(toggled(this.chosen, control, value));
  }

  open(screen: string, chosen: Chosen): void {
    const target = new URL(location.href);
    target.pathname = target.pathname.replace(/[^/]*\/?$/, `${encodeURIComponent(screen)}/`);
    // What is chosen here holds there too, where that screen knows it; how the page looks stays.
    target.search = new URLSearchParams(searchWith(target.search, this.controls, this.chosen)).toString();
    for (const [name, values] of Object.entries(chosen)) {
      target.searchParams.delete(name);
      for (const value of values) target.searchParams.append(name, value);
    }
    location.assign(target);
  }

  /** Before the board of this layout is made: what can be chosen, and what the address says of it. */
  setLayout(layout: Layout): void {
    this.controls = layout.controls;
    this.chosen = chosenFrom(location.search, layout.controls);
    this.tell();
  }

  /** The board is there, and the menus with it. */
  placed(formatter: Formatter): void {
    this.lists = [];
    this.offered = [];
    this.bar.setControls(this.controls);
    this.show(formatter);
  }

  show(formatter: Formatter): void {
    this.bar.show(this.chosen, formatter);
    this.lists.forEach((list, i) => list.show(this.offered[i] ?? []));
  }

  /** The server ignores some of it: it is not chosen. Returns what to say. */
  refused({ refused }: Welcome, formatter: Formatter): string | null {
    if (refused.length === 0) return null;
    let chosen = this.chosen;
    for (const { name } of refused) chosen = withValues(chosen, name, []);
    this.chosen = chosen;
    history.replaceState(null, "", this.address());
    this.tell();
    this.show(formatter);
    const { words } = formatter;
    const names = refused.map(({ name }) => this.controls.find((one) => one.name === name)?.label || name).join(", ");
    return refused.some(({ why }) => why === "crowded") ? words.crowded : words.refusedChoice(names);
  }

  private take(chosen: Chosen, isTyping = false): void {
    if (JSON.stringify(chosen) === JSON.stringify(this.chosen)) {
      this.wasTyping &&= isTyping;
      return;
    }
    this.handlers.acted();
    this.chosen = chosen;
    // A word that is being typed is one step back, not one for each of its letters.
    if (isTyping && this.wasTyping) history.replaceState(null, "", this.address());
    else history.pushState(null, "", this.address());
    this.wasTyping = isTyping;
    this.tell();
    this.show(this.around.formatter);
  }

  /** Back and forward. */
  private follow(): void {
    this.wasTyping = false;
    this.handlers.acted();
    this.chosen = chosenFrom(location.search, this.controls);
    this.tell();
    this.show(this.around.formatter);
  }

  private tell(): void {
    const control = this.controls.find(({ kind }) => kind === "range");
    const range = control ? rangeOf(this.chosen[control.name]?.[0]) : null;
    const isPicked = range !== null && "x0" in range;
    const span = range && !isPicked ? range.secs : null;
    if (control && span !== this.span) this.setSpan(span);
    const picked = isPicked ? range : null;
    if (JSON.stringify(picked) !== JSON.stringify(this.picked)) {
      this.picked = picked;
      this.handlers.looked(picked);
    }
    this.handlers.chosen(this.chosen);
  }

  private address(): string {
    return `${location.pathname}${searchWith(location.search, this.controls, this.chosen)}${location.hash}`;
  }

  private menu(control: FilterControl): Node {
    if (control.options === null) {
      return (control.panel === null ? null : this.handlers.menuOf(control.panel)) ?? element("div");
    }
    const list = new OptionList(control.label, this.around, control.name);
    this.lists.push(list);
    this.offered.push(control.options);
    return list.element;
  }
}
