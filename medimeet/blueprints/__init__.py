"""Every door and where it is mounted."""

from flask import Flask

from medimeet.blueprints import auth


def register_blueprints(app: Flask) -> None:
    """Mounts every blueprint, one line each."""
    app.register_blueprint(auth.bp)
