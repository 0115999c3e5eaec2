/** Making elements. Every string goes in as text. */

type Attributes = Readonly<Record<string, string | boolean | null>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K, className = "", attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

export function drawing<K extends keyof SVGElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Node[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (typeof value === "string") made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Set text only where it differs: an equal text costs no layout and no repaint. */
export function setText(node: Element, text: string): void {
  const only = node.firstChild;
  if (only instanceof Text && only === node.lastChild) {
    // The node stays, and what it is laid out with: another one would be made for another text.
    if (only.data !== text) only.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
