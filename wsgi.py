"""What a WSGI server serves: `gunicorn wsgi:app`; `flask` finds it by itself."""

from medimeet.app import create_app

app = create_app()
