// What the assistant proposes, as the clinic's server draws it; its button is a form that the server checks.

/** Puts the card at `url` into `place`, or in the place of the one that stands there already. */
export async function showCard(url, place) {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const answer = await fetch(url, { headers }).catch(() => null);
  if (!answer?.ok) return showLink(url, place);
  const template = document.createElement("template");
  template.innerHTML = await answer.text(); // our own server's page
  const card = template.content.querySelector(".mm-proposal");
  const standing = document.getElementById(card.id);
  if (standing) standing.replaceWith(card);
  else place?.append(card);
  window.htmx?.process(card);
}

/** The card could not be fetched now: the link to it stays, so that nothing is lost. */
function showLink(url, place) {
  const link = Object.assign(document.createElement("a"), { href: url, textContent: "See and confirm it here" });
  place?.append(link);
}

/** "Not now" takes the buttons of a card away; nothing is done. */
export function declineOnRequest(root, then) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-not-now]");
    if (!button) return;
    event.preventDefault();
    const card = button.closest(".mm-proposal");
    const told = Object.assign(document.createElement("p"), { textContent: "Not done. Nothing was changed." });
    card.querySelector(".mm-hint").remove();
    card.querySelector(".mm-actions").replaceWith(told);
    then();
  });
}
