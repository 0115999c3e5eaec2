/** The renderer of a panel, by its kind. */

import type { ZoneOffsets } from "../charts/timeaxis";
import type { Panel } from "../generated/wire";
import { BarRenderer } from "./bar";
import { KpiRenderer } from "./kpi";
import { LineRenderer } from "./line";
import { OptionsRenderer } from "./options";
import { PieRenderer } from "./pie";
import type { Renderer, Surroundings } from "./renderer";
import { TableRenderer } from "./table";
import { TextRenderer } from "./text";

export function makeRenderer(panel: Panel, around: Surroundings, zone: ZoneOffsets): Renderer {
  switch (panel.kind) {
    case "kpi":
      return new KpiRenderer(panel, around);
    case "line":
      return new LineRenderer(panel, around, zone);
    case "bar":
      return new BarRenderer(panel, around);
    case "pie":
      return new PieRenderer(panel, around);
    case "table":
      return new TableRenderer(panel, around);
    case "text":
      return new TextRenderer(panel);
    case "options":
      return new OptionsRenderer(panel, around);
  }
}

/** The slots that a panel shows. */
export function slotsOf(panel: Panel): number[] {
  switch (panel.kind) {
    case "kpi":
      return panel.spark_slot === null ? [panel.value_slot] : [panel.value_slot, panel.spark_slot];
    case "line":
      return panel.series.flatMap(({ slot, finished_slot: mark = null }) => (mark === null ? [slot] : [slot, mark]));
    case "bar":
    case "table":
      return panel.finished_slot === null ? [panel.slot] : [panel.slot, panel.finished_slot];
    case "pie":
    case "options":
      return [panel.slot];
    case "text":
      return [];
  }
}
