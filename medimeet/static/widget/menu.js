// What the chat says of itself and of the clinic: greeting, menu, ways to reach the clinic, emergencies.

import { callUs, clinic } from "./clinic.js";
import { offer, say } from "./conversation.js";
import { element, facts, link, phoneLink } from "./elements.js";
import { person } from "./person.js";

/** The choice that leads back to the menu. */
export const START_AGAIN = { label: "Start again", intent: { name: "help" } };

/** Says hello, by name to whoever is signed in. */
export function greet() {
  const name = person()?.name;
  say(
    name ? `Hello ${name}. You are signed in.` : `Hello. This is the chat of ${clinic.name}.`,
    "It is a program, not a person: press a button, or type a few words such as “book” or “prices”.",
  );
  offerMenu();
}

/** What can be done here. */
export function help() {
  say(
    "Here you can book a visit, look at treatments and prices, and see, move or cancel your appointments. What would you like to do?",
  );
  offerMenu();
}

/** Says that the words were not understood, and what can be done. */
export function notUnderstood() {
  say(
    "I did not understand that. I am a simple program and know only a few words.",
    `Press a button below, or type “help”. ${callUs()}`,
  );
  offerMenu();
}

/** Answers thanks. */
export function thanks() {
  say("You are welcome. Is there anything else?");
  offerMenu();
}

/** The buttons of the menu. */
export function offerMenu() {
  offer(
    [
      { label: "Book a visit", kind: "primary", intent: { name: "book" } },
      { label: "My appointments", intent: { name: "visits" } },
      { label: "Treatments and prices", intent: { name: "treatments" } },
      { label: "Doctors", intent: { name: "doctors" } },
      { label: "Address and phone", intent: { name: "address" } },
      person() ? { label: "Sign out", intent: { name: "signOut" } } : { label: "Sign in", intent: { name: "signIn" } },
    ],
    "menu",
  );
}

/** Where the clinic is and how to reach it. */
export function reach() {
  say(`This is how you reach ${clinic.name}.`, waysToReach());
  offerMenu();
}

/** When the clinic is open: its desk's hours are not known here, and that is said. */
export function opening() {
  say(
    "I do not know when the desk is open. When doctors see patients you find under “Book a visit”: it shows their free times.",
    waysToReach(),
  );
  offerMenu();
}

/** What to do in danger, before all else. */
export function emergency() {
  const number = clinic.emergency_number;
  const turn = say(
    element("p", { class: "chat-call" }, "If somebody may be in danger, call ", phoneLink(number), " now."),
    "Do not wait for an answer here: nobody reads this chat.",
    "If you think of harming yourself, call the same number, or go to somebody you trust. You do not have to be alone with it.",
  );
  turn.classList.add("chat-emergency");
  offerMenu();
}

/** Leads to the pages that make an account or a new password. */
export function account(words, path, label) {
  say(words, element("p", {}, link(path, label)));
  offer([{ label: "Sign in", kind: "primary", intent: { name: "signIn" } }, START_AGAIN]);
}

const waysToReach = () =>
  facts([
    ["Address", clinic.address],
    ["Phone", clinic.phone && phoneLink(clinic.phone)],
    ["E-mail", clinic.email && element("a", { href: `mailto:${clinic.email}` }, clinic.email)],
  ]);
