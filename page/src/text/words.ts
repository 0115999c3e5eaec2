/** The page's own words, in English and French. What a screen's author wrote is shown as it is. */

export type Unit = "second" | "minute" | "hour" | "day";

const english = {
  live: "Live",
  paused: "Paused",
  connecting: "Connecting",
  disconnected: "Disconnected",
  refused: "Not allowed",
  outdated: "This page is older than its server. Reload it.",
  offline: "offline",
  behind: "behind",
  stale: "stale",
  error: "error",
  empty: "No data yet",
  lastUpdate: "Last update: ",
  never: "never",
  justNow: "now",
  ago: (age: string) => `${age} ago`,
  autoRefresh: "Auto-refresh",
  refresh: "Refresh",
  refreshHint: "Read everything on screen again",
  interval: "Refresh interval",
  every: (unit: Unit, n: number, text: string) => (n === 1 ? `every ${unit}` : `every ${text}`),
  slow: "Reading takes long: it is read less often",
  capped: (rows: string) => `only the first ${rows} rows`,
  cappedHint: (rows: string) => `Only the first ${rows} rows were read: there are more`,
  rejected: (n: string) => `${n} rejected`,
  rejectedHint: (n: number, text: string) =>
    n === 1 ? "1 point had no valid x and was left out" : `${text} points had no valid x and were left out`,
  negative: (n: string) => `${n} negative`,
  negativeHint: (n: number, text: string) =>
    n === 1 ? "1 negative value has no share of a whole and is not shown" : `${text} negative values have no share of a whole and are not shown`,
  ahead: (age: string) => `${age} ahead`,
  aheadHint: (age: string) => `The newest points are ${age} ahead of the server’s clock: is the clock right where they come from?`,
  appendOnly: "append-only",
  appendOnlyHint: "Only new rows are read: what is changed or deleted at the source stays here as it was",
  byItself: "as sources allow",
  window: "Time range",
  windowDefault: "Default range",
  last: (unit: Unit, n: number) => (n === 1 ? `Last ${unit}` : `Last ${n} ${unit}s`),
  lastMixed: (span: string) => `Last ${span}`,
  filters: "Filters",
  search: "Search",
  named: (name: string, text: string) => `${name}: ${text}`,
  remove: (choice: string) => `Remove ${choice}`,
  clearAll: "Clear all",
  moreOptions: (n: string) => `${n} more: type to find them`,
  noOption: "Nothing like that",
  from: "From",
  to: "To",
  apply: "Apply",
  rangeWrong: "The end must come after the beginning",
  crowded: "Too many different filters are in use at present: everything is shown",
  refusedChoice: (names: string) => `This choice is not possible and was left out: ${names}`,
  theme: "Theme",
  themeNow: { light: "Light theme", dark: "Dark theme", system: "Theme of the system" },
  language: "Language",
  more: "More controls",
  retry: "Retry",
  resetZoom: "Reset zoom",
  backToLive: "Back to live",
  earlier: "Earlier",
  later: "Later",
  readingOlder: "reading older data…",
  newestOf: (time: string) => `no points here; the newest is of ${time}`,
  since: (time: string) => `Since ${time}.`,
  nextTry: (wait: string) => `Next try in ${wait}.`,
  trying: "Trying again now.",
  versusPrevious: (span: string) => `vs previous ${span}`,
  inWarning: "value in a warning range",
  inError: "value in an error range",
  versusPeriod: "vs previous period",
  versusAgo: (span: string) => `vs ${span} ago`,
  steady: "steady",
  points: "pt",
  yes: "Yes",
  no: "No",
  total: "total",
  other: "Other",
  none: "none",
  emptyText: "(empty)",
  rows: (shown: string, all: string) => `${shown} of ${all} rows`,
  zone: (zone: string) => `Times in ${zone}`,
  asOf: (time: string, zone: string) => `As of ${time} (${zone})`,
  leftOut: (n: number, max: number) =>
    `${n === 1 ? "1 panel is" : `${n} panels are`} left out: not loaded, or beyond the first ${max}`,
  problems: (n: number) => (n === 1 ? "1 panel in view needs attention" : `${n} panels in view need attention`),
  problemsHint: "Panels out of view are not watched, and not counted",
  between: (low: string, high: string) => `${low} to ${high}`,
  chart: (title: string) => `${title}, chart`,
  now: "present value",
  soFar: "so far",
  inPart: "in part",
  units: { day: "d", hour: "h", minute: "min", second: "s", milli: "ms", micro: "µs" },
  bytes: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"],
};

export type Words = typeof english;

const lastOne: Record<Unit, string> = {
  second: "Dernière seconde", minute: "Dernière minute", hour: "Dernière heure", day: "Dernier jour",
};
const lastMany: Record<Unit, string> = {
  second: "dernières secondes", minute: "dernières minutes", hour: "dernières heures", day: "derniers jours",
};
const each: Record<Unit, string> = { second: "chaque seconde", minute: "chaque minute", hour: "chaque heure", day: "chaque jour" };

const french: Words = {
  live: "En direct",
  paused: "En pause",
  connecting: "Connexion",
  disconnected: "Déconnecté",
  refused: "Accès refusé",
  outdated: "Cette page est plus ancienne que son serveur. Rechargez-la.",
  offline: "hors ligne",
  behind: "en retard",
  stale: "périmé",
  error: "erreur",
  empty: "Pas encore de données",
  lastUpdate: "Dernière mise à jour\u00a0: ",
  never: "jamais",
  justNow: "à l’instant",
  ago: (age) => `il y a ${age}`,
  autoRefresh: "Actualisation auto",
  refresh: "Actualiser",
  refreshHint: "Relire tout ce qui est à l’écran",
  interval: "Intervalle d’actualisation",
  every: (unit, n, text) => (n === 1 ? each[unit] : `${unit === "day" ? "tous" : "toutes"} les ${text}`),
  slow: "La lecture est lente\u00a0: elle a lieu moins souvent",
  capped: (rows) => `${rows} premières lignes seulement`,
  cappedHint: (rows) => `Seules les ${rows} premières lignes ont été lues\u00a0: il y en a d’autres`,
  rejected: (n) => (n === "1" ? "1 rejeté" : `${n} rejetés`),
  rejectedHint: (n, text) =>
    n === 1 ? "1 point sans abscisse valable a été écarté" : `${text} points sans abscisse valable ont été écartés`,
  negative: (n) => (n === "1" ? "1 négative" : `${n} négatives`),
  negativeHint: (n, text) =>
    n === 1 ? "1 valeur négative n’a pas de part d’un tout et n’est pas montrée" : `${text} valeurs négatives n’ont pas de part d’un tout et ne sont pas montrées`,
  ahead: (age) => `${age} d’avance`,
  aheadHint: (age) => `Les derniers points ont ${age} d’avance sur l’horloge du serveur\u00a0: l’horloge d’où ils viennent est-elle juste\u00a0?`,
  appendOnly: "ajouts uniquement",
  appendOnlyHint: "Seules les lignes nouvelles sont lues\u00a0: ce qui est modifié ou supprimé à la source reste ici tel quel",
  byItself: "selon les sources",
  window: "Période",
  windowDefault: "Période par défaut",
  last: (unit, n) => (n === 1 ? lastOne[unit] : `${n} ${lastMany[unit]}`),
  lastMixed: (span) => `Durée\u00a0: ${span}`,
  filters: "Filtres",
  search: "Rechercher",
  named: (name, text) => `${name}\u00a0: ${text}`,
  remove: (choice) => `Retirer ${choice}`,
  clearAll: "Tout effacer",
  moreOptions: (n) => `${n} de plus\u00a0: tapez pour les trouver`,
  noOption: "Rien de tel",
  from: "Du",
  to: "Au",
  apply: "Appliquer",
  rangeWrong: "La fin doit être postérieure au début",
  crowded: "Trop de filtres différents sont utilisés en ce moment\u00a0: tout est affiché",
  refusedChoice: (names) => `Choix impossible, laissé de côté\u00a0: ${names}`,
  theme: "Thème",
  themeNow: { light: "Thème clair", dark: "Thème sombre", system: "Thème du système" },
  language: "Langue",
  more: "Autres commandes",
  retry: "Réessayer",
  resetZoom: "Réinitialiser le zoom",
  backToLive: "Revenir au direct",
  earlier: "Plus tôt",
  later: "Plus tard",
  readingOlder: "lecture des données plus anciennes…",
  newestOf: (time) => `aucun point ici ; le plus récent est de ${time}`,
  since: (time) => `Depuis ${time}.`,
  nextTry: (wait) => `Nouvelle tentative dans ${wait}.`,
  trying: "Nouvelle tentative en cours.",
  versusPrevious: (span) => `vs ${span} précéd.`,
  inWarning: "valeur dans une plage d’avertissement",
  inError: "valeur dans une plage d’erreur",
  versusPeriod: "vs période précéd.",
  versusAgo: (span) => `vs il y a ${span}`,
  steady: "stable",
  points: "pt",
  yes: "Oui",
  no: "Non",
  total: "total",
  other: "Autres",
  none: "aucun",
  emptyText: "(vide)",
  rows: (shown, all) => `${shown} lignes sur ${all}`,
  zone: (zone) => `Fuseau horaire\u00a0: ${zone}`,
  asOf: (time, zone) => `État au ${time} (${zone})`,
  leftOut: (n, max) =>
    n === 1 ? `1 panneau manque\u00a0: pas chargé, ou au-delà des ${max} premiers` : `${n} panneaux manquent\u00a0: pas chargés, ou au-delà des ${max} premiers`,
  problems: (n) => (n === 1 ? "1 panneau visible à surveiller" : `${n} panneaux visibles à surveiller`),
  problemsHint: "Les panneaux hors de vue ne sont ni suivis, ni comptés",
  between: (low, high) => `${low} à ${high}`,
  chart: (title) => `${title}, graphique`,
  now: "valeur actuelle",
  soFar: "en cours",
  inPart: "en partie",
  units: { day: "j", hour: "h", minute: "min", second: "s", milli: "ms", micro: "µs" },
  bytes: ["o", "Kio", "Mio", "Gio", "Tio", "Pio"],
};

export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

export function wordsOf(language: Language): Words {
  return language === "fr" ? french : english;
}

/** The language asked for in the address, else the first of the viewer's that we speak. */
export function chooseLanguage(asked: string | null, preferred: readonly string[]): Language {
  for (const tag of [asked ?? "", ...preferred]) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}

/** The locale for numbers and dates: the viewer's own variant of the language, where there is one. */
export function chooseLocale(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}
