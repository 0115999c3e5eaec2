/** The page's own words, in English and French. What a screen's author wrote is shown as it is. */

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
  every: (interval: string) => `every ${interval}`,
  slow: "Reading takes long: it is read less often",
  capped: (rows: string) => `only the first ${rows} rows`,
  cappedHint: (rows: string) => `Only the first ${rows} rows were read: there are more`,
  appendOnly: "append-only",
  appendOnlyHint: "Only new rows are read: what is changed or deleted at the source stays here as it was",
  byItself: "as sources allow",
  window: "Time range",
  windowDefault: "Default range",
  last: (span: string) => `Last ${span}`,
  theme: "Theme",
  themeNow: { light: "Light theme", dark: "Dark theme", system: "Theme of the system" },
  language: "Language",
  more: "More controls",
  retry: "Retry",
  resetZoom: "Reset zoom",
  since: (time: string) => `Since ${time}.`,
  nextTry: (wait: string) => `Next try in ${wait}.`,
  trying: "Trying again now.",
  versus: (period: string) => `vs ${period}`,
  previous: "previous",
  steady: "steady",
  points: "pt",
  yes: "Yes",
  no: "No",
  total: "total",
  other: "Other",
  rows: (shown: string, all: string) => `${shown} of ${all} rows`,
  zone: (zone: string) => `Times in ${zone}`,
  problems: (n: number) => (n === 1 ? "1 panel needs attention" : `${n} panels need attention`),
  chart: (title: string) => `${title}, chart`,
  now: "present value",
  units: { day: "d", hour: "h", minute: "min", second: "s", milli: "ms", micro: "µs" },
  bytes: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"],
};

export type Words = typeof english;

const french: Words = {
  live: "En direct",
  paused: "En pause",
  connecting: "Connexion",
  disconnected: "Déconnecté",
  refused: "Non autorisé",
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
  every: (interval) => `toutes les ${interval}`,
  slow: "La lecture est longue : elle se fait moins souvent",
  capped: (rows) => `seulement les ${rows} premières lignes`,
  cappedHint: (rows) => `Seules les ${rows} premières lignes ont été lues\u00a0: il y en a d’autres`,
  appendOnly: "ajouts seuls",
  appendOnlyHint: "Seules les lignes nouvelles sont lues\u00a0: ce qui est modifié ou supprimé à la source reste ici tel quel",
  byItself: "selon les sources",
  window: "Période",
  windowDefault: "Par défaut",
  last: (span) => `${span} passées`,
  theme: "Thème",
  themeNow: { light: "Thème clair", dark: "Thème sombre", system: "Thème du système" },
  language: "Langue",
  more: "Autres commandes",
  retry: "Réessayer",
  resetZoom: "Annuler le zoom",
  since: (time) => `Depuis ${time}.`,
  nextTry: (wait) => `Prochain essai dans ${wait}.`,
  trying: "Nouvel essai en cours.",
  versus: (period) => `vs ${period}`,
  previous: "précédent",
  steady: "stable",
  points: "pt",
  yes: "Oui",
  no: "Non",
  total: "total",
  other: "Autres",
  rows: (shown, all) => `${shown} lignes sur ${all}`,
  zone: (zone) => `Heures de ${zone}`,
  problems: (n) => (n === 1 ? "1 panneau à surveiller" : `${n} panneaux à surveiller`),
  chart: (title) => `${title}, graphique`,
  now: "valeur actuelle",
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
