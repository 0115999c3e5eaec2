/** A small set of line icons, on a grid of 24, drawn with the colour of the text around them. */

import { drawing } from "./dom";

const PATHS: Readonly<Record<string, string>> = {
  dial: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 12l4-4",
  cpu: "M7 7h10v10H7zM10 10h4v4h-4zM9 3v4M15 3v4M9 17v4M15 17v4M3 9h4M3 15h4M17 9h4M17 15h4",
  memory: "M3 8h18v8H3zM7 8v4M11 8v4M15 8v4M19 16v2M5 16v2M10 16v2M14 16v2",
  disk: "M5 4h14l2 9v7H3v-7zM3 13h18M7 17h.01M11 17h6",
  network: "M12 3v6M12 15v6M4 9h16v6H4zM8 12h.01M12 12h6",
  load: "M4 20V12M9 20V6M14 20v-9M19 20V4",
  process: "M4 5h16v14H4zM8 10l3 2.5L8 15M13 15h4",
  clock: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3.5 2",
  temperature: "M10 14V5a2 2 0 1 1 4 0v9a4 4 0 1 1-4 0M12 9v8",
  gauge: "M4 18a9 9 0 1 1 16 0M12 15l4-6M12 15h.01",
  banknote: "M3 6h18v12H3zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M6 12h.01M18 12h.01",
  cart: "M3 4h3l2 11h10l2-8H7M9.5 19.5h.01M16.5 19.5h.01",
  users: "M9 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M3 20c0-4 2.5-6 6-6s6 2 6 6M16 5.5a3 3 0 0 1 0 5.5M18 14.5c2 .8 3 2.6 3 5.5",
  bolt: "M13 3L5 14h6l-1 7l9-12h-6z",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  append: "M4 7h16M4 12h16M4 17h7M17 14v6M14 17h6",
  refresh: "M20 5v5h-5M4 19v-5h5M19.5 10A8 8 0 0 0 6 7.5M4.5 14A8 8 0 0 0 18 16.5",
  light: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4A8.5 8.5 0 1 0 20 14.5",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  up: "M12 7l7 10H5z",
  down: "M12 17L5 7h14z",
  steady: "M7 5l10 7l-10 7z",
};

const SOLID = new Set(["up", "down", "steady"]);

/** The icon of that name; null for a name that is not drawn. */
export function icon(name: string, className = "icon"): SVGSVGElement | null {
  const path = PATHS[name];
  if (path === undefined) return null;
  const solid = SOLID.has(name);
  return drawing("svg", { viewBox: "0 0 24 24", class: solid ? `${className} solid` : className, "aria-hidden": "true" },
    drawing("path", { d: path }));
}
