"""Every door and where it is mounted."""

from flask import Flask

from medimeet.blueprints import auth, machines, outbox, patient_booking, setup


def register_blueprints(app: Flask) -> None:
    """Mounts every blueprint, one line each."""
    app.register_blueprint(auth.bp)
    app.register_blueprint(machines.bp)
    app.register_blueprint(outbox.bp)
    app.register_blueprint(patient_booking.bp)
    app.register_blueprint(setup.bp)
