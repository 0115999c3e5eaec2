/** The panels of one layout: which are seen, which changed, and drawing those that are both. */

import { ZoneOffsets } from "../charts/timeaxis";
import type { Layout, PanelStatus } from "../generated/wire";
import { makeRenderer, slotsOf } from "../panels/make";
import type { HeldPoints, Renderer, Surroundings } from "../panels/renderer";
import { Shell } from "../panels/shell";
import { shownState } from "../panels/state";
import type { ShownState } from "../panels/state";
import type { SourcesTimes } from "../store/times";
import type { Range, Viewed } from "../view/viewing";
import { Lingering } from "../view/lingering";
import { isOnScreen, Visibility } from "../view/visibility";
import type { Area } from "../view/visibility";
import { makeGrid } from "./grid";
import type { Spare } from "./spare";
import { Turns } from "./turns";
import type { Drawer } from "./turns";

interface Held {
  readonly shell: Shell;
  status: PanelStatus;
  /** Something else was chosen, and what is shown is of before. */
  isRenewing: boolean;
  /** What its badge and its fault were written from. */
  shown: { readonly status: PanelStatus; readonly state: ShownState; readonly hasData: boolean; readonly numNegative: number; readonly aheadSecs: number } | null;
  draws: number;
  /** Monotonic seconds since which it has been in view; NaN: it is not. */
  seenSince: number;
}

/** What the states of all panels depend on. */
export interface Situation {
  readonly connected: boolean;
  readonly paused: boolean;
  /** Server's wall seconds. */
  readonly now: number;
  readonly monotonic: number;
}

const LOADING: PanelStatus = { state: "loading", since: NaN };

export class Board {
  readonly sections: HTMLElement[];
  private readonly panels: Held[];
  private readonly panelOfSlot = new Map<number, number>();
  private readonly turns = new Turns();
  private readonly drawer: Drawer;
  /** Their states may be others now, though they are not in view. */
  private readonly unjudged = new Set<number>();
  private readonly troubled = new Set<number>();
  private readonly renewed = new Set<number>();
  /** Server's wall seconds of what is drawn. */
  private at = NaN;
  /** Looked at for paper, though they are out of view. */
  private gathered: number[] = [];
  /** Out of view too panels say how old they are. */
  isPrinting = false;
  /** The situation of which all states are. */
  private judgedAs: Pick<Situation, "connected" | "paused"> | null = null;
  /** How often the state of a panel was worked out. */
  numJudged = 0;
  private readonly areas: readonly Area[];
  private readonly visibility: Visibility;
  private readonly lingering: Lingering;

  constructor(
    readonly layout: Layout, private readonly around: Surroundings, private readonly looked: () => void, retry: (panel: number) => void,
  ) {
    const zone = new ZoneOffsets(layout.zone);
    this.visibility = new Visibility({
      changed: (panels) => {
        for (const panel of panels) this.unjudged.add(panel);
        this.lingering.changed(panels);
        looked();
      },
      left: (panels) => this.release(panels),
    });
    this.lingering = new Lingering(this.visibility.seen, (panels) => this.release(panels));
    this.panels = layout.panels.map((panel) => {
      for (const slot of slotsOf(panel)) this.panelOfSlot.set(slot, panel.index);
      const shell = new Shell(panel, makeRenderer(panel, around, zone), () => retry(panel.index));
      return { shell, status: LOADING, isRenewing: false, shown: null, draws: 0, seenSince: NaN };
    });
    this.drawer = this.makeDrawer();
    ({ sections: this.sections, areas: this.areas } = makeGrid(layout, (index) => (this.panels[index] as Held).shell.element));
  }

  /** The sections are in the document: look which panels are on screen. */
  placed(): void {
    this.visibility.observe(this.areas);
  }

  panelOf(slot: number): number | undefined {
    return this.panelOfSlot.get(slot);
  }

  touch(panel: number): void {
    this.turns.touch(panel);
    this.unjudged.add(panel);
  }

  /** As `touch`, for a viewer who waits for it. */
  hurry(panel: number): void {
    this.touch(panel);
    this.turns.hurry(panel);
  }

  touchAll(): void {
    this.panels.forEach((_, index) => this.touch(index));
  }

  setStatus(panel: number, status: PanelStatus): void {
    const held = this.panels[panel];
    if (!held) return;
    held.status = status;
    this.unjudged.add(panel);
    if (held.isRenewing && status.state !== "loading") this.renewed.add(panel);
  }

  /** Something else was chosen: what is shown stays, faint, until it comes anew. */
  renew(): void {
    for (const held of this.panels) setRenewing(held, true);
    this.renewed.clear();
  }

  /** A frame was taken in: the slots of panels that are told anew, whether or not they hold anything. */
  takeRenewed(): number[] {
    const slots: number[] = [];
    for (const index of this.renewed) {
      const panel = this.layout.panels[index];
      if (!panel) continue;
      setRenewing(this.panels[index] as Held, false);
      slots.push(...slotsOf(panel));
      this.touch(index);
    }
    this.renewed.clear();
    return slots;
  }

  /** The menu of a filter is open, or no more: what it offers is looked at like any panel. */
  setOpen(index: number, isOpen: boolean): void {
    if (isOpen) this.visibility.seen.add(index);
    else this.visibility.seen.delete(index);
    this.touch(index);
  }

  shellOf(index: number): HTMLElement | null {
    return this.panels[index]?.shell.element ?? null;
  }

  /** Show all charts over time between two moments, or again up to now. */
  look(range: Range | null): void {
    for (const [index, { shell }] of this.panels.entries()) {
      const panel = this.layout.panels[index];
      if (panel?.kind !== "line" || panel.x !== "time") continue;
      const { renderer } = shell;
      renderer.restore?.({ ...(renderer.keep?.() as object), zoom: range });
      this.touch(index);
    }
  }

  sees(index: number): boolean {
    return this.visibility.seen.has(index);
  }

  /** What the server is told of each panel. */
  *viewed(): Generator<Viewed> {
    for (const [index, { shell }] of this.panels.entries()) {
      const panel = this.layout.panels[index];
      if (!panel) continue;
      const visible = this.sees(index);
      const live = panel.kind === "line" && panel.x === "time" && panel.window_secs !== null;
      const asked = visible || panel.always;
      yield {
        index, always: panel.always, visible,
        px: asked ? shell.renderer.px : 0,
        span: live ? this.around.span : null,
        zoom: shell.renderer.zoom,
      };
    }
  }

  /** Make ready one panel in view that is to be drawn soon. Returns whether there was one. */
  prepareOne(): boolean {
    for (const index of this.visibility.seen) if (this.panels[index]?.shell.renderer.prepare?.()) return true;
    return false;
  }

  /**
   * Draw what changed and is seen, as far as there is time; returns how many charts are left for the next animation
   * frames. Time alone moves live charts. The one that is `touched` goes first.
   */
  draw(at: number, spare: Spare, touched: Element | null): number {
    this.at = at;
    const first = touched === null ? -1 : this.panels.findIndex(({ shell }) => shell.element === touched);
    return this.turns.run(this.visibility.seen, first, spare, this.drawer);
  }

  /**
   * Bring badges and states up to date: of panels in view and of those that changed, as time alone changes nothing
   * out of sight. `again`: ages are others now. Returns how many panels in view need attention.
   */
  judge(times: SourcesTimes, situation: Situation, again: boolean): number {
    const { connected, paused } = situation;
    const isOther = this.judgedAs?.connected !== connected || this.judgedAs.paused !== paused;
    const due = isOther ? this.panels.keys() : new Set([...this.visibility.seen, ...this.unjudged]);
    for (const index of due) this.judgeOne(index, times, situation, again);
    this.judgedAs = { connected, paused };
    this.unjudged.clear();
    let num = 0;
    for (const index of this.troubled) if (this.sees(index)) num += 1;
    return num;
  }

  /** Of the first `max` panels look at those out of view too, until all are printed. */
  gather(max: number): void {
    this.gathered = this.onPaper().slice(0, max).filter((index) => !this.sees(index));
    for (const index of this.gathered) {
      this.visibility.seen.add(index);
      this.touch(index);
    }
    this.looked();
  }

  /** Of the first `max` panels, those of which nothing is known yet. */
  numMissing(max: number): number {
    return this.onPaper().slice(0, max).filter((index) => !this.isKnown(index)).length;
  }

  /** Draw the first `max` panels for paper, now and out of view too; returns how many are left out. */
  print(max: number): number {
    const all = this.onPaper();
    const printed = all.slice(0, max).filter((index) => this.isKnown(index));
    for (const index of all) this.panels[index]?.shell.element.setAttribute("data-unprinted", "");
    for (const index of printed) this.panels[index]?.shell.element.removeAttribute("data-unprinted");
    for (const index of printed) this.redraw(index);
    return all.length - printed.length;
  }

  /** As before: what is out of view is not looked at, and keeps nothing for drawing. */
  printed(): void {
    this.isPrinting = false;
    for (const index of this.gathered) if (!isOnScreen(this.shellOf(index) as HTMLElement)) this.visibility.seen.delete(index);
    this.gathered = [];
    for (const [index, { shell }] of this.panels.entries()) {
      shell.element.removeAttribute("data-unprinted");
      if (this.sees(index)) this.redraw(index);
    }
    this.release([...this.panels.keys()].filter((index) => !this.sees(index)));
    this.touchAll();
  }

  /** Those that have a place on the screen, and none in a menu. */
  private onPaper(): number[] {
    return [...this.panels.keys()].filter((index) => this.shellOf(index)?.closest(".section"));
  }

  private isKnown(index: number): boolean {
    const { shell, status } = this.panels[index] as Held;
    return shell.renderer.hasData() || status.state !== "loading";
  }

  /** Draw all of it at the size that it has now. */
  private redraw(index: number): void {
    const { renderer } = (this.panels[index] as Held).shell;
    renderer.fit?.();
    renderer.restyle();
    // The first drawing of a chart may be put off once.
    renderer.draw();
    renderer.draw();
    renderer.write?.();
  }

  /** Words for those who cannot see the drawings; not at every frame. */
  describe(): void {
    for (const index of this.visibility.seen) this.panels[index]?.shell.describe();
  }

  restyle(): void {
    for (const { shell } of this.panels) shell.renderer.restyle();
  }

  states(): Record<string, ShownState> {
    return Object.fromEntries(this.layout.panels.map(({ key }, index) => [key, (this.panels[index] as Held).shell.state]));
  }

  draws(): Record<string, number> {
    return Object.fromEntries(this.layout.panels.map(({ key }, index) => [key, (this.panels[index] as Held).draws]));
  }

  points(key: string): HeldPoints[] {
    const index = this.layout.panels.findIndex((panel) => panel.key === key);
    return this.panels[index]?.shell.renderer.points?.() ?? [];
  }

  /** Zoom a chart to a range, as dragging over it does. */
  zoom(key: string, x0: number, x1: number): void {
    const index = this.layout.panels.findIndex((panel) => panel.key === key);
    const renderer = this.panels[index]?.shell.renderer;
    if (!renderer?.keep || !renderer.restore || !(x1 > x0)) return;
    renderer.restore({ ...(renderer.keep() as object), zoom: { x0, x1 } });
    this.around.rangeChanged(index);
  }

  /** What each panel wants to keep over a new layout, by key. */
  keep(): Map<string, unknown> {
    const kept = new Map<string, unknown>();
    for (const [index, { shell }] of this.panels.entries()) {
      const value = shell.renderer.keep?.();
      const key = this.layout.panels[index]?.key;
      if (key !== undefined && value !== undefined) kept.set(key, value);
    }
    return kept;
  }

  restore(kept: ReadonlyMap<string, unknown>): void {
    for (const [index, { shell }] of this.panels.entries()) {
      const value = kept.get(this.layout.panels[index]?.key ?? "");
      if (value !== undefined) shell.renderer.restore?.(value);
    }
  }

  private judgeOne(index: number, times: SourcesTimes, situation: Situation, again: boolean): void {
    const panel = this.layout.panels[index];
    const held = this.panels[index];
    if (!panel || !held) return;
    this.numJudged += 1;
    const isSeen = this.sees(index);
    if (!isSeen) held.seenSince = NaN;
    else if (Number.isNaN(held.seenSince)) held.seenSince = situation.monotonic;
    const { shell, status, shown } = held;
    const hasData = shell.renderer.hasData();
    const { numNegative = 0, aheadSecs = 0 } = shell.renderer;
    const { checkedAt, freshUntil } = times.together(panel.sources);
    const state = panel.kind === "text" && panel.sources.length === 0 ? "live" : shownState({
      server: status.state, hasData, freshUntil, ...situation,
      // On paper what nobody watched is as old as it is.
      watchedSecs: this.isPrinting && !isSeen ? Infinity : Number.isNaN(held.seenSince) ? 0 : situation.monotonic - held.seenSince,
    });
    // Ages are written where somebody reads them; what is live says none.
    const isNews = shown?.state !== state || shown.status !== status || shown.hasData !== hasData
      || shown.numNegative !== numNegative || shown.aheadSecs !== aheadSecs;
    if (!isNews && (!(isSeen || this.isPrinting) || (state === "live" && !again))) return;
    held.shown = { state, status, hasData, numNegative, aheadSecs };
    shell.show({ state, status, now: situation.now, checkedAt, hasData, numNegative, aheadSecs }, this.around.formatter);
    if (state === "error" || state === "stale" || state === "behind") this.troubled.add(index);
    else this.troubled.delete(index);
  }

  private makeDrawer(): Drawer {
    const rendererOf = (index: number): Renderer => (this.panels[index] as Held).shell.renderer;
    return {
      canWait: (index) => rendererOf(index).slides !== undefined,
      slides: (index) => rendererOf(index).slides?.(this.at) ?? false,
      draw: (index) => {
        const { probe } = this.around;
        if (probe) probe.draw(index, () => rendererOf(index).draw());
        else rendererOf(index).draw();
        (this.panels[index] as Held).draws += 1;
      },
      write: (index) => rendererOf(index).write?.(),
    };
  }

  /** Out of sight nothing is kept for drawing: far from the screen at once, beside it after a while. */
  private release(panels: Iterable<number>): void {
    for (const index of panels) {
      // Of what is always sent, the server is told the width.
      if (this.layout.panels[index]?.always) continue;
      this.panels[index]?.shell.renderer.release?.();
      this.turns.touch(index);
    }
  }

  destroy(): void {
    this.visibility.clear();
    this.lingering.stop();
    for (const { shell } of this.panels) shell.renderer.destroy();
    for (const section of this.sections) section.remove();
  }
}

function setRenewing(held: Held, isRenewing: boolean): void {
  if (held.isRenewing === isRenewing) return;
  held.isRenewing = isRenewing;
  held.shell.element.toggleAttribute("data-renewing", isRenewing);
  held.shell.element.setAttribute("aria-busy", String(isRenewing));
}
