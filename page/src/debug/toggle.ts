/** `?debug` in the address, or Alt+Shift+D: measurements come and go. Their code is fetched when they first come. */

import type { Drawer, Measured } from "./drawer";

export class DebugToggle {
  private drawer: Drawer | null = null;
  private wanted = false;

  constructor(private readonly screen: Measured, open: boolean) {
    addEventListener("keydown", (event) => {
      if (event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey && event.code === "KeyD") {
        event.preventDefault();
        this.set(!this.wanted);
      }
    });
    if (open) this.set(true);
  }

  private set(wanted: boolean): void {
    this.wanted = wanted;
    document.documentElement.toggleAttribute("data-debug", wanted);
    const address = new URL(location.href);
    if (wanted !== address.searchParams.has("debug")) {
      if (wanted) address.searchParams.set("debug", "");
      else address.searchParams.delete("debug");
      history.replaceState(history.state, "", address);
    }
    if (wanted) void this.open();
    else {
      this.drawer?.stop();
      this.drawer = null;
    }
  }

  private async open(): Promise<void> {
    // Without its code, as when the server is gone, nothing opens; the next press tries again.
    const code = await import("./drawer").catch(() => null);
    if (!code) this.set(false);
    if (!code || !this.wanted || this.drawer) return;
    const { Drawer } = code;
    this.drawer = new Drawer(this.screen, () => this.set(false));
    document.body.append(this.drawer.element);
    this.drawer.start();
  }
}
