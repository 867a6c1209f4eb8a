// Who is signed in. The key lives in this module alone; the cookie that renews it can't be read by any script.

import { clinic } from "./clinic.js";
import { Refused, send } from "./request.js";
import { withToken } from "./tokens.js";

let key = null;
let user = null;

/** The signed-in patient `{name, email, …}`, or null. */
export const person = () => user;

/** Signs a patient in; the answer tells their next visit, too. Raises Refused. */
export async function signIn(email, password) {
  const told = await oneByOne(() =>
    withToken((token) => send("POST", `/chatbot/login/${clinic.id}/${token}/`, { body: { email, password } })),
  );
  return remember(told);
}

/** Brings back the sign-in that this browser's cookie keeps; whether there was one. Raises Refused. */
export async function comeBack() {
  try {
    remember(await oneByOne(() => withToken((token) => send("POST", `/chatbot/token/login/${token}/`))));
  } catch (problem) {
    if (problem.status !== 404 && problem.status !== 401) throw problem;
    forget();
  }
  return user !== null;
}

/** Signs out, here and on the server. Raises Refused. */
export async function signOut() {
  const headers = { "X-Api-Key": key };
  try {
    await oneByOne(() => withToken((token) => send("POST", `/chatbot/token/logout/${token}/`, { headers })));
  } catch (problem) {
    if (problem.status !== 404 && problem.status !== 401) throw problem; // signed out already
  }
  forget();
}

/** What `act(headers)` answers for the signed-in patient; an old key is renewed once. Raises Refused (401: signed out). */
export async function asPerson(act) {
  try {
    return await act(headersOf());
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    if (!(await comeBack())) throw new Refused("You have been signed out. Sign in again to go on.", 401);
    return act(headersOf());
  }
}

const headersOf = () => ({ "X-Api-Key": key });

function remember(told) {
  key = told.api_key;
  user = told.user_data;
  return told;
}

function forget() {
  key = user = null;
}

// Renewing hands out a new cookie and ends the old one, so two pages of one browser must not do it at once.
async function oneByOne(act) {
  const leave = await enter();
  try {
    return await act();
  } finally {
    leave();
  }
}

/** Waits for one's turn; what is called at its end. Browsers that let frames keep nothing refuse them locks, too. */
const enter = () =>
  new Promise((begin) => {
    const hold = () => new Promise(begin);
    (navigator.locks?.request("medimeet-sign-in", hold) ?? hold()).catch(hold);
  });
