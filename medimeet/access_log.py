"""The access log without secrets: tokens in addresses (reset links, the chatbot's routes) are not written down."""

import re
from typing import Any

from gunicorn.glogging import Logger

# A signed token, or so many letters at random; ids and files' names are shorter, or have one dot.
_SECRET = re.compile(r"(?<=/)(?:[\w-]+\.[\w-]+\.[\w-]*|[\w-]{40,})(?=/|$)")


def masked(path: str) -> str:
    """The path with an ellipsis for each part that may be a token."""
    return _SECRET.sub("…", path)


class MaskedLog(Logger):
    """Gunicorn's log. Of an address it can write the masked path (`%(U)s`), and neither query nor referrer."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """What a line of the log may hold."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = masked(environ["PATH_INFO"])
        line = f"{environ['REQUEST_METHOD']} {path} {environ['SERVER_PROTOCOL']}"
        return found | {"U": path, "r": line, "q": "", "f": "-"}
