/** Above a line chart: earlier, later, back; of which days it is; and that what is older is still being read. */

import { element, setAttribute, setText } from "../chrome/dom";
import type { Words } from "../text/words";

export interface ControlsHandlers {
  earlier(): void;
  later(): void;
  back(): void;
  /** What has the focus is about to go. */
  unfocused(): void;
}

export interface ControlsState {
  /** Whether a range is shown that does not follow the present. */
  readonly isChosen: boolean;
  readonly isOnlyMoved: boolean;
  readonly canGoEarlier: boolean;
  readonly isReading: boolean;
  /** Which days are shown; empty where nobody need ask. */
  readonly days: string;
  /** Where the points are of which none is in sight, in words; empty for none. */
  readonly elsewhere: string;
  /** CSS pixels from the left of the chart to that of its plot. */
  readonly left: number;
}

/** What comes within this time needs no words. */
const READING_MILLIS = 300;

export class LineControls {
  readonly element: HTMLElement;
  private readonly days = element("span", "days", { "data-role": "days" });
  private readonly reading = element("span", "reading", { role: "status", "data-role": "reading" });
  private readonly elsewhere = element("span", "elsewhere", { "data-role": "elsewhere" });
  readonly signs = element("p", "signs", {}, this.days, this.reading, this.elsewhere);
  private readonly earlier = button("earlier");
  private readonly later = button("later");
  private readonly back = element("button", "reset-zoom", { type: "button", "data-role": "reset-zoom" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private left = NaN;

  /** `reaches`: there is more than what is shown, so the way back is offered before anything was chosen. */
  constructor(reaches: boolean, private readonly handlers: ControlsHandlers) {
    this.element = element(
      "div", "moves", { hidden: !reaches, "data-reaches": String(reaches), "data-chosen": "false" },
      this.back, this.earlier, this.later,
    );
    this.back.hidden = true;
    this.back.addEventListener("click", () => handlers.back());
    for (const [one, act] of [[this.earlier, handlers.earlier], [this.later, handlers.later]] as const) {
      one.addEventListener("click", () => {
        // It keeps the focus where it can do nothing for now.
        if (one.getAttribute("aria-disabled") !== "true") act();
      });
    }
  }

  show({ isChosen, isOnlyMoved, canGoEarlier, isReading, days, elsewhere, left }: ControlsState, words: Words): void {
    const isShown = isChosen || this.element.dataset["reaches"] === "true";
    const at = document.activeElement;
    if (!isChosen && at && (isShown ? at === this.back : this.element.contains(at))) this.handlers.unfocused();
    if (this.element.hidden === isShown) this.element.hidden = !isShown;
    if (this.back.hidden === isChosen) this.back.hidden = !isChosen;
    setText(this.back, isOnlyMoved ? words.backToLive : words.resetZoom);
    setAttribute(this.element, "data-chosen", String(isChosen));
    setAttribute(this.earlier, "aria-disabled", String(!canGoEarlier));
    setAttribute(this.later, "aria-disabled", String(!isChosen));
    setText(this.days, days);
    setText(this.elsewhere, elsewhere);
    this.read(isReading, words);
    if (left === this.left) return;
    this.left = left;
    this.signs.style.insetInlineStart = `${left}px`;
  }

  restyle(words: Words): void {
    for (const [one, name, keys] of [[this.earlier, words.earlier, "⇧ ←"], [this.later, words.later, "⇧ →"]] as const) {
      setAttribute(one, "aria-label", name);
      setAttribute(one, "title", `${name} (${keys})`);
    }
    if (this.reading.textContent) setText(this.reading, words.readingOlder);
  }

  private read(isReading: boolean, words: Words): void {
    if (!isReading) {
      clearTimeout(this.timer);
      this.timer = undefined;
      setText(this.reading, "");
    } else this.timer ??= setTimeout(() => setText(this.reading, words.readingOlder), READING_MILLIS);
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

function button(role: string): HTMLButtonElement {
  return element("button", "move", { type: "button", "data-role": role });
}
