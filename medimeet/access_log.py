"""Gunicorn's log in the form of ours: one line a request, without tokens, queries or anything that people typed."""

import logging
import re
import sys
from typing import Any, ClassVar

from gunicorn.glogging import Logger

from medimeet import logs
from medimeet.config import read_settings
from medimeet.web.request_id import IN_ENVIRONMENT as REQUEST_ID
from medimeet.web.served import served_in

# A signed token, or so many letters at random; ids and files' names are shorter, or have one dot.
_SECRET = re.compile(r"(?<=/)(?:[\w-]+\.[\w-]+\.[\w-]*|[\w-]{40,})(?=/|$)")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Machines ask for these all day.
_UNTOLD = {"/static/<path:filename>", "/healthz", "/readyz", "/metrics"}


def masked(path: str) -> str:
    """The path with an ellipsis for each part that may be a token."""
    return _SECRET.sub("…", path)


class PlainLog(Logger):
    """Gunicorn's log in plain lines. Of an address it can write the masked path (`%(U)s`), no query and no referrer."""

    form: ClassVar[str] = "plain"

    def setup(self, cfg: Any) -> None:
        """Has this process, and the workers that it forks, log in one form; `cfg` says from which level on."""
        super().setup(cfg)
        secrets = logs.secrets_of(read_settings())
        logs.start(self.form, cfg.loglevel, secrets)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(logs.FORMS[self.form](secrets))
                if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
                    handler.setStream(sys.stderr)  # where all other events go

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A warning; of a request that could not be read not what was sent."""
        super().warning(re.sub(r"^(Invalid request from ip=\S*):.*", r"\1", msg, flags=re.DOTALL), *args, **kwargs)

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """What a line of the log may hold."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = masked(environ["PATH_INFO"])
        line = f"{environ['REQUEST_METHOD']} {path} {environ['SERVER_PROTOCOL']}"
        return found | {"U": path, "r": line, "q": "", "f": "-"}


class JsonLog(PlainLog):
    """Gunicorn's log in lines of JSON. A request is told by its route and by who asked, and not by its address."""

    form: ClassVar[str] = "json"

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """A line for one request that was answered; none for what machines ask for, as long as all is well."""
        status, served = int(str(resp.status).split(None, 1)[0]), served_in(environ)
        if not self.access_log_enabled or (served.route in _UNTOLD and status < 400):
            return
        fields = {
            "method": environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "other",
            "route": served.route,
            "status": status,
            "duration_ms": round(request_time.total_seconds() * 1000, 1),
            "account": served.account_id,
            "clinic": served.clinic_id,
            "address": environ.get("REMOTE_ADDR", ""),
        }
        number = environ.get(REQUEST_ID, "")
        self.access_log.info("request", extra={"fields": fields, "request_id": number})
