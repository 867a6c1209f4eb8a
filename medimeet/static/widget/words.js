// Days, times and prices as people read them, on the clinic's wall clock.

import { clinic } from "./clinic.js";

const said = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const LONG = said({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT = said({ weekday: "short", day: "numeric", month: "short" });
const WEEKDAY = said({ weekday: "long" });
const TODAY = new Intl.DateTimeFormat("en-CA", { timeZone: clinic.time_zone });
const MONEY = new Intl.NumberFormat("en-GB", { style: "currency", currency: clinic.currency });
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

const noon = (date) => new Date(`${date}T12:00:00Z`);

/** "Tuesday 24 November 2026" of "2026-11-24". */
export const day = (date) => LONG.format(noon(date)).replace(",", "");

/** "Tue 24 Nov" of "2026-11-24". */
export const shortDay = (date) => SHORT.format(noon(date)).replace(",", "");

/** "Tuesday" of "2026-11-24": in English, as the server names weekdays. */
export const weekday = (date) => WEEKDAY.format(noon(date));

/** The date that it is now in the clinic, "2026-11-24". */
export const today = () => TODAY.format(new Date());

/** The date so many days after another. */
export const daysAfter = (date, days) =>
  new Date(noon(date).getTime() + days * DAY_MILLISECONDS).toISOString().slice(0, 10);

/** "Europe/London, GMT": the clinic's zone, and what its time is called on that day. */
export function zone(date) {
  const named = new Intl.DateTimeFormat("en-GB", { timeZone: clinic.time_zone, timeZoneName: "short" });
  const label = named.formatToParts(noon(date)).find((part) => part.type === "timeZoneName").value;
  return label === clinic.time_zone ? label : `${clinic.time_zone}, ${label}`;
}

/** "Tuesday 24 November 2026, 09:00 to 09:30 (Europe/London, GMT)". */
export const span = (time) => `${day(time.date)}, ${time.start_time} to ${time.end_time} (${zone(time.date)})`;

/** "£45.00" of "45.00". */
export const price = (amount) => MONEY.format(Number(amount));

/** "2 minutes" of 90 seconds: long enough, and no longer than need be. */
export function wait(seconds) {
  if (seconds <= 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

/** "Dr Amelia Hart" of "Dr. Amelia Hart": names as the clinic's own pages write them. */
export const doctorName = (name) => name.replace(/^Dr\. /, "Dr ");
