/** The page begins here. */

import "uplot/dist/uPlot.min.css";
import "./style/font.css";
import "./style/base.css";
import "./style/header.css";
import "./style/filters.css";
import "./style/grid.css";
import "./style/panel.css";
import "./style/charts.css";
import "./style/table.css";
import "./style/debug.css";
import "./style/print.css";

import { inspection } from "./app/inspect";
import { Printing } from "./app/printing";
import { Screen } from "./app/screen";
import { settingsOf, socketAddress } from "./app/settings";
import { DebugToggle } from "./debug/toggle";
import type { Layout } from "./generated/wire";
import { takeEarly } from "./session/early";

const root = document.getElementById("cadran") as HTMLElement;

const settings = settingsOf(location.search);
const described = document.getElementById("layout")?.textContent;
const layout = described ? (JSON.parse(described) as Layout) : null;
const screen = new Screen(root, socketAddress(location.href), settings, {
  open: (url) => takeEarly(window, url, performance.now()) ?? new WebSocket(url),
  monotonic: () => performance.now() / 1000,
  later: (secs, run) => {
    const timer = setTimeout(run, secs * 1000);
    return () => clearTimeout(timer);
  },
  random: Math.random,
}, layout);

window.cadran = inspection(screen);
new DebugToggle(screen, settings.debug);
new Printing(screen, root);
