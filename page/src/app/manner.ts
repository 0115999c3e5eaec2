/** How this viewer sees it: language, locale, theme, kiosk. */

import { recall, remember } from "../chrome/memory";
import { ThemeChoice } from "../chrome/theme";
import { Formatter } from "../text/format";
import { chooseLanguage, chooseLocale, LANGUAGES, wordsOf } from "../text/words";
import type { Language } from "../text/words";
import type { Settings } from "./settings";

export class Manner {
  language: Language;
  readonly theme: ThemeChoice;
  formatter: Formatter;
  private zone = "UTC";
  private isChosen: boolean;

  constructor(settings: Settings, restyled: () => void) {
    const chosen = settings.language ?? recall("cadran.language");
    this.isChosen = chosen !== null;
    this.language = chooseLanguage(chosen, navigator.languages);
    this.formatter = this.make();
    this.theme = new ThemeChoice(settings.theme, restyled);
    document.documentElement.toggleAttribute("data-kiosk", settings.kiosk);
  }

  /** What the screen says; its language is for viewers who chose none. */
  setScreen(zone: string, language: Language | null): void {
    this.zone = zone;
    if (language !== null && !this.isChosen) this.language = language;
    this.formatter = this.make();
  }

  nextLanguage(): void {
    this.language = LANGUAGES[(LANGUAGES.indexOf(this.language) + 1) % LANGUAGES.length] as Language;
    this.isChosen = true;
    remember("cadran.language", this.language);
    this.formatter = this.make();
  }

  private make(): Formatter {
    document.documentElement.lang = this.language;
    return new Formatter(chooseLocale(this.language, navigator.languages), this.zone, wordsOf(this.language));
  }
}
