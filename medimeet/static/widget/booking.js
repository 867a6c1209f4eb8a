// Booking a visit: treatment, doctor, time, a last look, and then booked at once or held until a mail is answered.

import { bookAsPerson, bookByEmail } from "./appointments.js";
import { chooseDoctor, chooseTreatment, chooseTreatmentOf } from "./browsing.js";
import { callUs, clinic } from "./clinic.js";
import { offer, say } from "./conversation.js";
import { element, facts, link } from "./elements.js";
import { askFor } from "./forms.js";
import { START_AGAIN } from "./menu.js";
import { person } from "./person.js";
import { newKey, Refused } from "./request.js";
import { askToSignIn, emailField, typed } from "./signing_in.js";
import { chooseDay, chooseInstead } from "./times.js";
import { span } from "./words.js";

// How the server says that a time can no longer be had.
const GONE = [
  "Slot is already booked.",
  "Slot is unavailable on this date.",
  "Slot not found.",
  "Cannot book past dates.",
];
const UNKNOWN_EMAIL = "The clinic does not know this e-mail address. Check it, or go back and make an account first.";

/** Books a visit; what is known of it already is not asked again. */
export function book({ treatment, doctor } = {}) {
  if (treatment && doctor && doctor.treatments?.includes(treatment.id) !== false)
    return chooseDay(wantedOf({ treatment, doctor }));
  if (treatment) return chooseDoctor(treatment, (chosen) => book({ treatment, doctor: chosen }));
  if (doctor) return chooseTreatmentOf(doctor, (chosen) => book({ treatment: chosen, doctor }));
  return chooseTreatment("What would you like to come for?", (chosen) => book({ treatment: chosen }));
}

/** Shows treatments and prices; choosing one begins a booking. */
export const showTreatments = () =>
  chooseTreatment("These are our treatments. Choose one to see free times.", (treatment) => book({ treatment }));

const wantedOf = (visit) => ({
  treatment: visit.treatment,
  doctor: visit.doctor,
  act: (time) => check({ ...visit, time, keys: {} }),
  otherDoctor: () => book({ treatment: visit.treatment }),
});

function check(visit) {
  const change = { label: "Choose another time", apart: true, act: () => chooseDay(wantedOf(visit)) };
  const summary = facts([...rowsOf(visit), ["For", person()?.name]]);
  if (person()) {
    say("Shall I book this visit?", summary);
    return offer([
      { label: "Yes, book this visit", kind: "primary", act: () => placeAsPerson(visit) },
      change,
      START_AGAIN,
    ]);
  }
  say("This is the visit. How would you like to book it?", summary);
  return offer([
    {
      label: "Sign in and book",
      kind: "primary",
      note: "It is booked at once.",
      act: () => askToSignIn(() => check(visit)),
    },
    { label: "Book by e-mail", note: "We send you a mail with a button that books it.", act: () => askEmail(visit) },
    { label: "I am new here", note: "You make an account first.", act: () => register(visit) },
    change,
    START_AGAIN,
  ]);
}

const rowsOf = ({ treatment, doctor, time }) => [
  ["What", treatment.name],
  ["Who", doctor.name],
  ["When", span(time)],
];

function askEmail(visit, words = "Which e-mail address does the clinic know you by? We send the mail there.") {
  say(words);
  askFor({
    given: [emailField()],
    submit: "Send me the mail",
    said: ({ email }) => email,
    act: ({ email }) => {
      typed.email = email.trim();
      return placeByEmail(visit);
    },
    choices: [{ label: "Go back", act: () => check(visit) }],
  });
}

function register(visit) {
  say(
    "Make an account first; that takes two minutes. Then come back here and sign in: this page keeps the time that you chose in mind, but it is not kept free for you.",
    element("p", {}, link("/patient/register/", "Make an account")),
  );
  offer([
    { label: "I have an account now", kind: "primary", act: () => askToSignIn(() => check(visit)) },
    { label: "Go back", act: () => check(visit) },
    START_AGAIN,
  ]);
}

async function place(visit, send) {
  try {
    const { appointment_status: status } = await send();
    return status === "Pending" ? tellHeld(visit) : tellBooked(visit);
  } catch (problem) {
    if (problem instanceof Refused) return refuse(visit, problem);
    throw problem;
  }
}

const placeAsPerson = (visit) =>
  place(visit, () => bookAsPerson(visit, person().email, keyOf(visit, person().user_id)));

const placeByEmail = (visit) => place(visit, () => bookByEmail(visit, typed.email, keyOf(visit, typed.email)));

/** A key for each order: when its answer gets lost, trying again books nothing twice. */
function keyOf(visit, who) {
  visit.keys[who] ??= newKey();
  return visit.keys[who];
}

function refuse(visit, problem) {
  const { status, words } = problem;
  if (status === 401) return askToSignIn(() => check(visit), words);
  if (status === 404 && words === "Patient not found.") return askEmail(visit, UNKNOWN_EMAIL);
  if (status === 429 && !person()) return offerSignIn(visit, words);
  if (status === 409) return chooseInstead(words, wantedOf(visit), visit.time);
  if (GONE.includes(words))
    return chooseInstead(`${visit.time.start_time} was taken a moment ago.`, wantedOf(visit), visit.time);
  throw problem;
}

function offerSignIn(visit, words) {
  say(words, "Signed in you can book without waiting.");
  offer([
    { label: "Sign in and book", kind: "primary", act: () => askToSignIn(() => check(visit)) },
    { label: "Try again", act: () => askEmail(visit) },
    START_AGAIN,
  ]);
}

function tellBooked(visit) {
  const done = element("p", { class: "chat-done" }, "Your visit is booked.");
  say(
    done,
    facts([...rowsOf(visit), ["Where", [clinic.name, clinic.address].filter(Boolean).join(", ")]]),
    "You can move or cancel it here at any time before it begins.",
  );
  offer([{ label: "My appointments", intent: { name: "visits" } }, START_AGAIN]);
}

function tellHeld(visit) {
  say(
    element("p", { class: "chat-done" }, `We have sent a mail to ${typed.email}.`),
    `Open it and press the button in it within ${clinic.hold_minutes} minutes. Until then nothing is booked; after that the time is free for others again.`,
    facts(rowsOf(visit)),
  );
  offer([{ label: "No mail came", act: () => tellMissingMail(visit) }, START_AGAIN]);
}

function tellMissingMail(visit) {
  say(`Look into the folder for unwanted mail, too, and check the address: ${typed.email}. ${callUs()}`);
  offer([
    { label: "Use another address", act: () => askEmail(visit) },
    { label: "Sign in and book", act: () => askToSignIn(() => check(visit)) },
    START_AGAIN,
  ]);
}
