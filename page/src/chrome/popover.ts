/** A small menu below a button: opened by it, closed by Escape, by another click, or by leaving it. */

import { folded } from "../text/match";
import { element, setAttribute } from "./dom";

export class Popover {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  private readonly box: HTMLElement;

  constructor(role: string, private readonly toggled: (isOpen: boolean) => void) {
    this.button = element("button", "control", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "data-role": role });
    this.box = element("div", "popover", { hidden: true, role: "dialog" });
    this.element = element("div", "popover-anchor", {}, this.button, this.box);
    this.button.addEventListener("click", () => this.set(this.box.hidden));
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.box.hidden) {
        event.stopPropagation();
        this.set(false);
        this.button.focus();
      } else if (event.key === "ArrowDown" && event.target === this.button) {
        event.preventDefault();
        this.set(true);
        this.box.querySelector<HTMLElement>("button:not([hidden]), input:not([hidden])")?.focus();
      } else if (isLetter(event) && !this.box.hidden && !(event.target instanceof HTMLInputElement)) this.find(event);
    });
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.set(false);
    });
  }

  /** Somebody is choosing in the open menu. */
  get isFocusWithin(): boolean {
    return !this.box.hidden && this.box.contains(document.activeElement);
  }

  /** A click elsewhere. */
  missed(target: EventTarget | null): void {
    if (!(target instanceof Node) || !this.element.contains(target)) this.set(false);
  }

  fill(label: string, ...nodes: Node[]): void {
    this.box.setAttribute("aria-label", label);
    this.box.replaceChildren(...nodes);
  }

  set(isOpen: boolean): void {
    if (this.box.hidden !== isOpen) return;
    this.box.hidden = !isOpen;
    if (!isOpen) this.forgetTyped();
    setAttribute(this.button, "aria-expanded", String(isOpen));
    // Near the right edge it opens to the left.
    if (isOpen) this.box.toggleAttribute("data-end", this.button.getBoundingClientRect().left > innerWidth / 2);
    this.toggled(isOpen);
  }

  /** A letter goes to the field that finds entries, where there is one; else to the next entry that begins with it. */
  private find(event: KeyboardEvent): void {
    const field = this.box.querySelector<HTMLElement>("input[type=search]:not([hidden])");
    if (field) {
      field.focus();
      return;
    }
    const options = [...this.box.querySelectorAll<HTMLElement>('[role="option"]:not([hidden])')];
    const from = options.indexOf(document.activeElement as HTMLElement) + 1;
    const letter = folded(event.key);
    [...options.slice(from), ...options.slice(0, from)].find((one) => folded(one.textContent ?? "").startsWith(letter))?.focus();
  }

  private forgetTyped(): void {
    for (const field of this.box.querySelectorAll<HTMLInputElement>("input[type=search]")) {
      if (field.value === "") continue;
      field.value = "";
      field.dispatchEvent(new Event("input"));
    }
  }
}

function isLetter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return [...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;
}
