"""MediMeet: the portal that a small clinic runs on its own machine."""
