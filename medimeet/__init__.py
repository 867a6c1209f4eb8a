"""MediMeet: the portal that a small clinic runs on its own machine."""

import gc

# What loading makes stays for good. Looking through all of it again and again, for what could be thrown away, was a
# quarter of the time of each start. `create_app` turns back to Python's usual pace once everything is there.
usual_pace = gc.get_threshold()
gc.set_threshold(1_000_000, *usual_pace[1:])
