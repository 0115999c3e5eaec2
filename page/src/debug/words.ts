/** What the measurements say, in English and French. Apart from the page's other words, so that only who looks fetches it. */

import type { AskedMeasures } from "../generated/measured";
import type { Formatter } from "../text/format";

const english = {
  title: "Measurements",
  key: "Alt + Shift + D",
  close: "Close",
  panels: "Panels, by what they cost",
  refused: "The server does not let this page see its measurements.",
  noAnswer: "No answer from the server; these figures are old.",
  columns: {
    panel: "Panel", total: "Total p95, ms", query: "Query, ms", recalculation: "Recalc., ms", encoding: "Encode, ms",
    sending: "Send, ms", drawing: "Draw, ms", rate: "Bytes/s", skipped: "Skipped", viewers: "Viewers",
  },
  columnHints: {
    panel: "In the order of the screen",
    total: "All stages together, 95th percentile, in ms",
    query: "Reading its slowest source: last / 95th percentile of the last 64",
    recalculation: "Computing its slowest value: last / 95th percentile",
    encoding: "Encoding what changed, once for all viewers: last / 95th percentile",
    sending: "From the settled state until it was handed over: last / 95th percentile",
    drawing: "Drawing in this page: last / 95th percentile",
    rate: "To all viewers together",
    skipped: "Updates merged, metrics not waited for, and states not sent for want of credit",
    viewers: "Who see it now",
  },
  figures: {
    paints: "Painted/s", age: "Age when painted", s: "S on screen", hold: "Server loop held", trip: "Link",
    decode: "Decode", apply: "Apply and draw", bytes: "Received/s", stalls: "Long tasks, 1 min",
    stages: "Choices", viewers: "Viewers",
  },
  figureHints: {
    paints: "Animation frames that showed new data, a second",
    age: "From the server's moment until it was on screen: last / 95th percentile",
    s: "Sequence number of the state that is shown",
    hold: "How long a step of the engine held its loop: last / 95th percentile",
    trip: "There and back: asking for these figures",
    decode: "Reading a message: last / 95th percentile",
    apply: "Taking frames in and drawing, an animation frame: last / 95th percentile",
    bytes: "Over this page's connection",
    stalls: "Tasks of this page of more than 50 ms in the last minute, and the longest",
    stages: "Different choices of this screen that somebody looks at; these figures are of the one shown here",
    viewers: "Of this server",
  },
  stalls: (n: number, longest: string) => (n === 0 ? "0" : `${n}, ≤ ${longest}`),
  queried: (label: string, time: string) => (time ? `${label} read in ${time}` : `${label} read`),
  recalculated: (label: string, time: string) => (time ? `${label} computed in ${time}` : `${label} computed`),
  asked: ({ how, num_queries, num_probes, num_rows }: AskedMeasures, plain: (count: number) => string) =>
    `by ${how}; so far ${counted(num_queries, "query", "queries", plain)}, ${counted(num_probes, "probe", "probes", plain)}, ` +
    counted(num_rows, "row", "rows", plain),
  encoded: (time: string, bytes: string) => `encoded in ${time}: ${bytes}`,
  sent: (time: string, viewers: number) => `handed over in ${time} to ${viewers === 1 ? "1 viewer" : `${viewers} viewers`}`,
  drawn: (time: string) => `drawn here in ${time}`,
  noCause: "Nothing has changed it yet.",
  skipped: (merged: number, behind: number, starved: number) =>
    `Skipped: ${merged} merged, ${behind} behind, ${starved} without credit`,
};

export type DebugWords = typeof english;

const french: DebugWords = {
  title: "Mesures",
  key: "Alt + Maj + D",
  close: "Fermer",
  panels: "Panneaux, selon leur coût",
  refused: "Le serveur ne montre pas ses mesures à cette page.",
  noAnswer: "Pas de réponse du serveur\u00a0; ces chiffres sont anciens.",
  columns: {
    panel: "Panneau", total: "Total p95, ms", query: "Requête, ms", recalculation: "Calcul, ms", encoding: "Codage, ms",
    sending: "Envoi, ms", drawing: "Dessin, ms", rate: "Octets/s", skipped: "Sautés", viewers: "Spectateurs",
  },
  columnHints: {
    panel: "Dans l’ordre de l’écran",
    total: "Toutes les étapes, 95e centile, en ms",
    query: "Lecture de sa source la plus lente\u00a0: dernière / 95e centile des 64 dernières",
    recalculation: "Calcul de sa valeur la plus lente\u00a0: dernier / 95e centile",
    encoding: "Codage de ce qui a changé, une fois pour tous\u00a0: dernier / 95e centile",
    sending: "De l’état établi jusqu’à sa remise\u00a0: dernier / 95e centile",
    drawing: "Dessin dans cette page\u00a0: dernier / 95e centile",
    rate: "Vers toutes les vues ensemble",
    skipped: "Mises à jour fusionnées, calculs non attendus, états non envoyés faute de crédit",
    viewers: "Qui le voient maintenant",
  },
  figures: {
    paints: "Images/s", age: "Âge à l’affichage", s: "S à l’écran", hold: "Boucle du serveur", trip: "Liaison",
    decode: "Décodage", apply: "Reprise et dessin", bytes: "Reçu/s", stalls: "Tâches longues, 1 min",
    stages: "Choix", viewers: "Spectateurs",
  },
  figureHints: {
    paints: "Images qui ont montré des données nouvelles, par seconde",
    age: "De l’instant du serveur à l’affichage\u00a0: dernier / 95e centile",
    s: "Numéro de l’état affiché",
    hold: "Durée d’un pas du moteur\u00a0: dernier / 95e centile",
    trip: "Aller et retour de la question posée pour ces chiffres",
    decode: "Lecture d’un message\u00a0: dernière / 95e centile",
    apply: "Reprise et dessin, par image\u00a0: dernier / 95e centile",
    bytes: "Par la connexion de cette page",
    stalls: "Tâches de cette page de plus de 50 ms dans la dernière minute, et la plus longue",
    stages: "Choix différents de cet écran que quelqu’un regarde\u00a0; ces mesures sont celles du choix affiché ici",
    viewers: "De ce serveur",
  },
  stalls: (n, longest) => (n === 0 ? "0" : `${n}, ≤ ${longest}`),
  queried: (label, time) => (time ? `${label} lu en ${time}` : `${label} lu`),
  recalculated: (label, time) => (time ? `${label} calculé en ${time}` : `${label} calculé`),
  asked: ({ how, num_queries, num_probes, num_rows }, plain) =>
    `par ${how}\u00a0; jusqu’ici ${counted(num_queries, "requête", "requêtes", plain, 2)}, ` +
    `${counted(num_probes, "sonde", "sondes", plain, 2)}, ${counted(num_rows, "ligne", "lignes", plain, 2)}`,
  encoded: (time, bytes) => `codé en ${time}\u00a0: ${bytes}`,
  sent: (time, viewers) => `remis en ${time} à ${viewers === 1 ? "1 vue" : `${viewers} vues`}`,
  drawn: (time) => `dessiné ici en ${time}`,
  noCause: "Rien ne l’a encore changé.",
  skipped: (merged, behind, starved) =>
    `Sautés\u00a0: ${merged} fusionnés, ${behind} en retard, ${starved} faute de crédit`,
};

/** A number and what it counts; `from`: the least that takes the plural, beside none in English. */
function counted(count: number, one: string, many: string, plain: (count: number) => string, from = 0): string {
  return `${plain(count)} ${count === 1 || count < from ? one : many}`;
}

/** In the language of a formatter. */
export function debugWords({ locale }: Formatter): DebugWords {
  return locale.split("-")[0] === "fr" ? french : english;
}
