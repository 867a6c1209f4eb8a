// Answers read aloud, for those who switch it on. Whoever speaks, types or presses Escape stops it.

const KEPT_AS = "assistant.aloud";

/** Gives `say(words)`, `stop()` and `isSpeaking()`. */
export function makeSpeaker(root, states) {
  const box = root.querySelector("#assistant-aloud");
  const voice = window.speechSynthesis;
  if (!voice) return { say: () => {}, stop: () => {}, isSpeaking: () => false };
  root.querySelector("#assistant-aloud-choice").hidden = false;
  box.checked = localStorage.getItem(KEPT_AS) === "yes";
  box.addEventListener("change", () => {
    localStorage.setItem(KEPT_AS, box.checked ? "yes" : "no");
    if (!box.checked) stop();
  });
  let spoken = null;

  function say(words) {
    if (!box.checked || !words) return;
    stop();
    const utterance = new SpeechSynthesisUtterance(words);
    spoken = utterance;
    const end = () => spoken === utterance && stop();
    utterance.addEventListener("end", end);
    utterance.addEventListener("error", end);
    states("speaking", true);
    voice.speak(utterance);
  }

  function stop() {
    if (!spoken) return;
    spoken = null;
    voice.cancel();
    states("speaking", false);
  }

  return { say, stop, isSpeaking: () => spoken !== null };
}
