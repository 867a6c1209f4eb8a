"""People's rights over what is kept about them: who saw it, taking it along, having it erased; and emergencies."""

from medimeet.blueprints.privacy import my_data, who_saw
from medimeet.blueprints.privacy.blueprint import bp

__all__ = ["bp", "my_data", "who_saw"]
