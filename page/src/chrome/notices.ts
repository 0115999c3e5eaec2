/** Slim bars below the header, for what belongs to no panel. */

import type { Notice } from "../generated/wire";
import { element, setAttribute, setText } from "./dom";

export class Notices {
  readonly element = element("div", "notices", { role: "log", "aria-live": "off" });
  private readonly shown = new Map<string, HTMLElement>();

  show({ key, level, message }: Notice): void {
    const held = this.shown.get(key);
    if (message === null) {
      held?.remove();
      this.shown.delete(key);
      return;
    }
    const line = held ?? element("p", "notice", { "data-role": "notice" });
    setAttribute(line, "data-level", level);
    setText(line, message);
    if (held) return;
    this.shown.set(key, line);
    this.element.append(line);
  }

  clear(): void {
    this.shown.clear();
    this.element.replaceChildren();
  }
}
