"""The booking front end (document 002)."""
