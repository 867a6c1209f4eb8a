// What typed words ask for: a small reader of key words. It does not guess; what it doesn't know it says so.

import { choiceOf } from "./choices.js";
import { clinic } from "./clinic.js";
import { isAlike, plain } from "./spelling.js";

// Words of danger have one home, `medimeet/domain/dangers.py`; the page brings them along.
const DANGERS = clinic.dangers.patterns.map((pattern) => new RegExp(pattern));
const HARMLESS = clinic.dangers.harmless.map((pattern) => new RegExp(pattern, "g"));

// The first that fits counts.
const INTENTS = [
  ["signOut", /\b(sign|log) ?(me )?(out|off)\b/],
  ["forgotten", /\b(forg[eo]t\w*|reset|lost|new) (my )?password\b/],
  ["signIn", /\b(sign|log) ?(me )?in\b|\blogin\b|\bmy account\b/],
  ["register", /\bregister|\bnew patient\b|\b(create|open|make) (an )?account\b|\bsign ?up\b/],
  ["cancel", /\bcancel|\bcall off\b|\bcan ?(t|not) (come|make it)\b/],
  ["move", /\bmove\b|\bre ?schedul|\bpostpone|\bchange (my|the) (appointment|visit|booking|time|date)\b|\bput off\b/],
  ["visits", /\b(my|next|upcoming) (appointment|visit|booking)s?\b|\bwhen is my\b|\bam i booked\b|\bconfirm\b/],
  [
    "phone",
    /\bphone\b|\bcall\b|\btelephone\b|\bnumber\b|\bcontact\b|\be ?mail\b|\bspeak\b|\btalk to\b|\bhuman\b|\breal person\b|\bstaff\b/,
  ],
  ["address", /\baddress\b|\bwhere\b|\bdirections?\b|\bfind you\b|\blocat(ed|ion)\b|\bparking\b|\bget there\b/],
  ["opening", /\bopen(ing|s)?\b|\bhours\b|\bclos(e|ed|ing)\b/],
  [
    "book",
    /\bbook|\bappointments?\b|\bvisits?\b|\bsee ((a|the|my) (doctor|dentist)|some(body|one))\b|\b(free|available) (time|slot|appointment)s?\b|\bwhen can i\b|\bslots?\b|\btimes?\b|\bavailab/,
  ],
  ["treatments", /\bprices?\b|\bcosts?\b|\bhow much\b|\bfees?\b|\btreatments?\b|\bservices?\b|\boffer\b|\bpay\b/],
  ["doctors", /\bdoctors?\b|\bdentists?\b|\bphysicians?\b|\bwho works\b/],
  ["book", /\bcome\b|\b(today|tomorrow|(this|next) week|(mon|tues|wednes|thurs|fri|satur|sun)day)\b/],
  [
    "help",
    /\bhelp\b|\bmenu\b|\bstart\b|\b(hello|hi|hey|good (morning|afternoon|evening))\b|\bwhat can (you|i)\b|\bback\b|\brestart\b/,
  ],
  ["thanks", /\bthank|\b(good)?bye\b|\bcheers\b/],
];
const ABOUT_A_NAME = new Set(["book", "treatments", "doctors", undefined]);

// Words that count even with a slip in them.
const SPELLED = ["appointment", "treatment"];

/**
 * What the words ask for: `{name, …}`. `known` is what they may mean: the `choices` on the screen, the `treatments` and
 * `doctors` of the clinic, and how buttons call the `days` today and tomorrow. An emergency goes before all else; what
 * is not understood is `{name: "unknown"}`.
 */
export function understand(text, { choices = [], treatments = [], doctors = [], days = {} } = {}) {
  const words = plain(text);
  if (isEmergency(text)) return { name: "emergency" };
  const choice = choiceOf(text, choices, days);
  if (choice) return { name: "choice", choice };
  const email = text.match(/[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+/);
  if (email) return { name: "email", email: email[0] };
  const name = INTENTS.find(([, pattern]) => pattern.test(respelled(words, SPELLED)))?.[0];
  if (!ABOUT_A_NAME.has(name)) return { name };
  const treatment = named(words, treatments, treatmentFits);
  const doctor = named(words, doctors, doctorFits);
  if (name === "treatments" && treatment) return { name: "price", treatment };
  if (treatment || doctor) return { name: "book", treatment, doctor };
  return { name: name ?? "unknown" };
}

/** Whether the words tell of danger to life. */
export function isEmergency(text) {
  const words = respelled(plain(text), clinic.dangers.spelled);
  const telling = HARMLESS.reduce((left, pattern) => left.replace(pattern, " "), words);
  return DANGERS.some((pattern) => pattern.test(telling));
}

const respelled = (words, spelled) =>
  words
    .split(" ")
    .map((word) => spelled.find((right) => isAlike(word, right)) ?? word)
    .join(" ");

/** The one that the words name; two that fit are none. */
function named(words, all, fits) {
  const found = all.filter((each) => fits(words, plain(each.name)));
  return found.length === 1 ? found[0] : undefined;
}

const squashed = (words) => words.replaceAll(" ", "");

const treatmentFits = (words, name) =>
  squashed(words).includes(squashed(name)) || name.split(" ").every((part) => hasAlike(words.split(" "), part));

/** The surname anywhere; after "doctor", or all by itself, the first name too, and with a slip. */
function doctorFits(words, name) {
  const said = words.split(" ");
  const parts = name.replace(/^dr /, "").split(" ");
  if (said.includes(parts.at(-1))) return true;
  const called = words.match(/\b(?:dr|doctor) (\S+)/)?.slice(1) ?? (said.length <= 2 ? said : []);
  return hasAlike(called, parts.at(-1)) || called.includes(parts[0]);
}

const hasAlike = (said, word) => said.some((each) => isAlike(each, word));
