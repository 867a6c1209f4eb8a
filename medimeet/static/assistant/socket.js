// The line to the clinic's server: opened when it is needed, opened again when it breaks, and nothing said is lost.

const BACK_OFF_MILLISECONDS = [300, 1000, 2000, 4000, 8000, 15000];
const TRIES_BEFORE_THE_FORM = 2;
const BLOCKED_MILLISECONDS = 60000;
const MOST_AUDIO_FRAMES = 50; // five seconds
const MOST_UNSENT_BYTES = 160000; // as much
const UNDER_WAY_MILLISECONDS = 2000;
const OPENING_MILLISECONDS = 5000;
const QUIET_MILLISECONDS = 2000; // then the server is asked for a sign of life
const DEAD_MILLISECONDS = 2500; // none came: a network that is gone tells nobody
const NORMAL = 1000;
const SIGNED_OUT = 4401;
const FOR_GOOD = new Set([1008, 4403]);
const IDLE = "Nobody said anything for a while, so the microphone is off. Press the button to go on.";
const SIGN_IN = "You are signed out. Sign in to go on.";

class SignedOut extends Error {}

/**
 * The line. `onFrame(frame)` gets what the server says, `onState` "opening", "ready", "reconnecting" or "closed",
 * `onBlocked(questions)` what has to be asked otherwise, `onRefused(words, isSignedOut)` why no line can be had.
 */
export function makeLine({ socketUrl, promptUrl, visit, csrfToken, onFrame, onState, onBlocked, onRefused }) {
  let socket = null;
  let state = "closed";
  let tries = 0;
  let timer = null;
  let watch = null;
  let start = null;
  let blockedUntil = 0;
  let isListening = false;
  let questions = []; // asked, and not answered yet: {event, text}
  let audio = []; // the last five seconds that no final transcript covers yet

  /** Asks a question, now or once the line stands. Its event, the same whenever it is sent again. */
  function ask(text) {
    const event = newEvent();
    questions.push({ event, text });
    if (state === "ready") {
      put({ action: "text", text, event });
      watchOver();
    } else open();
    return event;
  }

  /** A question that was heard: it is asked again, typed, should the line break before its answer. */
  function expect(event, text) {
    audio = [];
    if (event) questions.push({ event, text });
  }

  /** The oldest question has its answer. */
  function answered() {
    questions.shift();
  }

  /** The oldest question is still being answered for a line that broke: asks for that answer again, a little later. */
  function askAgain() {
    setTimeout(() => {
      const [question] = questions;
      if (question && state === "ready") put({ action: "text", ...question });
    }, UNDER_WAY_MILLISECONDS);
  }

  /** Sends a frame, if the line stands. */
  function send(frame) {
    if (state === "ready") put(frame);
  }

  /** Sends sound; what was not understood yet is sent again should the line break. */
  function sendAudio(frame) {
    audio = [...audio, frame].slice(-MOST_AUDIO_FRAMES);
    if (state === "ready" && socket.bufferedAmount < MOST_UNSENT_BYTES) socket.send(frame);
    if (state === "closed") open(); // while it waits to be opened again, sound is no reason to hurry
  }

  /** Says whether the microphone is on; the line is opened for it, and kept open. */
  function listen(isOn) {
    isListening = isOn;
    if (isOn && state === "ready") audio = [];
    if (state === "ready") put({ action: isOn ? "resume_backend" : "pause_backend" });
    else if (isOn) open();
    watchOver();
  }

  function close() {
    clearTimeout(timer);
    clearTimeout(watch);
    isListening = false;
    if (state === "ready") put({ action: "stop" });
    const old = socket;
    socket = null;
    old?.close();
    set("closed");
  }

  async function open() {
    if (state !== "closed" && state !== "waiting") return;
    clearTimeout(timer);
    set(tries ? "reconnecting" : "opening");
    try {
      connect(await writePrompt());
    } catch (problem) {
      if (problem instanceof SignedOut) return giveUp(SIGN_IN, true);
      lost();
    }
  }

  async function writePrompt() {
    const answer = await fetch(promptUrl, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(visit ? { appointment_id: Number(visit) } : {}),
      signal: AbortSignal.timeout(OPENING_MILLISECONDS),
    });
    if (answer.status === 401) throw new SignedOut();
    if (!answer.ok) throw new Error(`The prompt route answers ${answer.status}`);
    return answer.json();
  }

  function connect({ user_id, user_email }) {
    const url = new URL(socketUrl, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(url);
    socket = opened;
    start = { action: "start", user_id, user_email };
    watch = setTimeout(hangUp, OPENING_MILLISECONDS);
    opened.addEventListener("open", () => opened.send(JSON.stringify(start)));
    opened.addEventListener("message", ({ data }) => opened === socket && receive(JSON.parse(data)));
    opened.addEventListener("close", ({ code }) => opened === socket && ended(code));
  }

  function receive(frame) {
    const isSignOfLife = frame.type === "ready" && state === "ready";
    if (frame.type === "ready" && !isSignOfLife) stand();
    if (!isSignOfLife) onFrame(frame);
    watchOver();
  }

  /** While somebody waits or speaks, a line that says nothing has to prove that it lives. */
  function watchOver() {
    if (state !== "ready") return;
    clearTimeout(watch);
    if (!questions.length && !isListening) return;
    watch = setTimeout(() => {
      put(start);
      watch = setTimeout(hangUp, DEAD_MILLISECONDS);
    }, QUIET_MILLISECONDS);
  }

  /** Lets go of a line that is dead, without waiting for its farewell. */
  function hangUp() {
    const dead = socket;
    lost();
    dead?.close();
  }

  function stand() {
    tries = 0;
    set("ready");
    for (const question of questions) put({ action: "text", ...question });
    for (const frame of audio) socket.send(frame);
    if (audio.length && !isListening) put({ action: "pause_backend" }); // what was said is complete
  }

  function ended(code) {
    clearTimeout(watch);
    socket = null;
    if (code === NORMAL && isListening && !questions.length) return giveUp(IDLE, false);
    if (code === SIGNED_OUT) return giveUp(SIGN_IN, true);
    if (FOR_GOOD.has(code)) return giveUp("The line was closed. Load this page again to go on.", false);
    if (state === "ready" && !isListening && !questions.length) return set("closed"); // opened again when needed
    return lost();
  }

  function lost() {
    socket = null;
    tries += 1;
    if (tries > TRIES_BEFORE_THE_FORM && !isListening) return block();
    if (tries > BACK_OFF_MILLISECONDS.length) return block();
    set("reconnecting");
    state = "waiting";
    const longest = BACK_OFF_MILLISECONDS[tries - 1];
    timer = setTimeout(open, longest * (0.5 + Math.random() / 2));
    return undefined;
  }

  function block() {
    blockedUntil = Date.now() + BLOCKED_MILLISECONDS;
    end();
    const unanswered = questions;
    questions = [];
    onBlocked(unanswered);
  }

  function giveUp(words, isSignedOut) {
    end();
    questions = [];
    onRefused(words, isSignedOut);
  }

  function end() {
    tries = 0;
    audio = [];
    isListening = false;
    set("closed");
  }

  function set(next) {
    state = next;
    onState(next);
  }

  function put(frame) {
    socket.send(JSON.stringify(frame));
  }

  window.addEventListener("online", () => state === "waiting" && open());
  return {
    ask,
    expect,
    answered,
    askAgain,
    send,
    sendAudio,
    listen,
    close,
    isAwaited: () => questions.length > 0,
    isBlocked: () => Date.now() < blockedUntil,
  };
}

function newEvent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is only there where the connection is safe
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
