// What a page gains where JavaScript runs: every line here is an extra, each page works without it.
(() => {
  "use strict";
  const root = document.documentElement;

  // ---- Theme: the cookie holds 'light' or 'dark' and nothing else; the server writes it into <html>.
  const toggle = document.querySelector("[data-theme-toggle]");
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);
  const showTheme = () => toggle?.setAttribute("aria-pressed", String(isDark()));
  toggle?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    showTheme();
  });
  systemDark.addEventListener("change", showTheme);
  showTheme();

  // ---- Focus: on load the error summary, after a swap the heading of what came.
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("htmx:after:swap", (event) => {
    const { target, sourceElement: source } = event.detail?.ctx ?? {};
    const choosing = source?.isConnected && source.contains(document.activeElement) && document.activeElement.matches("input, select");
    const place = (target?.isConnected ? target : document.getElementById(target?.id)) ?? document;
    const wanted = choosing ? "[data-focus]" : "[data-focus], [data-focus-after-swap]"; // typing and arrow keys go on where they are
    const heading = place.matches?.(wanted) ? place : place.querySelector?.(wanted);
    if (!heading) return;
    if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    heading.focus();
  });

  // ---- Toasts: a failed request says so and offers to try again; the form stays as it was.
  const toasts = document.getElementById("toasts");
  const toast = (words, retry) => {
    if (!toasts) return;
    toasts.replaceChildren();
    const box = document.createElement("div");
    box.className = "mm-toast";
    const text = document.createElement("p");
    text.textContent = words;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = retry ? "Try again" : "Close";
    button.addEventListener("click", () => {
      box.remove();
      retry?.();
    });
    box.append(text, button);
    toasts.append(box);
  };
  const again = (element) => () => {
    if (!element?.isConnected) return location.reload();
    if (element.matches("form")) return element.requestSubmit();
    return element.dispatchEvent(new Event(element.matches("fieldset, input, select") ? "change" : "click", { bubbles: true }));
  };
  document.addEventListener("htmx:response:error", (event) => {
    const ctx = event.detail.ctx;
    if (ctx.response.status === 429) toast("That was too many requests. Wait a minute, then try again.", again(ctx.sourceElement));
    else if (ctx.response.status >= 500) toast("Something went wrong on our side. What you entered is still here.", again(ctx.sourceElement));
  });
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx) toast("We could not reach the clinic. Check your connection.", again(ctx.sourceElement));
  });

  // ---- data-print on a button prints the page.
  document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && window.print());

  // ---- data-copy="id" on a button copies the words of that element, or at least selects them.
  document.addEventListener("click", async (event) => {
    const source = document.getElementById(event.target.closest?.("[data-copy]")?.dataset.copy);
    if (!source) return;
    getSelection().selectAllChildren(source);
    try {
      await navigator.clipboard.writeText(source.textContent);
      toast("Copied.");
    } catch {
      toast("It is selected now. Press Ctrl and C to copy it.");
    }
  });

  // ---- data-confirm="words" on a submit button asks first.
  const ask = (words, label) =>
    new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "mm-dialog";
      dialog.setAttribute("aria-labelledby", "confirm-words");
      const article = document.createElement("article");
      const text = document.createElement("p");
      text.id = "confirm-words";
      text.textContent = words;
      const actions = document.createElement("div");
      actions.className = "mm-actions";
      for (const [name, value, kind] of [["Go back", "", "mm-secondary"], [label, "yes", "mm-primary"]]) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = `mm-button ${kind}`;
        button.textContent = name;
        button.addEventListener("click", () => dialog.close(value));
        actions.append(button);
      }
      article.append(text, actions);
      dialog.append(article);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });

  // Before anything else hears of the submit (htmx too), so that a question can hold it back.
  document.addEventListener(
    "submit",
    async (event) => {
      const button = event.submitter;
      if (!button?.dataset.confirm || button.dataset.confirmed || typeof HTMLDialogElement === "undefined") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const label = button.firstChild && [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join(" ");
      if (!(await ask(button.dataset.confirm, label || "Yes"))) return button.focus();
      button.dataset.confirmed = "yes";
      button.form.requestSubmit(button);
      delete button.dataset.confirmed;
    },
    true,
  );

  // ---- A second click on a form that is under way does nothing. Forms that htmx sends use hx-disable instead.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-repeatable]")) return;
    if (form.dataset.sending) return event.preventDefault();
    form.dataset.sending = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
    }
  });

  // ---- Menus that drop down close on Escape, on a click elsewhere, and when focus leaves.
  const closeOthers = (inside) => {
    for (const menu of document.querySelectorAll("details[data-closes][open]")) if (!menu.contains(inside)) menu.open = false;
  };
  document.addEventListener("click", (event) => closeOthers(event.target));
  document.addEventListener("focusin", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details[data-closes][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
