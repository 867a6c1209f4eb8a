"""A Django site with django-appointment, run in an environment of its own; nothing of MediMeet is imported here."""
