/** Bars, slices and rows that can be chosen: by click, by Enter or Space. */

import { setAttribute } from "../chrome/dom";
import type { Cell, Control, Link, TableColumn } from "../generated/wire";
import { NOTHING_CHOSEN, withValues } from "../view/choices";
import type { Chosen } from "../view/choices";

/** What the panels of a screen may ask for when something is chosen in them. */
export interface Picks {
  readonly controls: readonly Control[];
  values(name: string): readonly string[];
  toggle(name: string, value: string): void;
  open(screen: string, chosen: Chosen): void;
}

export const NO_PICKS: Picks = { controls: [], values: () => [], toggle: () => undefined, open: () => undefined };

/** What choosing a mark does. */
export interface Pick {
  readonly isChosen: boolean;
  /** Another mark of the same parameter is chosen, and this one is not. */
  readonly isFaint: boolean;
  run(): void;
}

/** What choosing a row does, by the columns that say what it is; null: nothing. */
export function pickOf(
  picks: Picks, link: Link | null, columns: readonly TableColumn[], cells: readonly Cell[], labelAt: number | null,
): Pick | null {
  if (link) return linked(picks, link, columns, cells, labelAt);
  const places = labelAt === null ? columns.map((_, i) => i) : [labelAt];
  for (const at of places) {
    const column = columns[at]?.name;
    const control = picks.controls.find((one) => one.kind === "filter" && one.column === column);
    const value = textOf(cells[at]);
    if (!control || value === null) continue;
    const chosen = picks.values(control.name);
    const isChosen = chosen.includes(value);
    return { isChosen, isFaint: chosen.length > 0 && !isChosen, run: () => picks.toggle(control.name, value) };
  }
  return null;
}

function linked(
  picks: Picks, link: Link, columns: readonly TableColumn[], cells: readonly Cell[], labelAt: number | null,
): Pick | null {
  let chosen = NOTHING_CHOSEN;
  const label = columns[labelAt ?? 0]?.name;
  const params = Object.keys(link.params).length > 0 || label === undefined ? link.params : { [label]: label };
  for (const [name, column] of Object.entries(params)) {
    const value = textOf(cells[columns.findIndex((one) => one.name === column)]);
    if (value !== null) chosen = withValues(chosen, name, [value]);
  }
  return { isChosen: false, isFaint: false, run: () => picks.open(link.screen, chosen) };
}

/** As the server writes it; a gap can't be chosen. */
function textOf(value: Cell | undefined): string | null {
  return value === null || value === undefined || value === "" ? null : String(value);
}

/** Makes an element one that can be chosen, once. */
export class Pickable {
  private pick: Pick | null = null;

  /** `tabindex`: "0" for a stop of its own; "-1" where one stop serves several; null where another element has it. */
  constructor(private readonly node: HTMLElement | SVGElement, private readonly tabindex: "0" | "-1" | null = "0") {
    node.addEventListener("click", () => {
      // Text that was just marked is not a choice.
      if (getSelection()?.isCollapsed !== false) this.pick?.run();
    });
    node.addEventListener("keydown", (event) => {
      const { key } = event as KeyboardEvent;
      if (!this.pick || event.target !== this.node || (key !== "Enter" && key !== " ")) return;
      event.preventDefault();
      this.pick.run();
    });
  }

  show(pick: Pick | null): void {
    if (pick === null && this.pick === null) return;
    this.pick = pick;
    const { node } = this;
    node.toggleAttribute("data-pick", pick !== null);
    node.toggleAttribute("data-faint", pick?.isFaint ?? false);
    if (this.tabindex === null) return;
    if (pick === null) node.removeAttribute("tabindex");
    else if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", this.tabindex);
    if (pick?.isChosen) setAttribute(node, "aria-current", "true");
    else node.removeAttribute("aria-current");
  }
}
