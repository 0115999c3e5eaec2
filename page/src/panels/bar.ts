/** Horizontal bars from zero: label left, value right. */

import { element, setText } from "../chrome/dom";
import type { BarPanel } from "../generated/wire";
import { levelColor } from "../charts/references";
import { roundRange } from "../charts/yrange";
import { finishedTo } from "../store/slots";
import { amountDecimals } from "../text/format";
import { labelsOf } from "../text/labels";
import { Pickable, pickOf } from "./pick";
import type { Renderer, Surroundings } from "./renderer";
import { bucketSecs, soFarOf } from "./sofar";

interface BarRow {
  readonly row: HTMLElement;
  readonly label: HTMLElement;
  readonly bar: HTMLElement;
  readonly value: HTMLElement;
  readonly pickable: Pickable;
}

export class BarRenderer implements Renderer {
  readonly body = element("div", "bars");
  readonly px = 0;
  readonly zoom = null;
  private readonly list = element("div", "bar-list", { role: "list" });
  /** Crosses all tracks. */
  private readonly overlay = element("div", "bar-overlay", { role: "presentation" });
  private readonly rows: BarRow[] = [];
  private readonly references: { readonly line: HTMLElement; readonly name: HTMLElement }[];

  constructor(private readonly panel: BarPanel, private readonly around: Surroundings) {
    this.references = panel.references.map(() => {
      const name = element("span", "bar-reference-name");
      return { line: element("div", "bar-reference", {}, name), name };
    });
    this.overlay.append(...this.references.map(({ line }) => line));
    this.list.toggleAttribute("data-named", panel.references.length > 0);
    this.list.append(this.overlay);
    this.body.append(this.list);
  }

  hasData(): boolean {
    return (this.around.slots.table(this.panel.slot)?.order.length ?? 0) > 0;
  }

  draw(): void {
    const { slots, formatter, style } = this.around;
    const table = slots.table(this.panel.slot);
    const pairs = table?.pairs() ?? [];
    const labels = labelsOf(pairs.map(({ label }) => label), table?.labelType ?? "text", formatter);
    const finished = finishedTo(this.panel, slots);
    const soFar = soFarOf(this.around, finished, bucketSecs(pairs.map(({ label }) => label)));
    while (this.rows.length < pairs.length) this.rows.push(this.row());
    const values = [...pairs.map(({ value }) => value), ...this.panel.references.map(({ value }) => value)];
    const low = Math.min(0, ...values);
    const range = roundRange(low, Math.max(low < 0 ? 0 : 1e-12, ...values));
    const digits = amountDecimals(this.panel.format, pairs.map(({ value }) => value));
    const share = (value: number) => (value - range.min) / (range.max - range.min);
    const zero = share(0);
    this.rows.forEach(({ row, label, bar, value, pickable }, i) => {
      const pair = pairs[i];
      row.hidden = pair === undefined;
      if (!pair) return;
      const cells = pair.id === null ? undefined : table?.rows.get(pair.id);
      const { picks } = this.around;
      pickable.show(table && cells ? pickOf(picks, this.panel.link, table.columns, cells, table.labelAt) : null);
      const isUnfinished = typeof pair.label === "number" && pair.label >= finished;
      const name = `${labels[i]}${isUnfinished ? ` · ${soFar}` : ""}`;
      setText(label, name);
      label.title = name;
      row.toggleAttribute("data-unfinished", isUnfinished);
      setText(value, formatter.text(this.panel.format, pair.value, digits));
      const end = share(pair.value);
      bar.style.setProperty("--from", String(Math.min(zero, end)));
      bar.style.setProperty("--share", String(Math.abs(end - zero)));
      bar.style.setProperty("--paint", style.paint(this.panel.color, 0));
    });
    this.overlay.style.gridRow = `1 / span ${Math.max(1, pairs.length)}`;
    this.panel.references.forEach((reference, i) => {
      const mark = this.references[i];
      if (!mark) return;
      const { line, name } = mark;
      const at = share(reference.value);
      setText(name, reference.label);
      name.toggleAttribute("data-left", at > 0.5);
      line.style.setProperty("--from", String(at));
      line.style.setProperty("--paint", levelColor(reference.level, style));
    });
  }

  restyle(): void {
    this.draw();
  }

  summary(): string {
    const rows = this.rows.filter(({ row }) => !row.hidden).map(({ label, value }) => `${label.textContent} ${value.textContent}`);
    return `${this.panel.title}: ${rows.join(", ")}`;
  }

  destroy(): void {
    this.body.remove();
  }

  private row(): BarRow {
    const label = element("span", "bar-label");
    const bar = element("span", "bar");
    const value = element("b", "bar-value");
    const track = element("span", "bar-track", {}, bar);
    const row = element("div", "bar-row", { role: "listitem" }, label, track, value);
    row.style.setProperty("--row", String(this.rows.length + 1));
    this.list.append(row);
    return { row, label, bar, value, pickable: new Pickable(row) };
  }
}
