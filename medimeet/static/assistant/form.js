// The box to type in. It asks over the line; where there is none, the form goes to the server by itself, through htmx.

/** The form in `root`: `ask(words)` asks over the line, unless `mayAskByForm()`. */
export function makeForm(root, { ask, mayAskByForm, states, conversation }) {
  const form = root.querySelector("#assistant-ask");
  const input = form.elements.words;
  const waiting = [];
  let isSending = false;

  // Before htmx hears of it.
  root.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || mayAskByForm()) return;
      const example = event.submitter?.name === "example";
      const words = (example ? event.submitter.value : input.value).trim();
      if (!words) return; // the server says what is missing
      event.preventDefault();
      event.stopPropagation();
      input.value = "";
      removeExamples();
      ask(words);
      if (example) input.focus();
    },
    true,
  );
  form.addEventListener("htmx:before:request", () => {
    isSending = true;
    states("thinking", true);
  });
  form.addEventListener("htmx:finally:request", (event) => {
    isSending = false;
    states("thinking", false);
    conversation.scroll();
    const status = event.detail.ctx.response?.status ?? 0;
    if (status >= 200 && status < 300) {
      input.value = "";
      removeExamples();
    }
    sendNext();
  });

  /** Asks by the form what could not be asked over the line; the same event is one question. */
  function send(words, event) {
    waiting.push({ words, event });
    sendNext();
  }

  function sendNext() {
    if (isSending || !waiting.length) return;
    const { words, event } = waiting.shift();
    input.value = words;
    form.elements.event.value = event;
    form.requestSubmit();
  }

  function removeExamples() {
    form.querySelector(".mm-examples")?.remove();
  }

  return { send, removeExamples, focus: () => input.focus(), csrfToken: () => form.elements.csrf_token.value };
}
