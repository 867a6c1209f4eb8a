// The assistant as a panel beside a dashboard: fetched at the first opening, kept while the page stands.

import { begin } from "./assistant.js";

const panel = document.getElementById("assistant-panel");
const content = document.getElementById("assistant-panel-content");
const opener = document.querySelector("[data-opens-assistant]");
let assistant = null;

opener.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own, as with any link
  event.preventDefault();
  open();
});
panel.querySelector("[data-closes-assistant]").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => event.target === panel && panel.close());
panel.addEventListener("close", () => {
  assistant?.rest();
  opener.focus();
  if (panel.querySelector(".mm-proposal-done")) location.reload(); // the dashboard behind shows what was done
});

async function open() {
  panel.showModal();
  if (!assistant && !(await fetchContent())) return location.assign(opener.href);
  document.getElementById("assistant-words").focus();
}

/** Whether the assistant is there; it is not for who was signed out meanwhile, or is offline. */
async function fetchContent() {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
  const answer = await fetch(opener.href, { headers }).catch(() => null);
  if (!answer?.ok) return false;
  content.innerHTML = await answer.text(); // our own server's page
  window.htmx?.process(content);
  assistant = begin(document.getElementById("assistant"));
  return true;
}
