/**
 * Sections and rows of a layout. How many columns fit is the style sheet's business; it is told what is wanted.
 *
 * A row of very many panels is made in several elements, which look like one, and very many of them lie in wings: those
 * far from the screen cost nothing.
 */

import { element } from "../chrome/dom";
import type { Layout, Panel, Row } from "../generated/wire";
import type { Area } from "../view/visibility";

/** A row of at most so many panels is one element. */
const BLOCK_PANELS = 8;
/** Where there are more elements side by side than this, so many lie in each wing, and so many of those in larger ones. */
const WING_PARTS = 4;

export interface Grid {
  readonly sections: HTMLElement[];
  readonly areas: Area[];
}

export function makeGrid(layout: Layout, panelElement: (index: number) => HTMLElement): Grid {
  const areas: Area[] = [];
  const sections = layout.sections.map((section) => {
    const made = element("section", "section", section.title === null ? {} : { "aria-label": section.title });
    if (section.title !== null) made.append(element("h2", "section-title", {}, section.title));
    const blocks = section.rows.flatMap((row) => blocksOf(row, layout.panels).map((indexes): Area => {
      const members = new Map(indexes.map((index) => [index, panelElement(index)]));
      const block = makeRow(row, layout.panels);
      block.append(...members.values());
      return { element: block, members, areas: [] };
    }));
    const parts = wingsOf(blocks);
    made.append(...parts.map((part) => part.element));
    areas.push(...parts);
    return made;
  });
  return { sections, areas };
}

/** Areas within areas: each that is far and beside one that is near costs something at every frame. */
function wingsOf(parts: Area[]): Area[] {
  if (parts.length <= WING_PARTS) return parts;
  const wings: Area[] = [];
  for (let from = 0; from < parts.length; from += WING_PARTS) {
    const areas = parts.slice(from, from + WING_PARTS);
    wings.push({ element: element("div", "wing", {}, ...areas.map((area) => area.element)), members: new Map(), areas });
  }
  return wingsOf(wings);
}

/** The panels of a row, in blocks that are full at every number of columns that the style sheet may choose. */
export function blocksOf(row: Row, panels: readonly Panel[]): (readonly number[])[] {
  // Kinds take different room on narrow screens: only rows of one kind can be cut anywhere.
  if (new Set(row.panels.map((index) => panels[index]?.kind)).size > 1) return [row.panels];
  const full = commonMultiple(commonMultiple(row.columns, Math.ceil(row.columns / 2)), 2);
  const size = full * Math.ceil(BLOCK_PANELS / full);
  const blocks: number[][] = [];
  for (let from = 0; from < row.panels.length; from += size) blocks.push(row.panels.slice(from, from + size));
  // One that would be alone in its element would be drawn as if it were alone in its row.
  const last = blocks.at(-1);
  if (blocks.length > 1 && last?.length === 1) blocks.splice(-2, 2, [...(blocks.at(-2) ?? []), ...last]);
  return blocks;
}

function commonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a / divisor(a, b)) * b;
}

function makeRow(row: Row, panels: readonly Panel[]): HTMLElement {
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
  return made;
}
