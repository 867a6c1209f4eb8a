// Typed words, made comparable.

/** Words without capitals, accents and signs: "dr muller 10:30" of "Dr. Müller, 10:30!". */
export const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^\p{L}\p{N}:@]+/gu, " ")
    .trim();

const SHORTEST_WITH_A_SLIP = 5;

/** Whether two words are the same but for one letter, or two that changed places; short words must be the same. */
export function isAlike(one, other) {
  if (one === other) return true;
  const shorter = Math.min(one.length, other.length);
  const longer = Math.max(one.length, other.length);
  if (shorter < SHORTEST_WITH_A_SLIP) return false;
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const differ = longer - start - end;
  const isSwap = differ === 2 && one[start] === other[start + 1] && one[start + 1] === other[start];
  return differ <= 1 || (isSwap && one.length === other.length);
}

/** "09:30" of "at 9.30" and "15:00" of "3 pm": the time of day that is named, if any. */
export function timeOfDay(text) {
  const found = text.match(/\b(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?\b/i);
  if (!found || !(found[2] || found[3])) return undefined;
  const [, hour, minutes = "00", half = ""] = found;
  const afterNoon = { am: 0, pm: 12 }[half.toLowerCase()];
  const hours = afterNoon === undefined ? Number(hour) : (Number(hour) % 12) + afterNoon;
  return `${String(hours).padStart(2, "0")}:${minutes}`;
}
