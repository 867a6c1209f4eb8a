// The page around the frame. It is spoken to only after it has said hello from a site that the clinic lists.

import { clinic } from "./clinic.js";

let host = null;

/** Listens for the page around; `onOpen` is called each time that it shows the frame. */
export function listen({ onOpen }) {
  if (window.parent === window) return;
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !isWelcome(origin)) return;
    if (data?.medimeet === "hello") greet(origin);
    if (data?.medimeet === "opened" && hasHost()) onOpen();
  });
}

/** Whether a page around has said hello, so that it can be asked to close the frame. */
export const hasHost = () => host !== null;

/** Asks the page around to close the frame. */
export const close = () => hasHost() && tell({ medimeet: "close" });

function greet(origin) {
  host = origin;
  tell({ medimeet: "ready", name: clinic.name });
}

const tell = (message) => window.parent.postMessage(message, host);

function isWelcome(origin) {
  if (host !== null) return origin === host;
  if (origin === "null") return false; // a page without an address can't be answered without telling everybody
  return clinic.origins.length === 0 || origin === window.location.origin || clinic.origins.includes(origin);
}
