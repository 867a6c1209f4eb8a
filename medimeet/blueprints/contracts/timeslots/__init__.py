"""The half-hour-slot front end (document 004): doctors open half hours, patients book them."""

from medimeet.blueprints.contracts.timeslots import appointments, availabilities, registering, timeslots, tokens
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.web.contract import Contract

contract = Contract(
    name="timeslots",
    title="Half-hour slots",
    about="Doctors declare half hours in which patients can book them. Sign in with `/api/api/token_obtain/`. "
    "Days and times are those of the clinic's clock.",
    roots=("/api",),  # those of other contracts below it are longer, and win
    bp=bp,
)

__all__ = ["appointments", "availabilities", "contract", "registering", "timeslots", "tokens"]
