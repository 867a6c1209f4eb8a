"""Starting the web server: the address, the data folder, gunicorn in this very process, and the one poller.

Gunicorn's settings are those of gunicorn.conf.py; each worker makes its own application, because a database engine must
not live through a fork.
"""

import errno
import fcntl
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flask import Flask
from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from medimeet import logs, poller
from medimeet.access_log import PlainLog
from medimeet.app import create_app
from medimeet.blueprints.transcription.places import Places, places_of
from medimeet.config import ROOT, inherited_listener
from medimeet.errors import InstallationFault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BACKLOG = 2048
LARGEST_PORT = 65535
SECONDS_BETWEEN_LOOKS = 2
SECONDS_FOR_LAST_MESSAGE = 2
SECONDS_FOR_FAREWELLS = 1
EVERY_ADDRESS = {"0.0.0.0", "::", ""}


def prepare_data_folder(folder: Path) -> None:
    """Makes the data folder where there is none. Raises InstallationFault where it can't be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InstallationFault(
            f"The data folder {folder} can't be written to ({error.strerror}). Allow this user to write there, "
            "or choose another folder with MEDIMEET_DATA_DIR=..."
        ) from None


@contextmanager
def in_use(folder: Path, alone: bool = False) -> Iterator[None]:
    """Marks the data folder as used by a server; `alone`: by nobody else. Raises InstallationFault."""
    with open(folder / "in-use", "ab") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InstallationFault(
                f"MediMeet is running on {folder}. Stop it first (Ctrl+C), then try again."
            ) from None
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on that very port (0: any free one), or the one that we were given at the start.

    Raises InstallationFault.
    """
    given = inherited_listener()
    if given is not None:
        return socket.socket(fileno=given)
    if port > LARGEST_PORT:
        raise InstallationFault(f"There is no port {port}. Choose one up to {LARGEST_PORT} with PORT=8000.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as on_failure:
            listener = on_failure.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
            on_failure.pop_all()
    except OSError as error:
        raise InstallationFault(_words_on_address(host, port, error)) from None
    return listener


def listen_if_free(host: str, port: int) -> socket.socket:
    """A socket that listens on that port, or on any free one where that can't be had. Raises InstallationFault."""
    try:
        return listen(host, port)
    except InstallationFault:
        return listen(host, 0)


def url_of(listener: socket.socket) -> str:
    """How a browser on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    if host in EVERY_ADDRESS:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    settings: Mapping[str, Any],
    listener: socket.socket,
    neighbours: "Mapping[socket.socket, WSGIApplication]",
    announce: Callable[[], None],
    polls: bool,
    quiet: bool,
) -> None:
    """Serves until the process is told to stop; calls `announce` once, when the first worker is ready.

    `neighbours` are other sites, each on a socket of its own. `polls`: also send waiting messages, in one of the
    workers. Never returns: ends the process.
    """
    Server(settings, listener, neighbours, announce, polls, quiet).run()


class SiteOfPort:
    """Gives a request to the site whose port it came in by; what came in by no neighbour's is for the main site."""

    def __init__(self, main: "WSGIApplication", neighbours: "Mapping[str, WSGIApplication]") -> None:
        self.main = main
        self.neighbours = neighbours

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self.neighbours.get(environ["SERVER_PORT"], self.main)(environ, start_response)


class Server(Application):
    """Gunicorn, told what to serve by us instead of by its command line."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        listener: socket.socket,
        neighbours: "Mapping[socket.socket, WSGIApplication]",
        announce: Callable[[], None],
        polls: bool,
        quiet: bool,
    ) -> None:
        self.settings = settings
        self.neighbours = {str(other.getsockname()[1]): site for other, site in neighbours.items()}
        # Once: the settings are read again at a reload, and the sockets are the same.
        self.bind = [_bind_of(each) for each in (listener, *neighbours)]
        self.announce = announce
        self.polls = polls
        self.quiet = quiet
        self.stop = threading.Event()
        self.poller: threading.Thread | None = None
        self.places: Places | None = None
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings: the file's, and above them our socket and hooks."""
        self.load_config_from_file(str(ROOT / "gunicorn.conf.py"))
        self.worker_is_set_up = self.cfg.post_worker_init
        changes = {
            "bind": self.bind,
            "workers": self.settings["WORKERS"] or self.cfg.workers,
            "post_worker_init": self.worker_is_ready,
            "worker_int": self.worker_stops_at_once,
            "worker_exit": self.worker_has_stopped,
            "proc_name": "medimeet",
        }
        if self.quiet:
            changes |= {"loglevel": "warning", "accesslog": None, "logger_class": PlainLog}
        for name, value in changes.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one worker."""
        app = create_app(self.settings)
        app.wsgi_app = SiteOfPort(app.wsgi_app, self.neighbours)  # type: ignore[method-assign]
        return app

    def worker_is_ready(self, worker: Worker) -> None:
        """Starts the poller beside the worker, and says once that pages are served."""
        self.worker_is_set_up(worker)
        self.places = places_of(worker.wsgi)
        self.stop = threading.Event()  # this worker's own: the one it was forked with may be set already
        if self.polls:
            self.poller = threading.Thread(target=poll_if_first, args=(worker.wsgi, self.stop), daemon=True)
            self.poller.start()
        if worker.age == 1:
            self.announce()

    def worker_stops_at_once(self, _worker: Worker) -> None:
        """Ctrl+C: ends the worker without waiting for open connections, but for the message that is being sent.

        Open conversations are told; a worker that is still starting has none.
        """
        for number in (signal.SIGINT, signal.SIGQUIT):
            # The terminal and gunicorn's master both send one. Not SIG_IGN: Python complains of one that came before.
            signal.signal(number, lambda *_: None)
        if self.places is not None:
            self.places.end_all(SECONDS_FOR_FAREWELLS)
        self._stop_polling()
        os._exit(0)

    def worker_has_stopped(self, _arbiter: Arbiter, _worker: Worker) -> None:
        """SIGTERM: the requests are finished; finishes the message that is being sent."""
        self._stop_polling()

    def _stop_polling(self) -> None:
        self.stop.set()
        if self.poller is not None:
            self.poller.join(SECONDS_FOR_LAST_MESSAGE)


def poll_if_first(app: Flask, stop: threading.Event) -> None:
    """Sends waiting messages until `stop`, while no other worker or process on this data folder does so.

    Where the one that does so dies, another takes over within seconds.
    """
    with open(Path(app.config["DATA_DIR"], "poller-lock"), "ab") as file:
        while not _is_ours(file):
            if stop.wait(SECONDS_BETWEEN_LOOKS):
                return
        poller.run(app, stop)


def work(app: Flask, announce: Callable[[], None]) -> None:
    """Sends waiting messages in the foreground until SIGTERM or Ctrl+C; calls `announce` once it can be stopped so."""
    logs.start(app.config["LOG_FORMAT"], app.config["LOG_LEVEL"], logs.secrets_of(app.config))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    announce()
    poller.run(app, stop)


def _bind_of(listener: socket.socket) -> str:
    """How gunicorn is told of a socket; one that we were given it finds by itself, and takes no address then."""
    inherited, number = inherited_listener(), listener.detach()
    return f"fd://{number}" if number != inherited else "127.0.0.1:0"


def _is_ours(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _words_on_address(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 2 if port + 2 < LARGEST_PORT else 8000  # a demo takes two in a row
        return f"Port {port} is taken by another program. Stop that one, or choose another port with PORT={other}."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not serve on port {port}. Choose one above 1023 with PORT=8000."
    return f"{host} is no address of this machine. Choose one with HOST=127.0.0.1."
