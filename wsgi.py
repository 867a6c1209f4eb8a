"""What a WSGI server serves: `gunicorn wsgi:app`; `flask` finds it by itself."""

from threading import Thread

import click

from medimeet.app import create_app
from medimeet.services import secret_key


def _note_key() -> None:
    with app.app_context():
        secret_key.note()


app = create_app()
if click.get_current_context(silent=True) is None:  # `flask` is at work otherwise, and serves nobody
    # Beside: whoever takes the place of a worker that was killed must not wait for a database that others write to.
    Thread(target=_note_key, name="secret-key", daemon=True).start()
