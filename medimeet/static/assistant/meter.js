// How loud it is, which shows that the microphone works; and whether nothing has been heard for a while.

const QUIET = 0.004;
const PATIENCE_MILLISECONDS = 5000;
const LOUD = 0.25;

/** Gives `begin()`, `show(level)` and `end()`; `onSilence()` is called once after five seconds without a sound. */
export function makeMeter(place, onSilence) {
  let timer = null;

  function show(level) {
    place.style.setProperty("--mm-loudness", Math.min(1, Math.sqrt(level / LOUD)).toFixed(2));
    if (level < QUIET) return;
    clearTimeout(timer);
    timer = null;
  }

  function begin() {
    clearTimeout(timer);
    timer = setTimeout(onSilence, PATIENCE_MILLISECONDS);
  }

  function end() {
    clearTimeout(timer);
    place.style.setProperty("--mm-loudness", "0");
  }

  return { begin, show, end };
}
