"""The gunicorn of the comparison applications: MediMeet's own settings, from its own file; no conversations."""

import gc
from pathlib import Path

exec(compile((Path(__file__).parents[2] / "gunicorn.conf.py").read_text(), "gunicorn.conf.py", "exec"))


def post_worker_init(worker):
    """As MediMeet's, but there are no conversations to wait for."""
    gc.collect()
    gc.freeze()
