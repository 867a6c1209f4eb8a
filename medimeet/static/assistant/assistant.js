// The assistant: what is typed or said goes over the line, what comes back stands in the conversation.

import { declineOnRequest, showCard } from "./cards.js";
import { makeConversation } from "./conversation.js";
import { makeForm } from "./form.js";
import { makeLine } from "./socket.js";
import { makeSpeaker } from "./speaking.js";
import { makeStates } from "./states.js";
import { makeTalking } from "./talking.js";

const ENDS_THE_LINE = new Set(["signed_out", "somebody_else"]);

/** Starts the assistant in its place on a page; gives `rest()`, which lets go of microphone and line. */
export function begin(root) {
  const states = makeStates(root.querySelector("#assistant-state"));
  const conversation = makeConversation(root);
  const speaker = makeSpeaker(root, states);
  const form = makeForm(root, { ask, mayAskByForm: () => line.isBlocked(), states, conversation });
  const line = makeLine({
    socketUrl: root.dataset.socket,
    promptUrl: root.dataset.prompt,
    visit: root.dataset.visit,
    csrfToken: () => form.csrfToken(),
    onFrame: (frame) => FRAMES[frame.type]?.(frame),
    onState: show,
    onBlocked: askByForm,
    onRefused: refuse,
  });
  const talking = makeTalking(root, { line, states, conversation, interrupt });

  const FRAMES = {
    ready: () => conversation.forgetUnfinished(),
    transcript: hear,
    reply,
    confirm: ({ proposal }) => conversation.keepPlace((place) => showCard(cardUrl(proposal), place)),
    confirmed: ({ proposal }) => showCard(cardUrl(proposal), null),
    credits: showCredits,
    error: tell,
  };

  function ask(words) {
    speaker.stop();
    const question = line.ask(words);
    conversation.say(words, question);
    states("thinking", true);
  }

  function askByForm(questions) {
    states("thinking", false);
    talking.stop();
    for (const { event, text } of questions) {
      conversation.takeBack(event);
      form.send(text, event);
    }
    if (!questions.length) conversation.tell("We can’t open the line for talking now. You can type instead.");
  }

  function hear({ text, is_final: isFinal, event }) {
    if (speaker.isSpeaking()) interrupt();
    form.removeExamples();
    conversation.hear(text, isFinal, event);
    if (!isFinal || !text) return;
    line.expect(event, text);
    states("thinking", true);
  }

  function reply({ text, done, note, choices }) {
    conversation.answer(text, note);
    if (choices) conversation.offer(choices);
    if (!done) return;
    const said = conversation.endAnswer();
    line.answered();
    states("thinking", line.isAwaited());
    speaker.say(said);
  }

  function tell({ code, message }) {
    if (code.startsWith("speech_")) return talking.tell(code, message);
    if (code === "under_way") return line.askAgain();
    if (ENDS_THE_LINE.has(code)) return undefined; // told when it has ended
    conversation.tell(message);
    conversation.endAnswer();
    line.answered();
    return states("thinking", line.isAwaited());
  }

  function interrupt() {
    speaker.stop();
    if (line.isAwaited()) line.send({ action: "interrupt" });
  }

  function refuse(words, isSignedOut) {
    states("thinking", false);
    talking.stop();
    conversation.tell(words, isSignedOut ? { href: root.dataset.signIn, label: "Sign in" } : null);
  }

  function show(state) {
    states("reconnecting", state === "reconnecting");
    if (state === "closed" && !line.isAwaited()) states("thinking", false);
  }

  function showCredits({ left, low, message }) {
    const meter = root.querySelector("#assistant-credits");
    if (!meter) return;
    meter.querySelector("strong").textContent = `${left} ${left === 1 ? "credit" : "credits"} left`;
    meter.querySelector("meter")?.setAttribute("value", left);
    meter.querySelector(".mm-meter").classList.toggle("mm-meter-low", low);
    meter.querySelector("[data-warning]").textContent = message ?? "";
  }

  const cardUrl = (proposal) => `${root.dataset.proposals}${encodeURIComponent(proposal)}/`;

  function rest() {
    talking.stop();
    speaker.stop();
    line.close();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(speaker.isSpeaking() || line.isAwaited()) || !root.isConnected) return;
    event.preventDefault(); // the panel stays open: the first Escape ends the answer
    interrupt();
  });
  root.addEventListener("htmx:after:swap", () => {
    speaker.say(root.querySelector("[data-spoken]:focus")?.textContent.trim() ?? "");
    conversation.forgetChoices();
    conversation.scroll();
  });
  window.addEventListener("pagehide", rest);
  declineOnRequest(root, () => form.focus());
  return { rest };
}
