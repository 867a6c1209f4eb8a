"""The assistant by voice (document 001, "Transcription"): what is asked before the socket opens, and one's own log."""

from medimeet.blueprints.contracts.voice import conversation, user_prompt
from medimeet.blueprints.contracts.voice.blueprint import bp
from medimeet.web.contract import Contract

contract = Contract(
    name="voice",
    title="Assistant by voice",
    about="Talk or type to the assistant: write the prompt file here, then open the WebSocket `/ws/transcription/`. "
    "Pages of this site come with their session, programs with a token.",
    roots=("/transcription/user-prompt", "/transcription/conversation", "/ws/transcription"),
    bp=bp,
    takes_session=True,
)

__all__ = ["contract", "conversation", "user_prompt"]
