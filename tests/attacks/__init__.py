"""Attacks that others have suffered, tried on the whole application."""
