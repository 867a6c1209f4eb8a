"""How gunicorn serves MediMeet in production: `.venv/bin/gunicorn wsgi:app` reads this file by itself.

Settings are MEDIMEET_... in the environment or in .env, as everywhere. No preloading: a database engine must
not live through a fork.
"""

import gc
import importlib
import os
import shutil
import sys

from medimeet import tally
from medimeet.config import read_settings

_settings = read_settings()
_host = f"[{_settings['HOST']}]" if ":" in _settings["HOST"] else _settings["HOST"]
_cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))

bind = f"{_host}:{_settings['PORT']}"
worker_class = "gthread"
workers = _settings["WORKERS"] or min(len(_cores), 4)
threads = 64  # a thread is held for the life of a socket, so there are many; once pinned they cost nothing
worker_connections = 1000
keepalive = 20
timeout = 60
graceful_timeout = 15
max_requests = 0  # a worker that restarts by count would cut live dictations
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # heartbeats must not wait for a slow disk
control_socket_disable = True  # it stands in the home folder: read-only homes, two instances
_is_json = _settings["LOG_FORMAT"] == "json"
logger_class = f"medimeet.access_log.{'JsonLog' if _is_json else 'PlainLog'}"
loglevel = _settings["LOG_LEVEL"]
accesslog = "-" if _is_json else None  # in plain lines requests are told only where --access-logfile asks for it
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms %({x-request-id}o)s'
forwarded_allow_ips = ""  # X-Forwarded-* is read in one place, by MEDIMEET_TRUSTED_PROXIES


def on_starting(server):
    """Make a place in memory for the workers' figures, so that each of them answers /metrics for all.

    And load the code, though no application: so workers that start anew (SIGHUP) never mix two versions of it, and
    start in a moment. A new version comes with a new master (SIGUSR2, or a restart).
    """
    importlib.import_module("medimeet.app")
    gc.freeze()  # the workers to come share it, and need not walk through it
    server.figures = tally.make_folder(worker_tmp_dir)


def child_exit(server, worker):
    """Forget the conversations that were open in a worker that has ended."""
    tally.forget_level_of(worker.pid, server.figures)


def on_exit(server):
    """Leave nothing behind."""
    shutil.rmtree(server.figures, ignore_errors=True)


def pre_fork(server, worker):
    """Give the coming worker the core that has the fewest, also where it replaces one that died."""
    in_use = [other.core for other in server.WORKERS.values()]
    worker.core = min(_cores, key=in_use.count)
    worker.figures = server.figures


def post_fork(server, worker):
    """Pin the worker: hand-offs of the interpreter lock between cores cost up to four fifths of the throughput.

    And let its threads take turns ten times as often as every 5 ms: one that holds the writer's lock, among fifty that
    render pages, gives it back ten times as soon.
    """
    sys.setswitchinterval(0.0005)
    if _settings["PIN_WORKERS"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {worker.core})


def post_worker_init(worker):
    """Leave what was loaded for good out of garbage collection: walking it doubled the time of a list of 1,000 rows.

    And have open conversations close as soon as the worker stops; it would wait for them till the grace is over.
    """
    gc.collect()
    gc.freeze()
    tally.share(worker.figures)
    worker.wsgi.extensions["places"].stop_when(lambda: not worker.alive)
