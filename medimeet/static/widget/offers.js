// What the clinic offers: treatments, who gives them, and free times.

import { clinic } from "./clinic.js";
import { send } from "./request.js";
import { withToken } from "./tokens.js";
import { daysAfter, doctorName, today, weekday } from "./words.js";

const REACH_DAYS = 28;
const DAYS_AT_ONCE = 5;

const asked = (method, path, body) =>
  withToken((token) => send(method, `/${clinic.id}${path}`, { headers: { Authorization: `Bearer ${token}` }, body }));

/** One page of ten treatments `{results: [{id, name, description, price}], next}`. */
export const treatments = (page = 1) => asked("GET", `/treatments/?page=${page}`);

/** The treatment with this id, with its price; looked for page by page. */
export async function treatment(id) {
  for (let page = 1; ; page += 1) {
    const { results, next } = await treatments(page);
    const found = results.find((each) => each.id === id);
    if (found || !next) return found;
  }
}

/** The doctors who give a treatment; none is an empty list. */
export async function doctors(treatmentId) {
  try {
    const { doctors: found } = await asked("GET", `/treatments/${treatmentId}/get-doctors/`);
    return found.map((doctor) => ({ ...doctor, name: doctorName(doctor.name) }));
  } catch (problem) {
    if (problem.status === 404) return [];
    throw problem;
  }
}

/** The free times of one day `[{id, date, start_time, end_time}]`. */
export async function times(choice, date) {
  const found = await slots(choice, { date }).catch(noneOnPastDay);
  return found.available_slots.map(({ id, start_time, end_time }) => ({ id, date, start_time, end_time }));
}

/**
 * The next days that have free times `{days: [{date, times}], next}`, from a date on; `next` is where to look on, or
 * null. The server names the weekdays, so few days are asked for in vain.
 */
export async function freeDays(choice, from = today()) {
  const { available_days: weekdays = [] } = await slots(choice);
  const last = daysAfter(today(), REACH_DAYS - 1);
  const dates = [];
  for (let date = from; date <= last; date = daysAfter(date, 1)) if (weekdays.includes(weekday(date))) dates.push(date);
  const days = [];
  while (dates.length && !days.length) {
    const found = await Promise.all(
      dates.splice(0, DAYS_AT_ONCE).map(async (date) => ({ date, times: await times(choice, date) })),
    );
    days.push(...found.filter((each) => each.times.length));
  }
  return { days, next: dates[0] ?? null };
}

/** The visitor's clock may be slow: a day that has passed in the clinic has no times. */
function noneOnPastDay(problem) {
  if (problem.words !== "Past dates are not allowed.") throw problem;
  return { available_slots: [] };
}

const slots = ({ treatment, doctor }, more = {}) =>
  asked("POST", `/treatments/${treatment.id}/get-doctors/slots/`, { doctor_id: doctor.id, ...more });
