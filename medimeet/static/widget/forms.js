// A small form in the conversation: labelled fields, and words beside a field that is left empty.

import { element } from "./elements.js";
import { busy, heard, offerForm, run } from "./conversation.js";

let fields = 0;

/**
 * Asks for fields `[{name, label, type, value, autocomplete, missing}]`. `act(values)` follows when all are filled in;
 * the visitor's turn then says `said(values)`. The choices stand below the button.
 */
export function askFor({ given, submit, said, act, choices = [] }) {
  const form = element("form", { class: "chat-form", novalidate: true });
  const rows = given.map(fieldOf);
  const buttons = element(
    "div",
    { class: "chat-form-buttons" },
    element("button", { type: "submit", class: "mm-button mm-primary" }, submit),
  );
  for (const choice of choices) buttons.append(leavingButton(choice));
  form.append(...rows.map((row) => row.place), buttons);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy()) return;
    const wrong = rows.filter((row) => !row.check());
    if (wrong.length) return wrong[0].input.focus();
    const values = Object.fromEntries(new FormData(form));
    heard(said(values));
    run(() => act(values));
  });
  offerForm(form);
}

function leavingButton({ label, act }) {
  const button = element("button", { type: "button", class: "mm-button mm-plain" }, label);
  button.addEventListener("click", () => {
    if (busy()) return;
    heard(label);
    run(act);
  });
  return button;
}

function fieldOf({ name, label, type, value = "", autocomplete, missing }) {
  const id = `field-${(fields += 1)}`;
  const input = element("input", { id, name, type, value, autocomplete, spellcheck: "false", autocapitalize: "none" });
  const fault = element("p", { class: "mm-error", id: `${id}-error`, hidden: true });
  const place = element("div", { class: "mm-field" }, element("label", { for: id }, label), fault, input);
  const check = () => {
    const isGood = input.value.trim() !== "" && input.validity.valid;
    fault.hidden = isGood;
    fault.textContent = isGood ? "" : missing;
    input.toggleAttribute("aria-invalid", false);
    if (!isGood) input.setAttribute("aria-invalid", "true");
    if (isGood) input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", fault.id);
    place.classList.toggle("mm-field-wrong", !isGood);
    return isGood;
  };
  return { place, input, check };
}
