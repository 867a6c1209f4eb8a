"""Every door and where it is mounted."""

from flask import Flask

from medimeet.blueprints import (
    api_docs,
    assistant,
    auth,
    back_office,
    clinic_admin,
    doctor_schedule,
    machines,
    outbox,
    patient_booking,
    privacy,
    setup,
    subscription,
    transcription,
    treatments,
    widget,
)
from medimeet.blueprints.contracts import register_contracts


def register_blueprints(app: Flask) -> None:
    """Mounts every blueprint, one line each."""
    app.register_blueprint(api_docs.bp)
    app.register_blueprint(assistant.bp)
    app.register_blueprint(auth.bp)
    back_office.register(app)
    app.register_blueprint(clinic_admin.bp)
    app.register_blueprint(doctor_schedule.bp)
    app.register_blueprint(machines.bp)
    app.register_blueprint(outbox.bp)
    app.register_blueprint(patient_booking.bp)
    app.register_blueprint(privacy.bp)
    app.register_blueprint(setup.bp)
    app.register_blueprint(subscription.bp)
    app.register_blueprint(transcription.bp)
    app.register_blueprint(treatments.bp)
    app.register_blueprint(widget.bp)
    register_contracts(app)
