// Warns before a browser that nobody uses is signed out, and covers the page afterwards. What was typed stays in it:
// one signs in again in another tab and goes on here. The server decides when it ends; this only tells of it.
(() => {
  "use strict";
  const { who, seconds } = document.currentScript.dataset;
  const WARN_SECONDS = 120;
  const BY_ITSELF = { "X-By-Itself": "1", Accept: "application/json" }; // does not count as something a person did
  let timer;
  let usedAt = 0; // when somebody last typed or clicked here
  let askedAt = Date.now();
  let dialog;

  const formToken = () => document.querySelector("input[name=csrf_token]")?.value ?? "";
  const later = (after) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(1, after) * 1000);
  };

  const ask = async (isHere) => {
    askedAt = Date.now();
    const options = isHere ? { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": formToken() } } : { headers: BY_ITSELF };
    const answer = await fetch("/session/", options).catch(() => null);
    return answer?.ok ? answer.json() : null;
  };

  const show = (words, buttons, covers) => {
    dialog?.remove();
    dialog = document.createElement("dialog");
    dialog.className = `mm-dialog mm-time-out${covers ? " mm-covers" : ""}`;
    dialog.setAttribute("aria-labelledby", "time-out-words");
    const article = document.createElement("article");
    const text = document.createElement("p");
    text.id = "time-out-words";
    text.textContent = words;
    const actions = document.createElement("div");
    actions.className = "mm-actions";
    actions.append(...buttons);
    article.append(text, actions);
    dialog.append(article);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };

  const hide = () => {
    dialog?.remove();
    dialog = undefined;
  };

  const button = (label, kind, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `mm-button mm-${kind}`;
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  const stay = async () => {
    const state = await ask(true);
    if (state) tell(state);
    else later(5);
  };

  const warn = (left) => {
    const minutes = left > 90 ? "two minutes" : left > 45 ? "one minute" : "less than a minute";
    const words = `You will be signed out in ${minutes}, because nobody has done anything here for a while.`;
    if (dialog) {
      dialog.querySelector("p").textContent = words;
      return;
    }
    const signOut = button("Sign out", "secondary", () => document.querySelector('form[action="/logout/"]')?.requestSubmit());
    show(words, [signOut, button("Stay signed in", "primary", stay)]);
    dialog.querySelector(".mm-primary").focus();
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape: somebody is here
      stay();
    });
  };

  const cover = () => {
    if (dialog?.matches(".mm-covers")) return;
    const again = document.createElement("a");
    again.className = "mm-button mm-primary";
    again.href = "/login/?next=/session/again/";
    again.target = "_blank";
    again.textContent = "Sign in again (new tab)";
    const words = "You are signed out. What you typed on this page is still here: sign in in a new tab, then come back.";
    show(words, [button("Leave this page", "secondary", () => location.assign("/")), again], true);
    again.focus();
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  };

  const tell = (state) => {
    if (state.who && state.who !== who) return location.reload(); // somebody else signed in here
    if (!state.who) {
      cover();
      return later(20);
    }
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = state.csrf_token;
    if (state.seconds > WARN_SECONDS) {
      hide();
      return later(state.seconds - WARN_SECONDS);
    }
    warn(state.seconds);
    later(Math.min(state.seconds + 1, 15));
  };

  async function look() {
    const state = await ask(usedAt > askedAt && !dialog);
    if (state) tell(state);
    else later(15);
  }

  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => (usedAt = Date.now()), { passive: true, capture: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (dialog || Date.now() - askedAt > 60000)) look();
  });
  addEventListener("focus", () => dialog && look());
  later(Number(seconds) - WARN_SECONDS - 30);
})();
