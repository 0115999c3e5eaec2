/** Shares of a whole: a ring with the total in its middle, and a legend with per cents. */

import { Hues } from "../charts/hues";
import { slicePath } from "../charts/arcs";
import { drawing, element, setText } from "../chrome/dom";
import type { PiePanel } from "../generated/wire";
import type { Pair } from "../store/table";
import { shortened, widthInEms } from "../text/format";
import { labelsOf } from "../text/labels";
import { Pickable, pickOf } from "./pick";
import type { Renderer, Surroundings } from "./renderer";

const RING = { outer: 100, inner: 66 };
/** More slices than hues cannot be told apart: the smallest are one. */
const SLICES_MAX = 6;


export class PieRenderer implements Renderer {
  readonly body = element("div", "pie");
  readonly px = 0;
  readonly zoom = null;
  numNegative = 0;
  private readonly ring = drawing("svg", { viewBox: "-102 -102 204 204", class: "ring", role: "img" });
  private readonly total = element("span", "pie-total", { "data-role": "value" });
  private readonly unit = element("span", "pie-unit");
  private readonly list = element("ul", "pie-legend");
  private readonly paths: SVGPathElement[] = [];
  private readonly hues = new Hues();
  private readonly entries: { item: HTMLElement; label: HTMLElement; share: HTMLElement; marks: Pickable[] }[] = [];

  constructor(private readonly panel: PiePanel, private readonly around: Surroundings) {
    const middle = element("div", "pie-middle", {}, this.total, this.unit);
    this.body.append(element("div", "pie-ring", {}, this.ring, middle), this.list);
  }

  hasData(): boolean {
    return (this.around.slots.table(this.panel.slot)?.order.length ?? 0) > 0;
  }

  draw(): void {
    const { formatter, style } = this.around;
    const { words } = formatter;
    const slices = this.slices();
    const total = slices.reduce((sum, { value }) => sum + value, 0);
    const hues = this.hues.of(slices.map(({ label }) => JSON.stringify(label)));
    while (this.entries.length < slices.length) this.add();
    let start = 0;
    const table = this.around.slots.table(this.panel.slot);
    const labels = labelsOf(slices.map(({ label }) => label), table?.labelType ?? "text", formatter);
    this.entries.forEach(({ item, label, share, marks }, i) => {
      const slice = slices[i];
      const path = this.paths[i] as SVGPathElement;
      item.hidden = slice === undefined;
      path.style.display = slice ? "" : "none";
      if (!slice) return;
      const cells = slice.id === null ? undefined : table?.rows.get(slice.id);
      const { picks } = this.around;
      const pick = table && cells ? pickOf(picks, this.panel.link, table.columns, cells, table.labelAt) : null;
      for (const mark of marks) mark.show(pick);
      const part = total > 0 ? slice.value / total : 0;
      path.setAttribute("d", slicePath(start, start + part, RING));
      start += part;
      for (const painted of [item, path]) painted.style.setProperty("--paint", style.paint(null, hues[i] ?? 0));
      setText(label, labels[i] ?? "");
      label.title = `${labels[i]}: ${formatter.text(this.panel.format, slice.value)}`;
      setText(share, `${formatter.plain(part * 100, part > 0 && part < 0.1 ? 1 : 0)}\u00a0%`);
    });
    const parts = formatter.parts(shortened(this.panel.format, total), total);
    setText(this.total, parts.main);
    this.total.style.setProperty("--ems", widthInEms(parts.main).toFixed(1));
    this.total.dataset["value"] = String(total);
    setText(this.unit, [parts.unit, this.panel.unit ?? words.total].filter(Boolean).join(" "));
    this.ring.setAttribute("aria-label", this.summary());
  }

  restyle(): void {
    this.draw();
  }

  summary(): string {
    const shown = this.entries.filter(({ item }) => !item.hidden);
    return `${this.panel.title}: ${shown.map(({ label, share }) => `${label.textContent} ${share.textContent}`).join(", ")}`;
  }

  destroy(): void {
    this.body.remove();
  }

  /** Positive values in the order given; beyond the hues, the rest together. */
  private slices(): Pair[] {
    const all = this.around.slots.table(this.panel.slot)?.pairs() ?? [];
    this.numNegative = all.filter(({ value }) => value < 0).length;
    const pairs = all.filter(({ value }) => value > 0);
    if (pairs.length <= SLICES_MAX) return pairs;
    const kept = [...pairs].sort((one, other) => other.value - one.value).slice(0, SLICES_MAX - 1);
    const rest = pairs.filter((pair) => !kept.includes(pair)).reduce((sum, { value }) => sum + value, 0);
    return [...pairs.filter((pair) => kept.includes(pair)), { label: this.around.formatter.words.other, value: rest, id: null }];
  }

  private add(): void {
    const path = drawing("path", { class: "slice" });
    this.ring.append(path);
    this.paths.push(path);
    const label = element("span", "pie-label");
    const share = element("b", "pie-share");
    const item = element("li", "pie-entry", {}, element("span", "swatch square"), label, share);
    this.list.append(item);
    this.entries.push({ item, label, share, marks: [new Pickable(item), new Pickable(path, null)] });
  }
}
