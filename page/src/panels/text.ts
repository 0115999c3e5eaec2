/** Plain text in paragraphs. */

import { element } from "../chrome/dom";
import type { TextPanel } from "../generated/wire";
import type { Renderer } from "./renderer";

export class TextRenderer implements Renderer {
  readonly body = element("div", "prose");
  readonly px = 0;
  readonly zoom = null;

  constructor(private readonly panel: TextPanel) {
    for (const paragraph of panel.body.split(/\n\s*\n/)) {
      if (paragraph.trim()) this.body.append(element("p", "", {}, paragraph.trim()));
    }
  }

  hasData(): boolean {
    return true;
  }

  draw(): void {
    // The text came with the layout.
  }

  restyle(): void {
    // Colours are the style sheet's.
  }

  summary(): string {
    return this.panel.title;
  }

  destroy(): void {
    this.body.remove();
  }
}
