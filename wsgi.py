"""What a WSGI server serves: `gunicorn wsgi:app`; `flask` finds it by itself."""

import click

from medimeet.app import create_app
from medimeet.services import secret_key

app = create_app()
if click.get_current_context(silent=True) is None:  # `flask` is at work otherwise, and serves nobody
    with app.app_context():
        secret_key.note()
