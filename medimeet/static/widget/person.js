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
    if (!isKept()) forget();
    else remember(await oneByOne(() => withToken((token) => send("POST", `/chatbot/token/login/${token}/`))));
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
  const before = user;
  try {
    return await act(headersOf());
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    if (!(await comeBack()) || user.user_id !== before?.user_id) throw signedOut();
    return act(headersOf());
  }
}

/** Somebody else may have signed in on another page of this browser: nothing of theirs is shown, or done, here. */
function signedOut() {
  forget();
  return new Refused("You have been signed out. Sign in again to go on.", 401);
}

// A second cookie, without a secret, tells that there is one: nobody else is asked about, or finds a 404 in the console.
const isKept = () => document.cookie.split("; ").includes(`chat_signed_in=${clinic.id}`);

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
