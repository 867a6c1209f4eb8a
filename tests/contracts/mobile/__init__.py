"""The phone app, as document 000 prints it."""
