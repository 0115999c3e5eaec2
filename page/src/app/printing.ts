/**
 * The screen on paper: all panels, in the light theme, below the title and the moment that they are of.
 *
 * While it lasts the document has `data-printing`, by which the style sheet lays it out as wide on screen as on paper:
 * drawings have their size before browsers print them. Only what is in view is up to date, so Ctrl+P asks for the
 * others first; who prints by a menu of the browser gets what is held, which says how old it is.
 */

import { element, setText } from "../chrome/dom";
import type { Screen } from "./screen";

/** Of more panels the others are left out: each is drawn while the browser waits. */
const PANELS_MAX = 120;
/** By then what is old or coarse at first has been renewed on most links. */
const REST_MILLIS = 1000;
const PATIENCE_MILLIS = 5000;

export class Printing {
  private readonly title = element("p", "print-title");
  private readonly moment = element("p");
  private readonly leftOut = element("p", "", { "data-role": "left-out" });
  private readonly head = element("header", "print-head", {}, this.title, this.moment, this.leftOut);
  private theme: string | null = null;
  /** CSS pixels. */
  private scroll = 0;
  private isOn = false;
  private isAsking = false;

  constructor(private readonly screen: Screen, root: HTMLElement) {
    root.prepend(this.head);
    addEventListener("beforeprint", () => this.begin());
    addEventListener("afterprint", () => this.end());
    document.addEventListener("keydown", (event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (key.toLowerCase() !== "p" || altKey || shiftKey || ctrlKey === metaKey) return;
      event.preventDefault();
      this.ask();
    });
  }

  /** Have the server send what is out of view, and print. */
  private ask(): void {
    const { board } = this.screen;
    if (this.isAsking || !board) return;
    this.isAsking = true;
    board.gather(PANELS_MAX);
    const began = performance.now();
    const look = () => {
      const waited = performance.now() - began;
      const isWhole = waited >= REST_MILLIS && board.numMissing(PANELS_MAX) === 0;
      if (!isWhole && waited < PATIENCE_MILLIS && this.screen.board === board) requestAnimationFrame(look);
      else {
        this.isAsking = false;
        print();
      }
    };
    look();
  }

  private begin(): void {
    const { screen } = this;
    const { board, formatter, style, at } = screen;
    if (this.isOn || !board) return;
    this.isOn = true;
    const { dataset } = document.documentElement;
    this.theme = dataset["theme"] ?? null;
    this.scroll = scrollY;
    dataset["theme"] = "light";
    dataset["printing"] = "";
    style.forget();
    board.isPrinting = true;
    board.touchAll();
    screen.judge(true);
    const numOut = board.print(PANELS_MAX);
    const { words } = formatter;
    setText(this.title, board.layout.title);
    setText(this.moment, Number.isNaN(at) ? "" : words.asOf(formatter.date(at, "datetime"), board.layout.zone));
    setText(this.leftOut, numOut === 0 ? "" : words.leftOut(numOut, PANELS_MAX));
  }

  private end(): void {
    const { board, style } = this.screen;
    if (!this.isOn) return;
    this.isOn = false;
    const { dataset } = document.documentElement;
    delete dataset["printing"];
    if (this.theme === null) delete dataset["theme"];
    else dataset["theme"] = this.theme;
    style.forget();
    scrollTo(0, this.scroll);
    board?.printed();
    this.screen.viewChanged();
  }
}
