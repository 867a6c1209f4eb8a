// What the assistant is doing, as a picture and words. Several things may be true at once; the weightiest is shown.

const WORDS = {
  reconnecting: "The line was lost. Connecting again …",
  asking: "Your browser asks whether this page may use the microphone. Choose Allow.",
  muted: "The microphone is paused",
  listening: "Listening",
  speaking: "Reading aloud. Press Escape to stop.",
  thinking: "Looking for the answer …",
  idle: "Ready",
};

/** Gives `set(name, isOn)` for the states named above. */
export function makeStates(place) {
  const words = place.querySelector("[data-words]");
  const on = new Set(["idle"]);
  return (name, isOn) => {
    if (isOn) on.add(name);
    else on.delete(name);
    const shown = Object.keys(WORDS).find((each) => on.has(each));
    if (place.dataset.state === shown) return;
    place.dataset.state = shown;
    words.textContent = WORDS[shown];
    for (const icon of place.querySelectorAll("[data-for]")) icon.hidden = icon.dataset.for !== shown;
  };
}
