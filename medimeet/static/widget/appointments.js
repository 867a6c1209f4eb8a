// Booking, and a patient's own appointments.

import { clinic } from "./clinic.js";
import { asPerson } from "./person.js";
import { send } from "./request.js";
import { withToken } from "./tokens.js";
import { doctorName } from "./words.js";

const asked = (method, path, headers, body) =>
  withToken((token) =>
    send(method, `/${clinic.id}${path}`, { headers: { Authorization: `Bearer ${token}`, ...headers }, body }),
  );

/** Asks for a visit by e-mail: it is held until the mail's link is followed. `key` makes a repeat count once. */
export const bookByEmail = (visit, email, key) =>
  asked("POST", pathOf(visit), { "Idempotency-Key": key }, bodyOf(visit, email));

/** Books a visit for the patient who is signed in. */
export const bookAsPerson = (visit, email, key) =>
  asPerson((person) => asked("POST", pathOf(visit), { "Idempotency-Key": key, ...person }, bodyOf(visit, email)));

/** The patient's own appointments to come, soonest first. */
export const toCome = async () =>
  (await asPerson((person) => asked("GET", "/appointments/", person))).appointments.map(named);

/** Cancels one of them. */
export const cancel = (id) => change(id, "cancel");

/** Confirms one that is only held. */
export const confirm = (id) => change(id, "confirm");

/** Moves one to another time of the same doctor. */
export const move = (id, slotId) => change(id, "move", { slot_id: slotId });

const change = async (id, what, body = {}) =>
  named(await asPerson((person) => asked("POST", `/appointments/${id}/${what}/`, person, body)));

const named = (visit) => ({ ...visit, doctor: doctorName(visit.doctor) });

const pathOf = ({ treatment, time }) => `/treatments/${treatment.id}/get-doctors/slots/${time.id}/book/`;

const bodyOf = ({ doctor, time }, email) => ({
  patient_email: email,
  doctor_id: doctor.id,
  appointment_date: time.date,
});
