// The public token that names the clinic: the server gives it to anybody, and asks for it with every request.

import { callUs, clinic } from "./clinic.js";
import { Refused, send } from "./request.js";

let token = null;

/** What `act(token)` answers; a token that has ended is renewed once. Raises Refused. */
export async function withToken(act) {
  token ??= fetchToken();
  const used = token;
  try {
    return await act(await used);
  } catch (problem) {
    if (!hasEnded(problem)) throw problem;
    if (token === used) token = fetchToken();
    return act(await token);
  }
}

async function fetchToken() {
  try {
    return (await send("POST", `/generate-chatbot-token/${clinic.id}/`)).data_token;
  } catch (problem) {
    token = null;
    if (problem.status === 403) throw new Refused(`The clinic has switched this chat off. ${callUs()}`, 403);
    throw problem;
  }
}

// The routes of the token itself name no field of their own, so there every 401 is the token's.
const hasEnded = (problem) =>
  problem.status === 401 && (problem.body.detail || problem.body.error === "Authentication Failed.");
