// One request to the clinic's server, and what went wrong with it in words.

import { callUs } from "./clinic.js";
import { wait } from "./words.js";

/** A request that did not do what was asked. `words` are for the visitor; `status` is 0 where no answer came. */
export class Refused extends Error {
  constructor(words, status = 0, body = {}) {
    super(words);
    this.words = words;
    this.status = status;
    this.body = body;
  }

  /** Whether the same request may succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The answer's JSON. Raises Refused. */
export async function send(method, path, { headers = {}, body } = {}) {
  const sent = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    sent.headers["Content-Type"] = "application/json";
    sent.body = JSON.stringify(body);
  }
  const answer = await fetch(path, sent).catch(() => null);
  if (answer === null) throw new Refused(unreachable());
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(wordsOf(answer, told), answer.status, told);
  return told;
}

/** A key that makes a repeated request count once. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the connection is safe
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unreachable() {
  if (!navigator.onLine) return "You are not connected to the internet. Check your connection, then try again.";
  return "We can’t reach the clinic’s computer at the moment. Check your connection, then try again.";
}

function wordsOf(answer, told) {
  const seconds = Number(answer.headers.get("Retry-After"));
  const then = seconds ? `Wait ${wait(seconds)}, then try again.` : "Wait a little, then try again.";
  if (answer.status === 429) return told.error ?? `That was too many tries. ${then}`;
  if (answer.status === 503) return `The clinic’s computer is busy. Nothing was changed. ${then}`;
  if (answer.status >= 500) return `Something went wrong on our side. You did nothing wrong. ${callUs()}`;
  return told.error ?? told.message ?? told.detail ?? `That did not work. ${callUs()}`;
}
