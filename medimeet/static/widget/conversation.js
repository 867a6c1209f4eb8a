// The log of the conversation: turns of the clinic and of the visitor, and the buttons that answer the last one.

import { element } from "./elements.js";
import { Refused } from "./request.js";

const scroller = document.getElementById("conversation");
const log = document.getElementById("log");
const SLOW_MILLISECONDS = 400;
const TOP_PIXELS = 12;
const LOW_PIXELS = 320;

let choices = [];
let offered = null;
let isBusy = false;
let answerTo = null;
let turns = 0;

/** Names who answers intents: `answer({name, …})`. */
export function begin(answer) {
  answerTo = answer;
}

/** The clinic's turn: each part is a paragraph of words, or an element. The turn's element. */
export const say = (...parts) => addTurn("The clinic", "chat-clinic", parts);

/** The visitor's turn: what was pressed or typed. It takes the buttons of the turn before away. */
export function heard(words) {
  takeBack();
  return addTurn("You", "chat-you", [words]);
}

/**
 * Buttons below the last turn. A choice is `{label, act}`, or `{label, intent}` for what the whole chat can do;
 * `note` stands below the label, `detail` beside it, `about` is read out only, `kind` is "primary" or "danger".
 * A choice with `heading`, words or an element, begins a group, one with `apart` stands after it in a row of its own.
 */
export function offer(given, layout = "list") {
  takeBack();
  choices = given.filter(Boolean);
  offered = groupOf("Your answer", "visually-hidden", `chat-choices chat-choices-${layout}`);
  let place = offered;
  for (const choice of choices) {
    if (choice.heading) {
      place = groupOf(choice.heading, "chat-heading", "chat-group");
      offered.append(place);
    }
    if (choice.apart) place = offered;
    place.append(buttonOf(choice));
  }
  scroller.append(offered); // beside the log: screen readers read out words, not sixteen times
}

/** A form in the place of buttons. */
export function offerForm(form) {
  takeBack();
  offered = form;
  scroller.append(form);
}

/** Takes away all that was said, for whoever comes next. */
export function clear() {
  takeBack();
  log.replaceChildren();
}

/** The choices that can be made now. */
export const openChoices = () => choices;

/** The field of the open form with this name, or null. */
export const openField = (name) => (offered?.matches("form") ? offered.elements[name] : null) ?? null;

/** Whether an answer is being made. */
export const busy = () => isBusy;

/** Makes a choice, as if its button had been pressed. */
export function choose(choice) {
  heard([choice.label, choice.about].filter(Boolean).join(" "));
  return run(choice.act ?? (() => answerTo(choice.intent)));
}

/** Does one step of the conversation. What goes wrong is told, with a button that tries it again. */
export async function run(step) {
  const wasInside = scroller.contains(document.activeElement) || document.activeElement === document.body;
  const before = log.lastElementChild;
  const stopWaiting = startWaiting();
  try {
    await step();
  } catch (problem) {
    tell(problem, step);
  } finally {
    stopWaiting();
  }
  show(before, wasInside);
}

function tell(problem, step) {
  if (!(problem instanceof Refused)) console.error(problem);
  const words = problem instanceof Refused ? problem.words : "Something went wrong in this chat. Nothing was sent.";
  say(words);
  const canRepeat = !(problem instanceof Refused) || problem.isPassing;
  offer([
    canRepeat && { label: "Try again", kind: "primary", act: step },
    { label: "Start again", intent: { name: "help" } },
  ]);
}

function startWaiting() {
  isBusy = true;
  const note = element("p", { class: "chat-waiting" }, "One moment …");
  const timer = setTimeout(() => log.append(note), SLOW_MILLISECONDS);
  return () => {
    isBusy = false;
    clearTimeout(timer);
    note.remove();
  };
}

/** Scrolls to what is new. Whoever pressed a button, which is gone now, finds the focus on the clinic's answer. */
function show(before, takesFocus) {
  if (!before) return; // the greeting: nobody has asked for anything yet
  if (!before.isConnected) return log.lastElementChild.focus(); // everything was taken away
  const answers = [...log.querySelectorAll(".chat-clinic")];
  const answer = answers.find((each) => before.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
  const top = scroller.clientHeight < LOW_PIXELS ? (answer ?? before) : before; // room for the buttons
  scroller.scrollTop = top.offsetTop - scroller.offsetTop - TOP_PIXELS;
  if (takesFocus) answer?.focus({ preventScroll: true });
}

function addTurn(who, kind, parts) {
  const id = `turn-${(turns += 1)}`;
  const turn = element("div", { class: `chat-turn ${kind}`, role: "article", "aria-labelledby": id, tabindex: "-1" });
  turn.append(element("p", { class: "chat-who", id }, who));
  for (const part of parts.filter(Boolean)) turn.append(part instanceof Node ? part : element("p", {}, part));
  log.append(turn);
  return turn;
}

const groupOf = (name, nameKind, kind) =>
  element("fieldset", { class: kind }, element("legend", { class: nameKind }, name));

function buttonOf(choice) {
  const { label, note, detail, about, kind, apart } = choice;
  const button = element(
    "button",
    {
      type: "button",
      class: ["mm-button chat-choice", kind && `mm-${kind}`, apart && "chat-apart"].filter(Boolean).join(" "),
    },
    element(
      "span",
      { class: "chat-choice-label" },
      label,
      about ? element("span", { class: "visually-hidden" }, ` ${about}`) : null,
    ),
    detail ? element("span", { class: "chat-choice-detail" }, detail) : null,
    note ? element("span", { class: "chat-choice-note" }, note) : null,
  );
  button.addEventListener("click", () => {
    if (!isBusy) choose(choice);
  });
  return button;
}

function takeBack() {
  offered?.remove();
  offered = null;
  choices = [];
}
