/** The style sheet of the screen's tokens: of a screen that got others it is loaded in the place of the one before. */

const NAME = "tokens.css";

/** `hash` names the sheet; `changed` is called once another one counts. One that can't be loaded leaves the old one. */
export function followTokens(hash: string, changed: () => void): void {
  const sheets = [...document.querySelectorAll<HTMLLinkElement>(`link[href^="${NAME}"]`)];
  const last = sheets.at(-1);
  const href = `${NAME}?${hash}`;
  if (!hash || !last || last.getAttribute("href") === href) return;
  const next = document.createElement("link");
  next.rel = "stylesheet";
  next.addEventListener("load", () => {
    for (const old of sheets) old.remove();
    changed();
  });
  next.addEventListener("error", () => next.remove());
  next.setAttribute("href", href);
  last.after(next);
}
