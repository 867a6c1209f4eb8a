"""The outbox: mails and text messages as they were written, and whether they were sent."""

from medimeet.blueprints.outbox import messages
from medimeet.blueprints.outbox.blueprint import bp

__all__ = ["bp", "messages"]
