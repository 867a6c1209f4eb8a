// Where the chat begins: what is typed is understood, and each intent has its answer.

import "./closing.js";
import { book, showTreatments } from "./booking.js";
import { listDoctors, tellPrice } from "./browsing.js";
import { clinic } from "./clinic.js";
import { begin, busy, choose, heard, openChoices, openField, run } from "./conversation.js";
import * as menu from "./menu.js";
import { comeBack } from "./person.js";
import { askToSignIn, leave } from "./signing_in.js";
import { isEmergency, understand } from "./understand.js";
import * as visits from "./visits.js";
import { daysAfter, shortDay, today } from "./words.js";

const ANSWERS = {
  emergency: menu.emergency,
  help: menu.help,
  thanks: menu.thanks,
  unknown: menu.notUnderstood,
  email: menu.notUnderstood,
  phone: menu.reach,
  address: menu.reach,
  opening: menu.opening,
  treatments: showTreatments,
  price: ({ treatment }) => tellPrice(treatment),
  doctors: () => listDoctors((doctor) => book({ doctor })),
  book,
  visits: visits.show,
  cancel: visits.chooseToCancel,
  move: visits.chooseToMove,
  signIn: () => askToSignIn(),
  signOut: leave,
  register: () =>
    menu.account(
      "Make an account on our site. Then come back here and sign in.",
      "/patient/register/",
      "Make an account",
    ),
  forgotten: () =>
    menu.account(
      "We send you a mail with a link to set a new password.",
      "/patient/forgot-password/",
      "Set a new password",
    ),
};

const answer = (intent) => ANSWERS[intent.name](intent);

function read(words) {
  if (isEmergency(words)) {
    heard(words);
    return run(menu.emergency); // even while another answer is being made
  }
  const { treatments, doctors } = clinic;
  const days = { today: shortDay(today()), tomorrow: shortDay(daysAfter(today(), 1)) };
  const intent = understand(words, { choices: openChoices(), treatments, doctors, days });
  if (intent.name === "choice") return choose(intent.choice);
  const field = intent.name === "email" && openField("email");
  if (field) {
    field.value = intent.email;
    return field.focus();
  }
  heard(words);
  return run(() => answer(intent));
}

function listenToTyping() {
  const form = document.getElementById("typed");
  const input = form.elements.words;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = input.value.trim();
    if (!words || (busy() && !isEmergency(words))) return;
    input.value = "";
    read(words);
  });
}

listenToTyping();
begin(answer);
run(async () => {
  await comeBack().catch(() => false); // whoever can't be brought back now is asked to sign in later
  menu.greet();
});
