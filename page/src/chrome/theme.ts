/** Light, dark, or what the system says. Kept for the next visit where the browser lets us. */

import { recall, remember } from "./memory";

export type Theme = "light" | "dark" | "system";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

export class ThemeChoice {
  private theme: Theme;

  constructor(asked: string | null, private readonly changed: () => void) {
    this.theme = known(asked) ?? known(recall("cadran.theme")) ?? "system";
    this.show();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (this.theme === "system") this.changed();
    });
  }

  get current(): Theme {
    return this.theme;
  }

  /** System, light, dark, and round again. */
  next(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] as Theme;
    remember("cadran.theme", this.theme);
    this.show();
    this.changed();
  }

  private show(): void {
    if (this.theme === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset["theme"] = this.theme;
  }
}

function known(value: string | null): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null;
}
