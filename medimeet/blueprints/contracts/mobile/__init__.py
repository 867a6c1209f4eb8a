"""The phone app (document 000): people sign in by a code that comes by SMS, find a doctor, book and cancel."""

from medimeet.blueprints.contracts.mobile import appointments, codes, registration, slots
from medimeet.blueprints.contracts.mobile.blueprint import bp
from medimeet.blueprints.contracts.mobile.envelope import ErrorEnvelope, error_body
from medimeet.web.contract import Contract

contract = Contract(
    name="mobile",
    title="Phone app",
    about="People sign in by a code that comes by SMS (`/send-otp/`, `/verify-otp/`), find a doctor, book and cancel.",
    roots=("/send-otp", "/verify-otp", "/register-user", "/clinic-management"),
    bp=bp,
    error_body=error_body,
    error_schema=ErrorEnvelope,
)

__all__ = ["appointments", "codes", "contract", "registration", "slots"]
