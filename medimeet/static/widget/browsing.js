// Looking around: treatments with their prices, doctors, and choosing one of each for a visit.

import { callUs, clinic } from "./clinic.js";
import { offer, say } from "./conversation.js";
import { START_AGAIN } from "./menu.js";
import * as offers from "./offers.js";
import { price } from "./words.js";

const MOST_DOCTORS = 10;

/** Lists treatments, ten at a time; `act(treatment)` follows the choice. */
export async function chooseTreatment(words, act, page = 1) {
  const { results, next, count } = await offers.treatments(page);
  if (!count) {
    say(`The clinic lists no treatments at the moment. ${callUs()}`);
    return offer([START_AGAIN]);
  }
  say(words);
  return offer([
    ...results.map((each) => ({
      label: each.name,
      detail: price(each.price),
      note: each.description,
      act: () => act(each),
    })),
    next && { label: "Show more", apart: true, act: () => chooseTreatment("Here are more treatments.", act, page + 1) },
    page > 1 && {
      label: "Show the first ones",
      apart: true,
      act: () => chooseTreatment("Here are the first ones.", act),
    },
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

/** Lists the doctors who give a treatment; the only one is chosen. `act(doctor)` follows. */
export async function chooseDoctor(treatment, act) {
  const found = await offers.doctors(treatment.id);
  if (!found.length) {
    say(`No doctor takes bookings for ${treatment.name} at the moment. ${callUs()}`);
    return offer([{ label: "Other treatments", kind: "primary", intent: { name: "treatments" } }, START_AGAIN]);
  }
  if (found.length === 1) return act(found[0]);
  say(`Who would you like to see for ${treatment.name}?`);
  return offer([
    ...found.map((each) => ({ label: each.name, note: aboutDoctor(each), act: () => act(each) })),
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

/** Lists the clinic's doctors; `act(doctor)` follows the choice. */
export function listDoctors(act, from = 0) {
  const { doctors } = clinic;
  if (!doctors.length) {
    say(`No doctor takes bookings here at the moment. ${callUs()}`);
    return offer([START_AGAIN]);
  }
  say(
    from
      ? "Here are more doctors."
      : "These doctors see patients here. Choose one to see what they do and when they are free.",
  );
  const rest = from + MOST_DOCTORS;
  return offer([
    ...doctors.slice(from, rest).map((each) => ({ label: each.name, act: () => act(each) })),
    rest < doctors.length && { label: "Show more", apart: true, act: () => listDoctors(act, rest) },
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

/** Asks what a visit to this doctor is for; the only treatment is chosen. `act(treatment)` follows. */
export function chooseTreatmentOf(doctor, act) {
  const given = clinic.treatments.filter(({ id }) => doctor.treatments.includes(id));
  if (given.length === 1) return act(given[0]);
  say(`What is the visit to ${doctor.name} for?`);
  return offer([
    ...given.map((each) => ({ label: each.name, act: () => act(each) })),
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

/** What one treatment is and costs. */
export async function tellPrice({ id }) {
  const found = await offers.treatment(id);
  if (!found) {
    say("The clinic no longer offers this treatment.");
    return offer([{ label: "Treatments and prices", intent: { name: "treatments" } }, START_AGAIN]);
  }
  say(`${found.name} costs ${price(found.price)}.`, found.description);
  return offer([
    { label: "Book this", kind: "primary", intent: { name: "book", treatment: found } },
    { label: "All treatments and prices", intent: { name: "treatments" } },
    START_AGAIN,
  ]);
}

function aboutDoctor({ specializations = [], total_year_of_experience: years }) {
  return [specializations.join(", "), years ? `${years} years of experience` : ""].filter(Boolean).join(" · ");
}
