"""The pure rules of the clinic: no clock, no database, nothing but the standard library."""
