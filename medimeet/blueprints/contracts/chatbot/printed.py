"""The refusals that the document prints, word for word: each makes the one to raise."""

from functools import partial

from medimeet.web.refusals import Printed

UNKNOWN_CLINIC = partial(Printed, 404, "detail", "Clinic matching query does not exist.")
INVALID_TENANT = partial(Printed, 404, "error", "Invalid tenant ID.")
CLINIC_NOT_FOUND = partial(Printed, 404, "error", "Clinic not found")
BAD_CHATBOT_TOKEN = partial(Printed, 401, "detail", "Invalid or missing chatbot token.")

INVALID_CREDENTIALS = partial(Printed, 400, "error", "Invalid credentials or please verify your email.")
AUTHENTICATION_FAILED = partial(Printed, 401, "error", "Authentication Failed.")
LOGIN_REQUIRED = partial(Printed, 404, "message", "login required")

NO_DOCTORS = partial(Printed, 404, "error", "No doctors available for this treatment.")
PATIENT_NOT_FOUND = partial(Printed, 404, "error", "Patient not found.")
DOCTOR_NOT_FOUND = partial(Printed, 404, "error", "Doctor not found.")
TREATMENT_NOT_FOUND = partial(Printed, 404, "error", "Treatment not found.")
SLOT_NOT_FOUND = partial(Printed, 404, "error", "Slot not found.")
PAST_DATES_NOT_ALLOWED = partial(Printed, 400, "message", "Past dates are not allowed.")
CANNOT_BOOK_PAST_DATES = partial(Printed, 400, "error", "Cannot book past dates.")
SLOT_UNAVAILABLE_ON_DATE = partial(Printed, 400, "error", "Slot is unavailable on this date.")
SLOT_ALREADY_BOOKED = partial(Printed, 400, "error", "Slot is already booked.")

# Of fields, which schemas refuse.
MISSING_CREDENTIALS = "Email, password, and tenant ID are required."
MISSING_DOCTOR = "Missing required parameter: doctor_id."
MISSING_PARAMETERS = "Missing required parameters."
INVALID_DATE = "Invalid date format. Use YYYY-MM-DD."

# Of faults of ours.
BROKEN_SIGN_IN = "Something went wrong. Please try again later."
BROKEN_DOCTORS = "An error occurred while fetching doctors."
BROKEN = "An unexpected error occurred. Please try again later."

# The document has no words for these.
SWITCHED_OFF = partial(Printed, 403, "detail", "The chat of this clinic is switched off. Call the clinic instead.")
UNLISTED_SITE = partial(
    Printed,
    403,
    "detail",
    "This clinic's chat may not be used from this site. The clinic's admin can add the site to the list.",
)
