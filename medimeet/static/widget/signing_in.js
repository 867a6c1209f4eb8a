// Signing in and out, and what needs somebody who is signed in.

import { clear, offer, say } from "./conversation.js";
import { element, link } from "./elements.js";
import { askFor } from "./forms.js";
import { greet, START_AGAIN } from "./menu.js";
import { comeBack, person, signIn, signOut } from "./person.js";
import { Refused } from "./request.js";

const NO_EMAIL = "Write your whole e-mail address, like anna@example.com.";

/** The e-mail address that was typed last, so that nobody types it twice. */
export const typed = { email: "" };

/** The field that asks for an e-mail address. */
export const emailField = () => ({
  name: "email",
  label: "E-mail address",
  type: "email",
  value: typed.email,
  autocomplete: "email",
  missing: NO_EMAIL,
});

/** Does `act()` for a signed-in patient, here or on another page meanwhile; others, and whose sign-in has ended, sign in first. */
export async function signedIn(act, words = "Sign in first, so that nobody else sees your appointments.") {
  if (!person() && !(await comeBack())) return askToSignIn(act, words);
  try {
    return await act();
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) return askToSignIn(act, problem.words);
    throw problem;
  }
}

/** Asks for e-mail and password; then goes on with `act()`. */
export function askToSignIn(act = greet, words = "Sign in with the e-mail address and password of your account here.") {
  say(
    words,
    element(
      "p",
      {},
      link("/patient/forgot-password/", "Forgotten your password?"),
      element("br"),
      link("/patient/register/", "New here? Make an account"),
      element("br"),
      link("/login/", "Doctor or staff? Sign in on our pages"),
    ),
  );
  askFor({
    given: [
      emailField(),
      {
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "current-password",
        missing: "Write your password.",
      },
    ],
    submit: "Sign in",
    said: ({ email }) => `Sign in as ${email}`,
    act: ({ email, password }) => enter(email.trim(), password, act),
    choices: [{ label: "Go back", act: act === greet ? greet : goBack }],
  });
}

async function enter(email, password, act) {
  typed.email = email;
  try {
    await signIn(email, password);
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) return leadToPages();
    if (!(problem instanceof Refused) || problem.status !== 400) throw problem;
    return askToSignIn(
      act,
      "This e-mail address and password do not belong together, or the address is not verified yet: we sent a mail with a link. Check both and try again.",
    );
  }
  return act();
}

/** The password was right, and a second factor asks for more than this chat has a field for. */
function leadToPages() {
  say(
    "Your account also asks for the code of your authenticator app, and this chat has no field for it. Sign in on our pages: you book, move and cancel your visits there, too.",
    element("p", {}, link("/login/", "Sign in on our pages")),
  );
  offer([START_AGAIN]);
}

/** Signs out, and says so. */
export async function leave() {
  if (person()) {
    await signOut();
    typed.email = "";
    clear();
    say("You are signed out, and what was said here is gone from the screen.");
  } else {
    say("You are not signed in.");
  }
  offer([{ label: "Sign in", intent: { name: "signIn" } }, START_AGAIN]);
}

function goBack() {
  say("All right. Nothing was changed.");
  offer([{ ...START_AGAIN, kind: "primary" }]);
}
