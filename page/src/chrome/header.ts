/** The bar at the top: what screen this is, whether it is live, how old it is, and what a viewer can choose. */

import type { Connection } from "../session/session";
import { age, every, last } from "../text/ages";
import type { Language, Words } from "../text/words";
import { element, setAttribute, setText } from "./dom";
import { icon } from "./icons";
import type { Theme } from "./theme";

export interface HeaderHandlers {
  pause(paused: boolean): void;
  interval(secs: number | null): void;
  span(secs: number | null): void;
  refresh(): void;
  theme(): void;
  language(): void;
}

export interface HeaderState {
  readonly connection: Connection;
  readonly paused: boolean;
  /** Seconds since the last successful check; NaN: never. */
  readonly ageSecs: number;
  readonly problems: number;
}

const SPANS = [60, 300, 900, 3600, 21_600, 86_400];

export class Header {
  readonly element: HTMLElement;
  private readonly title = element("h1", "screen-title");
  private readonly connection = element("span", "connection", { "data-role": "connection", "data-state": "connecting" });
  private readonly connectionText = element("span", "connection-text", { role: "status", "aria-live": "polite" });
  private readonly updatePrefix = element("span", "last-update-prefix");
  private readonly updateAge = element("span");
  private readonly update = element("span", "last-update", { "data-role": "last-update" }, this.updatePrefix, this.updateAge);
  private readonly problems = element("span", "problems", { "data-role": "problems", hidden: true });
  private readonly auto = element("button", "switch", { type: "button", role: "switch", "aria-checked": "true", "data-role": "auto-refresh" });
  private readonly autoLabel = element("span", "switch-label");
  private readonly span = element("select", "control span", { "data-role": "span", hidden: true });
  private readonly intervals = element("select", "control", { "data-role": "interval" });
  private readonly refresh = element("button", "control", { type: "button", "data-role": "refresh" });
  private readonly refreshLabel = element("span", "refresh-label");
  private readonly theme = element("button", "control square", { type: "button", "data-role": "theme" });
  private readonly language = element("button", "control square", { type: "button", "data-role": "language" });
  private readonly more = element("button", "control square more", { type: "button", "aria-expanded": "false" });
  private choices: readonly number[] = [];
  private chosen: number | null = null;
  /** Whether leaving the interval to the sources is a choice. */
  private free = false;

  constructor(private readonly handlers: HeaderHandlers) {
    this.connection.append(element("span", "dot"), this.connectionText);
    this.refresh.append(...drawn("refresh"), this.refreshLabel);
    this.more.append(...drawn("more"));
    const auto = element("label", "auto", {}, this.autoLabel, this.auto);
    const extra = element("div", "extra", { id: "extra" }, this.span, this.intervals, this.theme, this.language);
    this.more.setAttribute("aria-controls", "extra");
    const status = element("div", "status", {}, this.connection, this.update, this.problems);
    const controls = element("div", "controls", {}, auto, this.refresh, this.more, extra);
    this.element = element("header", "topbar", {}, ...drawn("dial", "logo"), this.title, status, controls);
    this.listen();
  }

  setScreen(title: string, intervals: readonly number[], chosen: number | null, free: boolean, spans: boolean): void {
    setText(this.title, title);
    this.element.dataset["ready"] = "";
    this.free = free;
    this.choices = intervals;
    this.chosen = chosen;
    this.span.hidden = !spans;
  }

  setWords(words: Words, locale: string, language: Language, theme: Theme): void {
    setText(this.autoLabel, words.autoRefresh);
    this.auto.setAttribute("aria-label", words.autoRefresh);
    setText(this.refreshLabel, words.refresh);
    this.refresh.title = words.refreshHint;
    this.refresh.setAttribute("aria-label", words.refresh);
    label(this.intervals, words.interval);
    label(this.span, words.window);
    label(this.theme, `${words.theme}: ${words.themeNow[theme]}`);
    label(this.language, `${words.language}: ${language.toUpperCase()}`);
    label(this.more, words.more);
    setText(this.language, language.toUpperCase());
    this.theme.replaceChildren(...drawn(theme));
    const chosen = this.chosen;
    const secs = [...new Set([...this.choices, ...(chosen === null ? [] : [chosen])])].sort((one, other) => one - other);
    options(this.intervals, [
      ...(this.free || chosen === null ? [["", words.byItself] as const] : []),
      ...secs.map((one) => [String(one), every(one, words, locale)] as const),
    ], chosen === null ? "" : String(chosen));
    options(this.span, [
      ["", words.windowDefault],
      ...SPANS.map((one) => [String(one), last(one, words, locale)] as const),
    ], this.span.value);
  }

  show({ connection, paused, ageSecs, problems }: HeaderState, words: Words): void {
    const state = connection === "live" && paused ? "paused" : connection;
    setAttribute(this.connection, "data-state", state);
    setText(this.connectionText, words[state === "outdated" ? "disconnected" : state]);
    const old = Number.isNaN(ageSecs) ? words.never : ageSecs < 1 ? words.justNow : words.ago(age(ageSecs, words));
    setText(this.updatePrefix, words.lastUpdate);
    setText(this.updateAge, old);
    this.problems.hidden = problems === 0;
    if (problems > 0) setText(this.problems, words.problems(problems));
    setAttribute(this.problems, "title", words.problemsHint);
    setAttribute(this.auto, "aria-checked", String(!paused));
  }

  private listen(): void {
    this.auto.addEventListener("click", () => this.handlers.pause(this.auto.getAttribute("aria-checked") === "true"));
    this.refresh.addEventListener("click", () => this.handlers.refresh());
    this.theme.addEventListener("click", () => this.handlers.theme());
    this.language.addEventListener("click", () => this.handlers.language());
    this.intervals.addEventListener("change", () => {
      this.chosen = this.intervals.value === "" ? null : Number(this.intervals.value);
      this.handlers.interval(this.chosen);
    });
    this.span.addEventListener("change", () => this.handlers.span(this.span.value === "" ? null : Number(this.span.value)));
    this.more.addEventListener("click", () => {
      const open = this.element.toggleAttribute("data-open");
      this.more.setAttribute("aria-expanded", String(open));
    });
  }
}

function drawn(name: string, className?: string): SVGSVGElement[] {
  const made = icon(name, className);
  return made ? [made] : [];
}

function label(node: HTMLElement, text: string): void {
  node.setAttribute("aria-label", text);
  node.title = text;
}

function options(select: HTMLSelectElement, entries: readonly (readonly [string, string])[], value: string): void {
  select.replaceChildren(...entries.map(([key, text]) => element("option", "", { value: key }, text)));
  select.value = value;
}
