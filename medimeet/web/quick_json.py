"""How JSON answers are written: by orjson, ten times as fast as Python's own, and the same bytes."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class QuickJSON(DefaultJSONProvider):
    """Compact JSON in UTF-8, the keys in the order in which they were put in.

    What orjson does not know, such as numbers as keys or half a pair of surrogates, Python's own writer writes.
    """

    sort_keys = False
    ensure_ascii = False

    def dumps(self, obj: Any, **options: Any) -> str:
        return super().dumps(obj, **options) if options else self._bytes_of(obj).decode("utf-8", "surrogatepass")

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self._bytes_of(self._prepare_response_obj(args, kwargs))
        return Response(body + b"\n", mimetype=self.mimetype)

    def _bytes_of(self, obj: Any) -> bytes:
        try:
            return orjson.dumps(obj, self.default, _OPTIONS)
        except TypeError:
            return super().dumps(obj, separators=(",", ":")).encode("utf-8", "surrogatepass")
