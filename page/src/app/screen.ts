/** The screen: takes frames in, paints once per animation frame, tells the server what is seen. */

import { Style } from "../charts/style";
import { Header } from "../chrome/header";
import { Notices } from "../chrome/notices";
import { element, setText } from "../chrome/dom";
import { onceInThisTab } from "../chrome/memory";
import { followTokens } from "../chrome/tokens";
import type { Probe } from "../debug/probe";
import type { Have, Layout, Welcome } from "../generated/wire";
import type { Surroundings } from "../panels/renderer";
import { ServerClock } from "../session/clock";
import { isAwaited } from "../session/frames";
import type { Frame } from "../session/frames";
import { Session } from "../session/session";
import type { Connection, SessionHandlers, SessionPorts, ViewBody } from "../session/session";
import type { Slots } from "../store/slots";
import type { Formatter } from "../text/format";
import type { Asked } from "../debug/asking";
import type { Chosen } from "../view/choices";
import { Viewing } from "../view/viewing";
import type { Range } from "../view/viewing";
import { Attention } from "./attention";
import { Board } from "./board";
import { Choosing } from "./choosing";
import { Holdings } from "./holdings";
import { Intake } from "./intake";
import { Link } from "./link";
import { Manner } from "./manner";
import { meaningOf } from "./meaning";
import type { Meaning } from "./meaning";
import { Pace } from "./pace";
import type { Settings } from "./settings";
import { browserInputPending, Spare } from "./spare";

const TICK_MILLIS = 1000;
/** An answer that comes within this time finds no coarse picture drawn in its place. */
const PATIENCE_SECS = 0.016;
const RELOADED = "cadran.reloaded-for-version";
const REFUSED = "cadran.refused";

export class Screen implements Surroundings, SessionHandlers {
  readonly held = new Holdings();
  readonly style = new Style();
  readonly session: Session;
  readonly picks: Choosing;
  lastPaint = { s: 0, at: NaN, painted_at: NaN };
  board: Board | null = null;
  private readonly viewing = new Viewing();
  private readonly clock: ServerClock;
  private readonly manner: Manner;
  private readonly header: Header;
  private readonly notices = new Notices();
  private readonly main = element("main", "screen");
  private readonly foot = element("footer", "foot");
  private readonly link: Link;
  private readonly intake = new Intake();
  private readonly attention = new Attention();
  private readonly spare = new Spare({
    now: () => performance.now(), isBusy: () => this.attention.isBusy, isInputPending: browserInputPending(),
  });
  private readonly pace = new Pace(() => this.flush());
  private viewStale = false;
  private knowsAge = false;
  private layoutText = "";

  /** `layout`: that of the welcome, most likely, where it is known before. */
  constructor(
    root: HTMLElement, address: string, settings: Settings, private readonly ports: SessionPorts, layout: Layout | null,
  ) {
    this.clock = new ServerClock(ports.monotonic);
    this.link = new Link(ports.monotonic);
    this.manner = new Manner(settings, () => this.restyle());
    // Until they come, drawings have the texts of another font, which a picture that only moves on would keep.
    document.fonts.addEventListener("loadingdone", () => this.board?.restyle());
    this.picks = new Choosing(this, {
      chosen: (chosen) => this.chosen(chosen),
      looked: (picked) => this.board?.look(picked),
      spanned: () => this.board?.touchAll(),
      acted: () => this.notices.show({ key: REFUSED, level: "warning", message: null }),
      opened: (panel, isOpen) => {
        this.board?.setOpen(panel, isOpen);
        this.viewChanged();
      },
      menuOf: (panel) => this.board?.shellOf(panel) ?? null,
    });
    this.viewing.refreshSecs = settings.refreshSecs;
    this.viewing.hidden = document.hidden;
    this.session = new Session(address, ports, this);
    this.header = new Header({
      pause: (paused) => this.choose(() => this.viewing.pause(paused, this.held.at)),
      interval: (secs) => this.choose(() => (this.viewing.refreshSecs = secs)),
      span: (secs) => this.choose(() => this.picks.setSpan(secs)),
      refresh: () => this.session.refresh(null),
      theme: () => this.manner.theme.next(),
      language: () => this.setLanguage(),
    });
    root.replaceChildren(this.header.element, this.picks.bar.element, this.notices.element, this.main, this.foot);
    document.addEventListener("visibilitychange", () => this.visibilityChanged());
    addEventListener("focus", () => this.session.wake());
    addEventListener("pageshow", () => this.session.wake());
    setInterval(() => this.tick(), TICK_MILLIS);
    this.showWords();
    if (layout) this.show(layout, JSON.stringify(layout));
    // The connection may be open already: the hello says at once what is seen.
    this.session.start();
    this.tick();
  }

  get slots(): Slots {
    return this.held.slots;
  }

  get at(): number {
    return this.held.at;
  }

  get formatter(): Formatter {
    return this.manner.formatter;
  }

  get span(): number | null {
    return this.picks.span;
  }

  get picked(): Range | null {
    return this.picks.picked;
  }

  // What is measured, while somebody looks.

  get asked(): Asked | null {
    return this.board ? { slug: this.board.layout.slug, search: this.picks.search } : null;
  }

  get probe(): Probe | null {
    return this.session.probe;
  }

  set probe(probe: Probe | null) {
    this.session.probe = probe;
  }

  // What panels ask for.

  viewChanged(): void {
    this.viewStale = true;
    this.pace.schedule();
  }

  /**
   * Nothing else happens in the task of the input: browsers put off messages until what an input has changed is on
   * screen, and the answer to it is one.
   */
  rangeChanged(panel: number): void {
    this.board?.hurry(panel);
    this.viewStale = true;
    this.tellView();
    this.ports.later(PATIENCE_SECS, () => this.pace.schedule());
  }

  redraw(panel: number): void {
    this.board?.hurry(panel);
    this.pace.schedule();
  }

  // What the session reports and asks.

  received(frame: Frame | null, bytes: number): void {
    // What comes first is often coarse: what is finer follows at once, and may be here before the animation frame.
    const isFirst = this.board !== null && this.held.frames === 0 && this.intake.isEmpty;
    this.intake.add(frame, bytes);
    if (frame) {
      // Another server, or the same one after its clock was set: the old estimate says nothing.
      if (frame.welcome) this.clock.forget();
      this.clock.observe(frame.at);
    }
    this.pace.schedule();
    if (frame && isAwaited(frame) && !isFirst) this.pace.hasten();
  }

  connection(state: Connection): void {
    this.link.become(state);
    if (state !== "live") {
      // What was not taken in yet counts for the connection that is gone; its frames are whole and still true.
      this.flush(true);
      this.intake.forgetBytes();
    }
    if (state === "outdated") {
      if (onceInThisTab(RELOADED)) location.reload();
      else this.notices.show({ key: "cadran.version", level: "error", message: this.formatter.words.outdated });
    }
    this.tick();
  }

  holding(): { epoch: string | null; have: Have[]; s: number } {
    const { board, viewing } = this;
    const changed = viewing.changed(board?.viewed() ?? []);
    return this.held.holding((slot, filledBy) => {
      const panel = board?.panelOf(slot) ?? -1;
      // Told is not answered: what is finer, or of another range, may not have come before the cut.
      return changed.has(panel) || viewing.outdated(panel, filledBy);
    });
  }

  view(): ViewBody {
    this.viewStale = false;
    return this.viewing.body(this.board?.viewed() ?? []);
  }

  numbered(n: number, body: ViewBody): void {
    this.viewing.numbered(n, body);
    if (this.held.frames === 0) this.prepare();
  }

  /** Until the first data is here: panel by panel, so that it waits for one at most. */
  private prepare(): void {
    this.ports.later(0, () => {
      if (this.held.frames === 0 && this.board?.prepareOne()) this.prepare();
    });
  }

  // One animation frame.

  /** `all`: also what should wait until the picture of what came before is whole. */
  private flush(all = false): void {
    const { probe } = this;
    if (probe && !this.intake.isEmpty) probe.time(probe.applying, () => this.takeIn(all));
    else this.takeIn(all);
  }

  private takeIn(all: boolean): void {
    const { intake } = this;
    const frames = intake.take(all || document.hidden);
    for (const frame of frames) this.apply(frame);
    const board = document.hidden ? null : this.board;
    intake.numLeft = board?.draw(this.held.at, this.spare, this.attention.panel) ?? 0;
    // An age that is new is told at once, not at the next second.
    if (frames.length > 0 && !this.knowsAge) this.tick();
    else if (frames.length > 0 || this.viewStale) this.judge(false);
    if (intake.numLeft === 0) this.painted(board !== null);
    if (intake.numLeft > 0 || !intake.isEmpty) this.pace.schedule();
    this.tellView();
  }

  /** The picture of what was taken in is whole. */
  private painted(isShown: boolean): void {
    const { bytes, numFrames, hasData, hasBeat } = this.intake.finish();
    if (isShown && hasData) {
      this.lastPaint = { s: this.held.s, at: this.held.at, painted_at: Date.now() / 1000 };
      this.probe?.painted(this.clock.now() - this.held.at);
    }
    if (bytes > 0 || numFrames > 0) this.session.painted(this.held.s, bytes, hasBeat);
  }

  private apply(frame: Frame): void {
    const { welcome } = frame;
    const text = welcome ? JSON.stringify(welcome.layout) : "";
    const meaning = meaningOf(frame, {
      isOlder: frame.parts.some(({ view }) => this.viewing.isOfBefore(view)),
      isRenewing: this.picks.isRenewing, isSame: text === this.layoutText,
    });
    if (meaning === "layout") this.held.forget();
    else if (meaning === "anew") {
      this.held.times.clear();
      this.renew();
    }
    if (welcome && meaning !== "older") this.welcome(welcome, text, meaning);
    const { board } = this;
    this.held.take(frame, this.viewing, {
      panelOf: (slot) => board?.panelOf(slot),
      touch: (panel) => board?.touch(panel),
      setStatus: (panel, status) => board?.setStatus(panel, status),
      notice: (notice) => this.notices.show(notice),
    });
    const renewed = board?.takeRenewed() ?? [];
    if (renewed.length > 0) this.held.slots.dropOld(renewed);
  }

  private welcome(welcome: Welcome, layoutText: string, meaning: Meaning): void {
    if (meaning === "answer") this.picks.isRenewing = false;
    const refused = this.picks.refused(welcome, this.formatter);
    if (refused !== null) this.notices.show({ key: REFUSED, level: "warning", message: refused });
    if (!welcome.resumed) this.held.s = 0;
    this.held.epoch = welcome.epoch;
    if (meaning === "layout") this.show(welcome.layout, layoutText);
    followTokens(welcome.tokens_hash, () => this.restyle());
    this.session.welcomed(welcome.beat_secs);
  }

  /** All data comes anew: what is shown stays until then, panel by panel, and no panel is ever blank in between. */
  private renew(): void {
    this.held.slots.age();
    this.board?.renew();
    this.board?.touchAll();
  }

  private show(layout: Layout, layoutText: string): void {
    this.layoutText = layoutText;
    this.probe?.forget();
    const kept = this.board?.keep();
    // Asked for while there is something to keep it of: it costs a layout.
    const scroll = kept ? scrollY : 0;
    this.board?.destroy();
    this.notices.clear();
    this.viewing.forget();
    this.manner.setScreen(layout.zone, layout.lang);
    this.viewing.refreshSecs ??= layout.refresh_secs;
    this.picks.setLayout(layout);
    const spans = !this.picks.controlsRange && layout.panels.some((panel) => panel.kind === "line" && panel.x === "time" && panel.window_secs !== null);
    this.board = new Board(layout, this, () => this.viewChanged(), (panel) => this.session.refresh([panel]));
    if (kept) this.board.restore(kept);
    if (this.picked) this.board.look(this.picked);
    this.picks.placed(this.formatter);
    this.main.replaceChildren(...this.board.sections);
    this.board.placed();
    this.header.setScreen(layout.title, layout.intervals_secs, this.viewing.refreshSecs, layout.refresh_secs === null, spans);
    document.title = layout.title;
    this.showWords();
    if (kept) scrollTo(0, scroll);
    this.viewStale = true;
  }

  private tellView(): void {
    if (!this.viewStale) return;
    const body = this.view();
    if (this.viewing.isNews(body)) this.session.sendView(body);
  }

  // What viewers choose.

  private choose(change: () => void): void {
    change();
    this.viewStale = true;
    this.tellView();
    this.pace.schedule();
    this.tick();
  }

  private chosen(chosen: Chosen): void {
    if (!this.viewing.choose(chosen)) return;
    this.picks.isRenewing = true;
    this.renew();
    this.choose(() => undefined);
  }

  private setLanguage(): void {
    this.manner.nextLanguage();
    this.showWords();
    this.board?.restyle();
    this.tick();
  }

  private restyle(): void {
    this.style.forget();
    this.board?.restyle();
    this.showWords();
  }

  private visibilityChanged(): void {
    this.viewing.hidden = document.hidden;
    this.viewStale = true;
    // Animation frames stop in a hidden tab: say it now.
    this.flush();
    if (!document.hidden) {
      this.session.wake();
      this.tick();
    }
  }

  // Time.

  private tick(): void {
    if (document.hidden) return;
    const problems = this.judge(true);
    this.board?.describe();
    const ageSecs = this.clock.now() - this.held.times.newestCheck();
    this.knowsAge = !Number.isNaN(ageSecs);
    const { words } = this.formatter;
    this.header.show({ connection: this.link.state, paused: this.viewing.paused, ageSecs, problems }, words);
  }

  judge(all: boolean): number {
    const situation = {
      connected: this.link.isConnected, paused: this.viewing.paused,
      now: this.clock.now(), monotonic: this.ports.monotonic(),
    };
    return this.board?.judge(this.held.times, situation, all) ?? 0;
  }

  private showWords(): void {
    const { formatter, language, theme } = this.manner;
    this.header.setWords(formatter.words, formatter.locale, language, theme.current);
    this.picks.show(formatter);
    const zone = this.board?.layout.zone;
    setText(this.foot, zone ? formatter.words.zone(zone) : "");
  }
}
