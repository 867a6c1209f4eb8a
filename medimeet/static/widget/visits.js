// A patient's own appointments: to see, move, cancel, and to confirm one that is only held.

import * as appointments from "./appointments.js";
import { callUs } from "./clinic.js";
import { offer, say } from "./conversation.js";
import { element, facts, link } from "./elements.js";
import { START_AGAIN } from "./menu.js";
import { Refused } from "./request.js";
import { signedIn } from "./signing_in.js";
import { chooseDay, chooseInstead } from "./times.js";
import { shortDay, span } from "./words.js";

const STATUS = { Pending: "Not confirmed yet. It is given up soon if you don’t confirm it.", Scheduled: "Booked" };

/** Lists the appointments to come, each with what can be done with it. */
export const show = () => signedIn(listAll);

/** Asks which appointment to cancel, or to move. */
export const chooseToCancel = () =>
  signedIn(() => chooseOne("Which appointment would you like to cancel?", askToCancel));
export const chooseToMove = () => signedIn(() => chooseOne("Which appointment would you like to move?", moveVisit));

async function listAll() {
  const visits = await appointments.toCome();
  if (!visits.length) return tellNone();
  const [next] = visits;
  const many = visits.length === 1 ? "one appointment" : `${visits.length} appointments`;
  say(`You have ${many} to come. The next is ${titleOf(next)}, on ${span(next)}.`);
  return offer([
    ...visits.flatMap(buttonsOf),
    { label: "Book a visit", apart: true, intent: { name: "book" } },
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

async function chooseOne(words, act) {
  const visits = await appointments.toCome();
  if (!visits.length) return tellNone();
  if (visits.length === 1) return act(visits[0]);
  say(words);
  return offer([
    ...visits.map((visit) => ({ label: titleOf(visit), note: span(visit), act: () => act(visit) })),
    { ...START_AGAIN, apart: true, kind: "plain" },
  ]);
}

function tellNone() {
  say("You have no appointments to come.");
  offer([{ label: "Book a visit", kind: "primary", intent: { name: "book" } }, START_AGAIN]);
}

const titleOf = ({ treatment, doctor }) => (treatment ? `${treatment} with ${doctor}` : `Visit to ${doctor}`);

const card = (visit) =>
  element(
    "span",
    { class: `chat-visit ${visit.status === "Pending" ? "chat-visit-waiting" : ""}` },
    element("span", { class: "chat-visit-title" }, titleOf(visit)),
    element("span", {}, span(visit)),
    element(
      "span",
      { class: "chat-visit-note" },
      [STATUS[visit.status] ?? visit.status, visit.reference].filter(Boolean).join(" · "),
    ),
  );

function buttonsOf(visit) {
  const about = `the visit on ${shortDay(visit.date)}, ${visit.start_time}`;
  const first =
    visit.status === "Pending"
      ? { label: "Confirm", kind: "primary", act: () => signedIn(() => confirmVisit(visit)) }
      : { label: "Move", act: () => moveVisit(visit) };
  return [
    { ...first, about, heading: card(visit) },
    { label: "Cancel", about, kind: "danger", act: () => askToCancel(visit) },
  ];
}

function askToCancel(visit) {
  say("Shall I cancel this visit? The time is then free for others at once.", card(visit));
  offer([
    { label: "Yes, cancel it", kind: "danger", act: () => signedIn(() => cancelVisit(visit)) },
    { label: "No, keep it", act: show },
  ]);
}

async function cancelVisit(visit) {
  await appointments.cancel(visit.id);
  say(
    element("p", { class: "chat-done" }, "The visit is canceled."),
    `${titleOf(visit)} on ${span(visit)} will not take place.`,
  );
  offer([
    { label: "Book a visit", intent: { name: "book" } },
    { label: "My appointments", intent: { name: "visits" } },
    START_AGAIN,
  ]);
}

async function confirmVisit(visit) {
  const confirmed = await appointments.confirm(visit.id);
  say(element("p", { class: "chat-done" }, "Your visit is booked."), card(confirmed));
  offer([{ label: "My appointments", intent: { name: "visits" } }, START_AGAIN]);
}

function moveVisit(visit) {
  if (visit.treatment_id === null) return moveElsewhere(visit);
  return chooseDay(wantedOf(visit));
}

function moveElsewhere(visit) {
  say(
    "This visit was booked without a treatment, so I can’t look for another time here. Move it on our site:",
    element("p", {}, link(`/move-appointment/${visit.id}/`, "Move this visit")),
    callUs(),
  );
  offer([{ label: "My appointments", intent: { name: "visits" } }, START_AGAIN]);
}

const wantedOf = (visit) => ({
  treatment: { id: visit.treatment_id, name: visit.treatment },
  doctor: { id: visit.doctor_id, name: visit.doctor },
  act: (time) => askToMove(visit, time),
  about: `Your appointment on ${span(visit)} stays until you have chosen a new time.`,
});

function askToMove(visit, time) {
  say(
    "Shall I move your visit?",
    facts([
      ["What", titleOf(visit)],
      ["Now", span(visit)],
      ["New time", span(time)],
    ]),
  );
  offer([
    { label: "Yes, move it", kind: "primary", act: () => signedIn(() => moveTo(visit, time)) },
    { label: "Choose another time", act: () => chooseDay(wantedOf(visit)) },
    { label: "No, keep the old time", act: show },
  ]);
}

async function moveTo(visit, time) {
  try {
    const moved = await appointments.move(visit.id, time.id);
    say(element("p", { class: "chat-done" }, "Your visit was moved."), card(moved));
    return offer([{ label: "My appointments", intent: { name: "visits" } }, START_AGAIN]);
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.status !== 409) throw problem;
    return chooseInstead(`${problem.words} Your old time is kept.`, wantedOf(visit), time);
  }
}
