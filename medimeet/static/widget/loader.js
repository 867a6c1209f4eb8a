// MediMeet's chat on a clinic's own site: a button, and a frame made when it is first pressed.
(() => {
  "use strict";
  if (window.MediMeet) return window.MediMeet("place");
  const tag = document.currentScript ?? document.querySelector("script[data-clinic]");
  const { clinic = "", color = "", label = "Chat with us" } = tag?.dataset ?? {};
  if (!/^\d{1,15}$/.test(clinic)) return console.error("MediMeet: write your clinic's number into data-clinic.");
  const page = new URL(`widget/${clinic}/`, tag.src);
  const ground = /^#[0-9a-f]{6}$/i.test(color) ? color : "#0e5a63";
  const light = [0.2126, 0.7152, 0.0722].map((part, at) => part * (`0x${ground.slice(2 * at + 1, 2 * at + 3)}` / 255) ** 2.2);
  const ink = light[0] + light[1] + light[2] > 0.179 ? "#000" : "#fff"; // whichever stands out more

  // A site's strict policy forbids style elements and attributes, but not this.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{all:initial!important}
button,iframe{position:fixed;z-index:2147483000;right:calc(20px + env(safe-area-inset-right));box-shadow:0 4px 24px #0004}
button{z-index:2147483001;bottom:calc(20px + env(safe-area-inset-bottom));display:flex;align-items:center;gap:10px;min-width:56px;min-height:56px;padding:0 18px 0 14px;border:2px solid #fff;border-radius:28px;background:${ground};color:${ink};font:600 17px system-ui,sans-serif;cursor:pointer}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #111}
iframe{bottom:calc(90px + env(safe-area-inset-bottom));width:410px;height:min(720px,calc(100dvh - 110px));outline:1px solid #0000;border:0;border-radius:16px;background:Canvas}
svg{flex:none;width:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
[aria-expanded=true]{justify-content:center;gap:0;padding:0;font-size:0}
[hidden]{display:none}
@media(max-width:479px),(max-height:479px){iframe{inset:0;width:100%;height:100%;border-radius:0}button:has(~.ready:not([hidden])){display:none}}
@media print{button,iframe{display:none}}`);

  const element = (name, attributes, ...content) => {
    const kind = /svg|path/.test(name) ? "2000/svg" : "1999/xhtml";
    const made = document.createElementNS(`http://www.w3.org/${kind}`, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...content);
    return made;
  };
  const host = element("medimeet-chat");
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [sheet];
  const panel = element("div", { id: "chat" });
  const shape = element("path");
  const icon = element("svg", { viewBox: "0 0 24 24", "aria-hidden": true }, shape);
  const button = element("button", { "aria-label": label, "aria-controls": "chat" }, icon, label);
  root.append(button, panel);

  let frame;
  const show = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", open);
    shape.setAttribute("d", open ? "M18 6 6 18M6 6l12 12" : "M3 4h18v13H8l-5 4z");
  };
  const tell = (word) => frame.contentWindow.postMessage({ medimeet: word }, page.origin);
  const enter = () => {
    frame.focus();
    tell("opened");
  };
  const place = () => {
    if (host.isConnected) return;
    panel.className = ""; // taken off the page, a frame begins afresh
    document.documentElement.append(host); // a body may move
  };
  const open = () => {
    if (!panel.hidden) return;
    place();
    show(true);
    if (panel.className) return enter();
    if (frame) return;
    frame = element("iframe", { title: label, allow: "", src: page.href });
    frame.addEventListener("load", () => tell("hello"));
    panel.append(frame);
  };
  const close = () => {
    if (panel.hidden) return;
    const hadFocus = [host, document.body].includes(document.activeElement);
    show(false);
    if (hadFocus) button.focus();
  };
  const listeners = new AbortController();
  const on = (target, name, listener) => target.addEventListener(name, listener, listeners);
  const shutdown = () => {
    listeners.abort();
    host.remove();
    delete window.MediMeet;
  };
  show(false);
  on(button, "click", () => (panel.hidden ? open() : close()));
  on(document, "keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  // Where the chat covers the page, Tab goes round in it.
  const covers = () => !panel.hidden && getComputedStyle(button).display === "none";
  on(document, "focusin", ({ target }) => target !== host && covers() && enter());
  on(window, "message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== page.origin) return;
    if (data.medimeet === "close") close();
    if (data.medimeet !== "ready") return;
    frame.title = `Chat with ${data.name}`;
    panel.className = "ready";
    if (!panel.hidden) enter();
  });
  document.body ? place() : on(document, "DOMContentLoaded", place);
  window.MediMeet = (command) => ({ __proto__: null, open, close, place, shutdown })[command]?.();
})();
