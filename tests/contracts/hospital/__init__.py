"""The hospital front end (document 003)."""
