/** What all panels share: title, badge, legend, skeleton, and what is said when there is nothing or something wrong. */

import { icon } from "../chrome/icons";
import { element, setAttribute, setText } from "../chrome/dom";
import type { Panel, PanelStatus } from "../generated/wire";
import { age } from "../text/ages";
import type { Formatter } from "../text/format";
import { SERIES_BESIDE_MAX } from "./legend";
import { notesOf } from "./notes";
import type { Renderer } from "./renderer";
import type { ShownState } from "./state";

/** What a badge and a fault are written from. */
export interface Condition {
  readonly state: ShownState;
  readonly status: PanelStatus;
  /** Server's wall seconds; NaN: unknown. */
  readonly now: number;
  readonly checkedAt: number;
  readonly hasData: boolean;
  /** Values that the drawing leaves out. */
  readonly numNegative: number;
  /** Its newest point is so much later than now. */
  readonly aheadSecs: number;
}

export class Shell {
  readonly element: HTMLElement;
  private readonly badge = element("span", "badge", { hidden: true, "data-role": "badge" });
  private readonly skeleton = element("div", "skeleton", { "aria-hidden": "true" });
  private readonly empty = element("div", "empty", { hidden: true });
  private readonly fault = element("div", "fault", { hidden: true, role: "group" });
  private readonly message = element("p", "fault-message");
  private readonly when = element("p", "fault-when");
  private readonly detail = element("code", "fault-detail");
  /** What holds of the panel for good. On a card, which has no room, its title tells it. */
  private readonly remark: HTMLElement | null;
  private readonly title: HTMLElement;
  private readonly retry = element("button", "control", { type: "button", "data-role": "retry" });

  constructor(panel: Panel, readonly renderer: Renderer, retry: () => void) {
    const id = `title-${panel.index}`;
    const drawn = panel.kind === "kpi" && panel.icon !== null ? named(panel.icon) : [];
    const title = element("h3", "title", { id }, titleOf(panel));
    title.title = titleOf(panel);
    this.title = title;
    this.remark = panel.append_only ? element("span", "remark", { role: "img", "data-role": "remark" }, ...named("append")) : null;
    const head = element("header", "head", {}, ...drawn, title);
    if (panel.note !== null) head.append(element("button", "note", { type: "button", title: panel.note, "aria-label": panel.note }, "?"));
    if (this.remark) head.append(this.remark);
    head.append(this.badge);
    if (renderer.legend) head.append(renderer.legend);
    this.fault.append(this.message, this.when, this.detail, this.retry);
    this.retry.addEventListener("click", retry);
    const series = panel.kind === "line" ? panel.series.length : 0;
    this.element = element(
      "section", "panel",
      {
        "data-panel": panel.key, "data-kind": panel.kind, "data-state": "loading", "aria-labelledby": id,
        "data-several": series > 1, "data-crowded": series > SERIES_BESIDE_MAX,
      },
      head, element("div", "body", {}, renderer.body, this.skeleton, this.empty, this.fault),
    );
  }

  get state(): ShownState {
    return this.element.dataset["state"] as ShownState;
  }

  show(condition: Condition, formatter: Formatter): void {
    const { state, hasData } = condition;
    setAttribute(this.element, "data-state", state);
    setAttribute(this.element, "data-filled", String(hasData));
    this.showBadge(condition, formatter);
    const { words } = formatter;
    if (this.remark) this.showRemark(this.remark, formatter);
    // A source that is overdue and never gave anything: nothing is on its way that a skeleton could stand for.
    const empty = !hasData && (state === "empty" || state === "stale");
    setAttribute(this.element, "data-empty", String(empty));
    this.empty.hidden = !empty;
    setText(this.empty, words.empty);
    this.fault.hidden = state !== "error";
    if (state === "error") this.showFault(condition, formatter);
  }

  /** Words for those who cannot see the drawing. */
  describe(): void {
    const drawn = this.element.querySelector('.body [role="img"]');
    if (drawn) setAttribute(drawn, "aria-label", this.renderer.summary());
  }

  private showRemark(remark: HTMLElement, { words }: Formatter): void {
    const hint = words.named(words.appendOnly, words.appendOnlyHint);
    setAttribute(remark, "aria-label", hint);
    setAttribute(remark, "title", hint);
    setAttribute(this.title, "title", `${this.title.textContent}\n${words.appendOnlyHint}`);
  }

  private showBadge({ state, status, now, checkedAt, numNegative, aheadSecs }: Condition, formatter: Formatter): void {
    const { words } = formatter;
    const named: Partial<Record<ShownState, string>> = {
      stale: words.stale, behind: words.behind, error: words.error, disconnected: words.offline,
      paused: words.paused.toLowerCase(),
    };
    const name = named[state];
    const noted = name === undefined;
    const notes = noted ? notesOf(status, formatter, numNegative, aheadSecs) : [];
    this.badge.hidden = noted && notes.length === 0;
    setAttribute(this.element, "data-noted", String(notes.length > 0));
    setAttribute(this.badge, "title", notes.map(({ hint }) => hint).join(". "));
    if (noted) {
      setText(this.badge, notes.map(({ text }) => text).join(" · "));
      return;
    }
    const since = state === "error" ? NaN : state === "behind" ? status.since : checkedAt;
    const secs = now - since;
    setText(this.badge, Number.isFinite(secs) ? `${name} · ${age(secs, words)}` : name);
  }

  private showFault({ status, now }: Condition, formatter: Formatter): void {
    const { words } = formatter;
    const { fault } = status;
    setText(this.message, fault?.message ?? words.error);
    this.message.title = fault?.message ?? "";
    const parts: string[] = [words.since(formatter.date(fault?.since ?? status.since, "time"))];
    const next = fault?.next_try ?? null;
    if (next !== null && Number.isFinite(now)) parts.push(next - now > 0 ? words.nextTry(age(Math.ceil(next - now), words)) : words.trying);
    setText(this.when, parts.join(" "));
    this.detail.hidden = !fault?.detail;
    setText(this.detail, fault?.detail ?? "");
    setText(this.retry, words.retry);
  }
}

function named(name: string): SVGSVGElement[] {
  const drawn = icon(name);
  return drawn ? [drawn] : [];
}

function titleOf(panel: Panel): string {
  const unit = panel.kind === "line" || panel.kind === "bar" ? panel.unit : null;
  return unit ? `${panel.title}, ${unit}` : panel.title;
}
