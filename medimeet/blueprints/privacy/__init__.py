"""People's rights over what is kept about them: who saw it, taking it along, having it erased; and emergencies."""

from medimeet.blueprints.privacy import emergencies, erased_people, erasing, my_data, taking_along, who_saw
from medimeet.blueprints.privacy.blueprint import bp

__all__ = ["bp", "emergencies", "erased_people", "erasing", "my_data", "taking_along", "who_saw"]
