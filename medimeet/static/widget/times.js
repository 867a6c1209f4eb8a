// Choosing a free time of one doctor: first the day, then the time. For booking and for moving.

import { callUs } from "./clinic.js";
import { offer, say } from "./conversation.js";
import { START_AGAIN } from "./menu.js";
import * as offers from "./offers.js";
import { day, shortDay, zone } from "./words.js";

const PARTS = [
  ["Morning", "00:00", "12:00"],
  ["Afternoon", "12:00", "17:00"],
  ["Evening", "17:00", "24:00"],
];
const NEAREST = 4;

/**
 * Offers the days that have free times, from a date on. `wanted` is `{treatment, doctor, act, otherDoctor, about}`:
 * `act(time)` follows the choice of `{id, date, start_time, end_time}`, `about` is said before.
 */
export async function chooseDay(wanted, from) {
  const { days, next } = await offers.freeDays(wanted, from);
  const others = wanted.otherDoctor && { label: "Another doctor", apart: true, kind: "plain", act: wanted.otherDoctor };
  if (!days.length) {
    const more = from ? "no more free times" : "no free time";
    say(
      wanted.about,
      `${wanted.doctor.name} has ${more} for ${wanted.treatment.name} in the next four weeks. ${callUs()}`,
    );
    return offer([from && { label: "Earlier days", act: () => chooseDay(wanted) }, others, START_AGAIN]);
  }
  say(
    !from && wanted.about,
    from
      ? "These are the next days with free times."
      : `${wanted.doctor.name} has free times for ${wanted.treatment.name} on these days. Which day suits you?`,
  );
  return offer(
    [
      ...days.map(({ date, times }) => ({
        label: shortDay(date),
        detail: `${times.length} free`,
        act: () => chooseTime(wanted, date, times),
      })),
      next && { label: "Later days", apart: true, act: () => chooseDay(wanted, next) },
      from && { label: "First free days", apart: true, act: () => chooseDay(wanted) },
      others,
      { ...START_AGAIN, apart: true, kind: "plain" },
    ],
    "grid",
  );
}

/** Says that a time is gone, and offers the nearest ones to it, asked for afresh. */
export async function chooseInstead(words, wanted, time) {
  const free = (await offers.times(wanted, time.date)).filter(({ id }) => id !== time.id);
  if (!free.length) {
    say(`${words} ${day(time.date)} has no other free time.`);
    return chooseDay(wanted);
  }
  const near = [...free].sort((one, other) => distance(one, time) - distance(other, time)).slice(0, NEAREST);
  near.sort((one, other) => one.start_time.localeCompare(other.start_time));
  say(`${words} These are the nearest free times on ${day(time.date)} (${zone(time.date)}):`);
  return offer(
    [
      ...near.map((each) => choiceOf(wanted, each)),
      { label: "All times of this day", apart: true, act: () => chooseTime(wanted, time.date, free) },
      { label: "Another day", apart: true, act: () => chooseDay(wanted) },
      { ...START_AGAIN, apart: true, kind: "plain" },
    ],
    "grid",
  );
}

function chooseTime(wanted, date, times) {
  say(`Free times on ${day(date)} (${zone(date)}). Which one would you like?`);
  const parts = PARTS.flatMap(([heading, begins, ends]) =>
    times
      .filter(({ start_time: start }) => begins <= start && start < ends)
      .map((time, index) => ({ ...choiceOf(wanted, time), heading: index === 0 && heading })),
  );
  return offer(
    [
      ...parts,
      { label: "Another day", apart: true, act: () => chooseDay(wanted) },
      { ...START_AGAIN, apart: true, kind: "plain" },
    ],
    "grid",
  );
}

const choiceOf = (wanted, time) => ({ label: time.start_time, act: () => wanted.act(time) });

const distance = (one, other) => Math.abs(minuteOf(one) - minuteOf(other));

function minuteOf({ start_time: start }) {
  const [hours, minutes] = start.split(":").map(Number);
  return hours * 60 + minutes;
}
