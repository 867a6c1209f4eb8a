// Talking to the assistant: from the press of the button to the words, and what to do when nothing is heard.

import { makeMeter } from "./meter.js";
import { microphones, openMicrophone, problemOf } from "./microphone.js";
import { makePushToTalk } from "./push_to_talk.js";

const TAIL_MILLISECONDS = 300; // who lets go is still ending the last word
const ASKED_MILLISECONDS = 400; // a browser that gives the microphone sooner did not ask
const UNUSED_MILLISECONDS = 20000;
const PASSING = new Set(["speech_reconnecting", "speech_back"]);
const NOT_SET_UP = { stop: () => {}, tell: () => {} };

/** Gives `stop()` and `tell(code, message)` for what the server says about listening. */
export function makeTalking(root, { line, states, conversation, interrupt }) {
  if (!root.querySelector("#assistant-talk")) return NOT_SET_UP;
  const note = root.querySelector("#assistant-unheard");
  const devices = root.querySelector("#assistant-devices");
  const device = root.querySelector("#assistant-device");
  let microphone = null;
  let isWanted = false;
  let isOpening = false;
  let isPaused = false;
  let unused = null;
  const meter = makeMeter(root.querySelector("#assistant-level"), offerDevices);
  const button = makePushToTalk(root, { start, stop, isOn: () => isWanted });

  async function start() {
    if (isWanted) return;
    isWanted = true;
    say("");
    interrupt();
    if (!(await ready())) return;
    if (!isWanted) return say("The microphone is ready. Hold the button while you talk.");
    clearTimeout(unused);
    hearken();
    button.show(true);
    line.listen(true);
  }

  /** Whether there is a microphone; asks for one where there is none. */
  async function ready() {
    if (microphone || isOpening) return Boolean(microphone);
    isOpening = true;
    const asking = setTimeout(() => states("asking", true), ASKED_MILLISECONDS);
    try {
      microphone = await openMicrophone({ device: device.value, onSound, onLost: lose, onMuted: mute });
      states("listening", isWanted); // before "asking" ends, or a screen reader says "Ready" in between
      return true;
    } catch (problem) {
      isWanted = false;
      conversation.tell(problemOf(problem));
      return false;
    } finally {
      isOpening = false;
      clearTimeout(asking);
      states("asking", false);
    }
  }

  function hearken() {
    microphone.listen();
    meter.begin();
    states("listening", true);
  }

  async function stop() {
    if (!isWanted) return;
    isWanted = false;
    isPaused = false;
    states("muted", false);
    states("listening", false);
    button.show(false);
    meter.end();
    if (!microphone) return;
    await new Promise((resolve) => setTimeout(resolve, TAIL_MILLISECONDS));
    if (isWanted) return; // pressed again meanwhile
    await microphone?.rest();
    line.listen(false);
    unused = setTimeout(letGo, UNUSED_MILLISECONDS);
  }

  function onSound(audio, level) {
    if (isWanted) meter.show(level);
    line.sendAudio(audio);
  }

  function letGo() {
    clearTimeout(unused);
    microphone?.letGo();
    microphone = null;
  }

  function lose() {
    conversation.tell("The microphone was unplugged or taken away. Press the button to try again, or type instead.");
    stop();
    letGo();
  }

  /** A page that nobody looks at does not listen; nor does a microphone that was switched off at the device. */
  async function mute(isMuted) {
    if (!isWanted || !microphone || isPaused === isMuted) return;
    isPaused = isMuted;
    states("muted", isMuted);
    if (!isMuted) {
      hearken();
      return line.listen(true);
    }
    meter.end();
    states("listening", false);
    await microphone.rest();
    return line.listen(false);
  }

  /** Nothing was heard for a while: the right microphone may be another one. */
  async function offerDevices() {
    say("We hear nothing. Speak up, or choose another microphone below.");
    const found = await microphones().catch(() => []);
    device.replaceChildren(...found.map(({ deviceId, label }, at) => new Option(label || `Microphone ${at + 1}`, deviceId)));
    devices.hidden = found.length === 0;
  }

  device.addEventListener("change", async () => {
    const wasOn = isWanted;
    await stop();
    letGo();
    if (wasOn) start();
    else say("Chosen. Press the button to talk.");
  });
  document.addEventListener("visibilitychange", () => mute(document.hidden));

  function tell(code, message) {
    if (PASSING.has(code)) return say(code === "speech_back" ? "" : message);
    conversation.tell(message);
    return stop();
  }

  function say(words) {
    note.textContent = words;
    note.hidden = !words;
  }

  return { stop, tell };
}
