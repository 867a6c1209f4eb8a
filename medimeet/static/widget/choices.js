// Which of the buttons on the screen typed words mean.

import { plain, timeOfDay } from "./spelling.js";

const WEEKDAY = /^(mon|tue|wed|thu|fri|sat|sun)$/;
const DAY_OR_MONTH =
  /\b((mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december)\b/g;

/**
 * The one choice that the text names: its label, the beginning of it, telling words of it, or its time of day.
 * A weekday is the first of its name. `days` says what "today" and "tomorrow" are on a button.
 */
export function choiceOf(text, choices, days = {}) {
  const words = asOnButtons(text, days);
  if (!words) return undefined;
  const time = timeOfDay(text);
  const labels = choices.map((choice) => ({ choice, label: asOnButtons(choice.label) }));
  const same = labels.filter(({ label }) => label === words || label === time);
  if (same.length === 1) return same[0].choice;
  const isTelling = words.length > 2 || /\d/.test(words);
  const near = labels.filter(
    ({ choice, label }) =>
      label.startsWith(`${words} `) || (isTelling && choice.kind !== "danger" && hasAll(label, words)),
  );
  return near.length === 1 || WEEKDAY.test(words) ? near[0]?.choice : undefined;
}

const hasAll = (label, words) => words.split(" ").every((word) => label.split(" ").includes(word));

/** "tue 24 nov" of "on Tuesday, 24 November please". */
const asOnButtons = (text, days = {}) =>
  plain(text)
    .replace(/^(today|tomorrow)$/, (day) => plain(days[day] ?? day))
    .replace(DAY_OR_MONTH, (name) => name.slice(0, 3))
    .replace(/\b(please|on|at|the)\b/g, " ")
    .replace(/ +/g, " ")
    .trim();
