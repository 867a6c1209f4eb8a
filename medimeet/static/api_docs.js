// Tries operations of a JSON interface from its documentation. The token lives in the page's field and nowhere else.
(() => {
  "use strict";
  const token = document.getElementById("token");
  const state = document.getElementById("token-state");

  const use = (value, words) => {
    token.value = value;
    state.textContent = words;
  };

  const account = document.getElementById("use-account");
  account?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(account.action, { method: "POST", body: new FormData(account), headers: { Accept: "application/json" } });
      const password = account.elements.password;
      if (password) password.value = "";
      if (answer.status === 400 && answer.headers.get("Content-Type") === "application/json") {
        state.textContent = (await answer.json()).detail;
        password?.focus();
        return;
      }
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      use((await answer.json()).access, `The calls of this page are made as ${account.dataset.name}.`);
    } catch {
      state.textContent = "That did not work. Reload the page, sign in again if it asks you to, and try once more.";
    }
  });

  // ---- What is sent: path, query, headers and body, as the form's fields say.
  const addressOf = (form) => {
    const query = new URLSearchParams();
    let path = form.dataset.path;
    for (const { name, value, dataset } of form.querySelectorAll("[data-in]")) {
      if (dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      if (dataset.in === "query" && value) query.append(name, value);
    }
    return query.size ? `${path}?${query}` : path;
  };
  const headersOf = (form) => {
    const headers = { Accept: "application/json" };
    if (token.value.trim()) headers.Authorization = `Bearer ${token.value.trim()}`;
    for (const { name, value } of form.querySelectorAll('[data-in="header"]')) if (value) headers[name] = value;
    return headers;
  };
  const multipartOf = (text, files) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(JSON.parse(text || "{}"))) body.append(name, typeof value === "object" && value ? JSON.stringify(value) : (value ?? ""));
    for (const input of files) body.set(input.dataset.file, input.files[0]);
    return body;
  };
  const requestOf = (form) => {
    // Cookies go along for the chatbot's refresh_token; a session means nothing to any interface.
    const request = { method: form.dataset.method, headers: headersOf(form), credentials: "same-origin" };
    const written = form.querySelector("[data-body]");
    const files = [...form.querySelectorAll("[data-file]")].filter((input) => input.files.length);
    if (files.length) request.body = multipartOf(written.value, files);
    else if (written?.value.trim()) {
      request.body = written.value;
      request.headers["Content-Type"] = "application/json";
    }
    return request;
  };

  // ---- What comes back, and whether it brings a token.
  const part = (name, text) => {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  };
  const tokenIn = (read) => read?.access ?? read?.token ?? read?.data_token ?? read?.data?.token;
  const show = (place, status, text) => {
    let read;
    try {
      read = JSON.parse(text);
    } catch {
      read = undefined;
    }
    const body = document.createElement("pre");
    body.append(part("code", read === undefined ? text || "No body." : JSON.stringify(read, null, 2)));
    place.replaceChildren(part("p", status), body);
    if (typeof tokenIn(read) !== "string") return;
    const button = part("button", "Use this token");
    button.type = "button";
    button.className = "mm-button mm-secondary";
    button.addEventListener("click", () => {
      use(tokenIn(read), "The calls of this page are made with the token of that answer.");
      button.replaceWith(part("p", "The calls of this page use it now."));
    });
    place.append(button);
  };

  for (const form of document.querySelectorAll(".api-call")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const place = form.querySelector(".api-answer");
      try {
        const answer = await fetch(addressOf(form), requestOf(form));
        show(place, `${answer.status} ${answer.statusText}`, await answer.text());
      } catch (error) {
        const words = error instanceof SyntaxError ? "The body is not sound JSON. Check its commas, quotes and brackets." : "The clinic could not be reached. Check your connection.";
        place.replaceChildren(part("p", words));
      }
    });
  }

  // ---- A link to one operation opens it.
  const openLinked = () => {
    const linked = document.getElementById(location.hash.slice(1));
    if (linked?.matches("details")) linked.open = true;
  };
  window.addEventListener("hashchange", openLinked);
  openLinked();
})();
