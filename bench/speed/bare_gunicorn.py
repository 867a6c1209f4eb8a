"""The bare side's gunicorn: MediMeet's own settings, read from its own file; it has no conversations to wait for."""

import gc
from pathlib import Path

exec(compile((Path(__file__).parents[2] / "gunicorn.conf.py").read_text(), "gunicorn.conf.py", "exec"))


def post_worker_init(worker):
    """As MediMeet's, but the bare application holds no conversations."""
    gc.collect()
    gc.freeze()
