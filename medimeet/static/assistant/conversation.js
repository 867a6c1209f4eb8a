// The log of the conversation. Whatever people, the model or the clinic say becomes text, never markup.

const TOP_PIXELS = 12;

/** The conversation in `root`: its turns, the one that is being heard, the one that is being answered. */
export function makeConversation(root) {
  const log = root.querySelector("#assistant-log");
  let interim = null;
  let answering = null;
  let whole = "";

  function add(kind) {
    const turn = root.querySelector(`#turn-${kind}`).content.firstElementChild.cloneNode(true);
    log.append(turn);
    scroll();
    return turn;
  }

  /** What the person typed. */
  function say(text, event) {
    const turn = add("you");
    forgetChoices();
    turn.dataset.event = event;
    put(turn, text);
    scroll();
  }

  /** What is heard so far; a final text takes the place of what was only guessed. */
  function hear(text, isFinal, event) {
    if (!text) return;
    if (isFinal && find(event)) return;
    interim ??= add("you");
    forgetChoices();
    put(interim, text);
    interim.classList.toggle("mm-turn-interim", !isFinal);
    interim.ariaLive = isFinal ? null : "off"; // read out once, when it is final
    if (isFinal) {
      interim.dataset.event = event ?? "";
      interim = null;
    }
    scroll();
  }

  /** The next piece of the answer; the note stands below it. */
  function answer(text, note) {
    if (!text && !note && !answering) return;
    answering ??= begun();
    words(answering).textContent += text ?? "";
    whole += text ?? "";
    if (note) answering.querySelector(".mm-turn-note").textContent = note;
    scroll();
  }

  /** What can be said next at a press, each as it stands; it takes the place of its numbered line in the answer. */
  function offer(choices) {
    answering ??= begun();
    const lines = choices.map((choice, place) => `${place + 1}. ${choice}`);
    const said = words(answering).textContent.split("\n");
    put(answering, said.filter((line) => !lines.includes(line)).join("\n"));
    const buttons = choices.map((choice, place) => {
      const button = root.querySelector("#turn-choice").content.firstElementChild.cloneNode(true);
      button.value = choice;
      button.textContent = lines[place];
      return button;
    });
    answering.querySelector(".mm-turn-choices").replaceChildren(...buttons);
    scroll();
  }

  /** Takes away what was offered before the last turn. */
  function forgetChoices() {
    for (const offered of log.querySelectorAll(".mm-turn:not(:last-child) .mm-turn-choices")) offered.replaceChildren();
  }

  /** Ends the answer, and gives all that it said. */
  function endAnswer() {
    if (!answering) return "";
    const call = root.querySelector("#turn-call"); // in an emergency the number can be pressed
    if (whole.includes(call.dataset.when)) answering.querySelector(".mm-turn-cards").append(call.content.cloneNode(true));
    scroll();
    answering.ariaBusy = null;
    answering = null;
    return whole;
  }

  /** Takes away what an answer had begun with when the line was lost: it comes again, whole. */
  function forgetUnfinished() {
    answering?.remove();
    answering = null;
    interim?.remove();
    interim = null;
  }

  /** Lets `fill` put something below the answer that is being given. */
  async function keepPlace(fill) {
    answering ??= begun();
    await fill(answering.querySelector(".mm-turn-cards"));
    scroll();
  }

  function begun() {
    const turn = add("answer");
    whole = "";
    turn.ariaBusy = "true"; // read out as a whole
    return turn;
  }

  /** What went wrong, and a link `{href, label}` that mends it. */
  function tell(message, link) {
    if (log.lastElementChild?.textContent.trim() === message.trim()) return;
    const place = words(add("trouble")).querySelector("span");
    place.textContent = message;
    if (link) place.append(" ", Object.assign(document.createElement("a"), { href: link.href, textContent: link.label }));
    scroll();
  }

  function takeBack(event) {
    find(event)?.remove();
  }

  const find = (event) => (event ? log.querySelector(`[data-event="${CSS.escape(event)}"]`) : null);

  /** Shows the end; of what is longer than the log its beginning: of a card, else of the newest question. */
  function scroll() {
    keepInSight(document.activeElement);
    log.scrollTop = log.scrollHeight;
    const beginning = [...log.querySelectorAll(".mm-turn-you, .mm-proposal")].at(-1); // whatever was told below it
    if (!beginning) return;
    const hidden = log.getBoundingClientRect().top - beginning.getBoundingClientRect().top;
    if (hidden > 0) log.scrollTop -= hidden + TOP_PIXELS;
  }

  /** Keeps the box, or the button to talk, in sight while the log grows, and the log above it. */
  function keepInSight(used) {
    if (!root.contains(used) || log.contains(used)) return;
    const isSeen = log.getBoundingClientRect().bottom > window.innerHeight / 2;
    used.scrollIntoView({ block: isSeen ? "nearest" : "end" });
  }

  return { say, hear, answer, offer, forgetChoices, endAnswer, forgetUnfinished, keepPlace, tell, takeBack, scroll };
}

const words = (turn) => turn.querySelector(".mm-turn-words");

function put(turn, text) {
  words(turn).textContent = text;
}
