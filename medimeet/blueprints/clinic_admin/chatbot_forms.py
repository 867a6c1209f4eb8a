"""The form of the clinic's chatbot."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField

from medimeet.models import Clinic


class SitesForm(FlaskForm):
    """The sites that may show the chat, one origin a line."""

    origins = TextAreaField("Sites that may show the chat")

    def lines(self) -> list[str]:
        """What was typed, line by line."""
        return (self.origins.data or "").splitlines()


def sites_form_of(clinic: Clinic) -> SitesForm:
    """The form as it was sent, else with the sites that the clinic lists."""
    return SitesForm(data={"origins": "\n".join(clinic.chatbot_origins)})
