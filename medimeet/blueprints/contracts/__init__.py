"""The published JSON interfaces, one folder each. What two of them share is composed here."""

from flask import Flask

from medimeet.blueprints.contracts import booking, chatbot, doctors_list, hospital, mobile, timeslots, voice
from medimeet.web.json_blueprint import mount


def register_contracts(app: Flask) -> None:
    """Serves every contract at its published addresses, one line each."""
    mount(app, booking.contract)
    mount(app, chatbot.contract)
    hospital_api = mount(app, hospital.contract)
    mobile_api = mount(app, mobile.contract)
    mount(app, timeslots.contract)
    mount(app, voice.contract)
    doctors_list.serve(app, mobile_api, hospital_api)
