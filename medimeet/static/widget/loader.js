// MediMeet's chat on a clinic's own site: a button, and a frame that is made when the button is first pressed.
(() => {
  "use strict";
  const tag = document.currentScript;
  if (window.MediMeet || !tag) return;
  const { clinic = "", color = "", label = "Chat with us" } = tag.dataset;
  if (!/^\d{1,15}$/.test(clinic)) return console.error("MediMeet: write your clinic's number into data-clinic.");
  const page = new URL(`widget/${clinic}/`, tag.src);
  const ground = /^#[0-9a-f]{6}$/i.test(color) ? color : "#0e5a63";
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(ground.slice(at, at + 2), 16) / 255)
    .map((part) => (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92));
  const ink = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff"; // whichever stands out more

  // A site's strict policy forbids style elements and attributes, but not this.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{all:initial!important}
button,iframe{position:fixed;z-index:2147483000;right:calc(20px + env(safe-area-inset-right));box-shadow:0 4px 24px #0004}
button{z-index:2147483001;bottom:calc(20px + env(safe-area-inset-bottom));display:flex;align-items:center;gap:10px;min-width:56px;min-height:56px;padding:0 18px 0 14px;border:2px solid #fff;border-radius:28px;background:${ground};color:${ink};font:600 17px system-ui,sans-serif;cursor:pointer}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #111}
iframe{bottom:calc(90px + env(safe-area-inset-bottom));width:410px;height:min(720px,calc(100dvh - 110px));border:0;border-radius:16px;background:Canvas}
svg{width:24px;fill:none;stroke:currentColor;stroke-width:2}
[aria-expanded=true]{font-size:0;padding:0 14px}
[hidden],[aria-expanded=false] .x,[aria-expanded=true] .talk{display:none}
@media(max-width:479px),(max-height:479px){iframe{inset:0;width:100%;height:100%;border-radius:0}button:has(~.ready:not([hidden])){display:none}}
@media(prefers-reduced-motion:no-preference){iframe{animation:rise .2s}@keyframes rise{from{opacity:0;transform:translateY(12px)}}}
@media print{button,iframe{display:none}}`);

  const icon = (kind, shape) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    for (const [name, value] of [
      ["viewBox", "0 0 24 24"],
      ["class", kind],
      ["aria-hidden", true],
    ])
      svg.setAttribute(name, value);
    path.setAttribute("d", shape);
    svg.append(path);
    return svg;
  };
  const host = document.createElement("medimeet-chat");
  const root = host.attachShadow({ mode: "closed" });
  root.adoptedStyleSheets = [sheet];
  const panel = document.createElement("div");
  panel.id = "chat";
  const button = document.createElement("button");
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-controls", panel.id);
  button.append(
    icon("talk", "M22 17a2 2 0 0 1-2 2H7l-5 3V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z"),
    label,
    icon("x", "M18 6 6 18M6 6l12 12"),
  );
  root.append(button, panel);

  let frame;
  const show = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", open);
  };
  const tell = (word) => frame.contentWindow.postMessage({ medimeet: word }, page.origin);
  const enter = () => {
    frame.focus();
    tell("opened");
  };
  const open = () => {
    if (!panel.hidden) return;
    show(true);
    if (panel.className) return enter();
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = label;
    frame.allow = "";
    frame.src = page.href;
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
  on(window, "message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== page.origin) return;
    if (data.medimeet === "close") close();
    if (data.medimeet !== "ready") return;
    frame.title = `Chat with ${data.name}`;
    panel.className = "ready";
    if (!panel.hidden) enter();
  });
  const place = () => document.body.append(host);
  document.body ? place() : on(document, "DOMContentLoaded", place);
  window.MediMeet = (command) => ({ __proto__: null, open, close, shutdown })[command]?.();
})();
