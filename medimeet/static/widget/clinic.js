// What the page was told of the clinic when it was made.

/** The clinic: names, ways to reach it, time zone and currency, and who may frame this page. */
export const clinic = Object.freeze(JSON.parse(document.querySelector("[data-clinic]").dataset.clinic));

/** Words to reach the clinic without this chat, to stand behind a full stop. */
export function callUs() {
  if (clinic.phone) return `You can call the clinic: ${clinic.phone}.`;
  return clinic.email ? `You can write to the clinic: ${clinic.email}.` : "You can ask at the clinic.";
}
