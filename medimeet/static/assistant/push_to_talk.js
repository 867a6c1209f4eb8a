// The button to talk: held down, with mouse, finger or the space bar; or pressed once and once more, for who likes that.

const KEPT_AS = "assistant.microphone";
const OCCUPIED = "a, button, input, select, textarea, summary, [contenteditable]";

/** Calls `start()` and `stop()`; `isOn()` says whether the microphone is on. Gives `show(isOn)` for the button's look. */
export function makePushToTalk(root, { start, stop, isOn }) {
  const button = root.querySelector("#assistant-talk");
  const box = root.querySelector("#assistant-toggles");
  const how = root.querySelector("#assistant-voice-told [data-how]");
  const words = button.querySelector("[data-words]");
  let isHeld = false;
  box.checked = localStorage.getItem(KEPT_AS) === "toggle";

  function hold() {
    if (isHeld) return;
    isHeld = true;
    start();
  }

  function release() {
    if (!isHeld) return;
    isHeld = false;
    stop();
  }

  const toggle = () => (isOn() ? stop() : start());

  button.addEventListener("pointerdown", (event) => {
    if (box.checked || event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    button.focus(); // a finger alone does not, in some browsers
    hold();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(name, release);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is meant to talk
  button.addEventListener("click", (event) => {
    if (box.checked || event.detail === 0) toggle(); // 0: pressed by a screen reader, which can't hold
  });
  button.addEventListener("keydown", (event) => {
    if (box.checked || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    hold();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest?.(OCCUPIED) || !isShown(button)) return;
    event.preventDefault();
    if (!box.checked) hold();
    else if (!event.repeat) toggle();
  });
  document.addEventListener("keyup", (event) => {
    if (!isHeld || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    release();
  });
  window.addEventListener("blur", release);
  box.addEventListener("change", () => {
    localStorage.setItem(KEPT_AS, box.checked ? "toggle" : "hold");
    if (isOn()) stop();
    show(false);
  });

  /** Shows whether the microphone is on. */
  function show(isTalking) {
    button.setAttribute("aria-pressed", String(isTalking));
    const [off, on] = box.checked ? ["Press to talk", "Press to stop"] : ["Hold to talk", "Let go when you are done"];
    words.textContent = isTalking ? on : off;
    how.textContent = box.checked ? "" : "You can also hold the space bar, outside the box.";
  }

  show(false);
  return { show, isHeld: () => isHeld || box.checked };
}

/** Whether the button can be seen: not in a panel that is closed. */
const isShown = (button) => button.isConnected && button.getClientRects().length > 0;
