"""The chatbot (document 001): what a clinic's chat on any site needs to list, sign in and book."""

from medimeet.blueprints.contracts.chatbot import appointments, booking, cors, sign_in, slots, tokens, treatments
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import ChatbotError, error_body
from medimeet.blueprints.contracts.chatbot.keys import HEADER
from medimeet.web.contract import Contract

contract = Contract(
    name="chatbot",
    title="Chatbot",
    about="A chat on the clinic's own site lists treatments, doctors and free times, signs patients in and books. Its "
    "token, from `/generate-chatbot-token/`, is public and names the clinic: send it as `Authorization: Bearer …`. "
    "What a patient may do needs the patient's own key: `X-Api-Key`, from `/chatbot/login/`.",
    roots=(
        "/chatbot",
        "/generate-chatbot-token",
        "/verify-token",
        "/*/treatments",
        "/*/appointments",
    ),
    bp=bp,
    error_body=error_body,
    error_schema=ChatbotError,
    token_header=HEADER,
    schemes=(),
)

__all__ = ["appointments", "booking", "contract", "cors", "sign_in", "slots", "tokens", "treatments"]
