/** Sections and rows of a layout. How many columns fit is the style sheet's business; it is told what is wanted. */

import { element } from "../chrome/dom";
import type { Layout, Panel, Row } from "../generated/wire";

export function makeGrid(layout: Layout, panelElement: (index: number) => HTMLElement): HTMLElement[] {
  return layout.sections.map((section) => {
    const made = element("section", "section", section.title === null ? {} : { "aria-label": section.title });
    if (section.title !== null) made.append(element("h2", "section-title", {}, section.title));
    for (const row of section.rows) made.append(makeRow(row, layout.panels, panelElement));
    return made;
  });
}

function makeRow(row: Row, panels: readonly Panel[], panelElement: (index: number) => HTMLElement): HTMLElement {
  const kinds = row.panels.map((index) => panels[index]?.kind);
  const cards = kinds.every((kind) => kind === "kpi");
  const made = element("div", "row", { "data-cards": cards });
  // Cards without any sparkline need no room for one.
  const flat = cards && row.panels.every((index) => {
    const panel = panels[index];
    return panel?.kind === "kpi" && panel.spark_slot === null;
  });
  made.toggleAttribute("data-flat", flat);
  const middle = row.columns > 4 ? Math.ceil(row.columns / 2) : cards ? row.columns : Math.min(2, row.columns);
  made.style.setProperty("--columns", String(row.columns));
  made.style.setProperty("--columns-middle", String(middle));
  // A table beside pictures needs more room than they do.
  const mixed = kinds.includes("table") && kinds.some((kind) => kind !== "table");
  if (mixed && row.columns === row.panels.length && row.columns > 2) {
    made.dataset["weighted"] = "";
    made.style.setProperty("--tracks", kinds.map((kind) => `minmax(0, ${kind === "table" ? 1.7 : 1}fr)`).join(" "));
  }
  made.append(...row.panels.map(panelElement));
  return made;
}
