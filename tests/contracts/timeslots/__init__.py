"""The half-hour-slot front end (document 004)."""
