"""MediMeet's own work by raw SQL, on its own schema: no models, no services, what comes in is checked by hand."""
