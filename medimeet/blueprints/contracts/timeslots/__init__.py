"""The half-hour-slot front end (document 004): doctors open half hours, patients book them."""

from medimeet.blueprints.contracts.timeslots import appointments, availabilities, registering, timeslots, tokens
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.web.contract import Contract

contract = Contract(
    name="timeslots",
    title="Half-hour slots",
    about="Doctors declare half hours in which patients can book them. Sign in with `/api/api/token_obtain/`.",
    roots=(
        "/api/api",
        "/api/register_doctor",
        "/api/register_patient",
        "/api/timeslots",
        "/api/availabilities",
        "/api/appointments",
    ),
    bp=bp,
)

__all__ = ["appointments", "availabilities", "contract", "registering", "timeslots", "tokens"]
