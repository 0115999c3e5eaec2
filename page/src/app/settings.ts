/** What the address says: `?refresh=5s&kiosk&theme=dark&lang=fr&debug`. Parsed once. */

import { secsFromText } from "../text/ages";

export interface Settings {
  readonly refreshSecs: number | null;
  readonly kiosk: boolean;
  readonly debug: boolean;
  readonly theme: string | null;
  readonly language: string | null;
}

export function settingsOf(search: string): Settings {
  const asked = new URLSearchParams(search);
  const isOn = (name: string) => ![null, "0", "false"].includes(asked.get(name));
  return {
    refreshSecs: secsFromText(asked.get("refresh") ?? ""),
    kiosk: isOn("kiosk"),
    debug: isOn("debug"),
    theme: asked.get("theme"),
    language: asked.get("lang"),
  };
}

/** The socket lies beside the page, whatever prefix that is served under. */
export function socketAddress(page: string): string {
  const address = new URL("ws", page);
  address.search = address.hash = "";
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
