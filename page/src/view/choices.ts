/** What this viewer chose: filters, a search, a time range; and how the address says it. Pure. */

import type { Control } from "../generated/wire";
import { secsFromText } from "../text/ages";
import type { Range } from "./viewing";

/** Values by parameter, in the order of the names. What is not named is not chosen. */
export type Chosen = Readonly<Record<string, readonly string[]>>;

export const NOTHING_CHOSEN: Chosen = ordered([]);
const VALUE_CHARS_MAX = 200;
const VALUES_MAX = 50;
/** No range that is picked lies beyond this wall second, before 1970 or after: the server takes none. */
const WALL_MAX = 1e11;

/** The address's parameters that the screen knows; others are none of its business. */
export function chosenFrom(search: string, controls: readonly Control[]): Chosen {
  const asked = new URLSearchParams(search);
  return ordered(controls.map((control) => {
    const values = [...new Set(asked.getAll(control.name).filter((value) => value !== "" && value.length <= VALUE_CHARS_MAX))];
    return [control.name, isSeveral(control) ? values.slice(0, VALUES_MAX) : values.slice(0, 1)];
  }));
}

/** The search part of an address that says this; what else it says stays. */
export function searchWith(search: string, controls: readonly Control[], chosen: Chosen): string {
  const said = new URLSearchParams(search);
  for (const { name } of controls) said.delete(name);
  for (const [name, values] of Object.entries(chosen)) for (const value of values) said.append(name, value);
  const text = said.toString();
  return text === "" ? "" : `?${text}`;
}

/** With other values of one parameter; none take it away. */
export function withValues(chosen: Chosen, name: string, values: readonly string[]): Chosen {
  return ordered([...Object.entries(chosen).filter(([one]) => one !== name), [name, values]]);
}

/** Choose a value, or no longer; where only one may be, it takes the place of another. */
export function toggled(chosen: Chosen, control: Control, value: string): Chosen {
  const held = chosen[control.name] ?? [];
  const values = held.includes(value) ? held.filter((one) => one !== value) : isSeveral(control) ? [...held, value] : [value];
  return withValues(chosen, control.name, values);
}

/** "1h", "7d", "90s": the shortest that says it. */
export function spanText(secs: number): string {
  for (const [size, unit] of [[86_400, "d"], [3600, "h"], [60, "m"]] as const) {
    if (secs >= size && secs % size === 0) return `${secs / size}${unit}`;
  }
  return `${secs}s`;
}

/** A range as it was chosen: a span up to now, or from one moment to another. */
export function rangeOf(text: string | undefined): { readonly secs: number } | Range | null {
  if (text === undefined) return null;
  const ends = text.split("~");
  if (ends.length > 1) {
    const [x0, x1] = ends.map((end) => (end.trim() === "" ? NaN : Number(end))) as [number, number];
    const isWithin = Math.abs(x0) <= WALL_MAX && Math.abs(x1) <= WALL_MAX;
    return ends.length === 2 && isWithin && x1 > x0 ? { x0, x1 } : null;
  }
  const secs = secsFromText(text);
  return secs === null ? null : { secs };
}

function isSeveral(control: Control): boolean {
  return control.kind === "filter" && control.several;
}

function ordered(entries: readonly (readonly [string, readonly string[]])[]): Chosen {
  const some = entries.filter(([, values]) => values.length > 0);
  // Names are the screen's: "constructor" is one like any other.
  const chosen = Object.create(null) as Record<string, readonly string[]>;
  for (const [name, values] of some.sort(([one], [other]) => (one < other ? -1 : 1))) chosen[name] = values;
  return chosen;
}
