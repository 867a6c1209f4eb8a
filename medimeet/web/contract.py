"""A published JSON interface, and which one a request belongs to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from marshmallow import INCLUDE, Schema, fields

from medimeet.web.refusals import Refusal, detail_body

if TYPE_CHECKING:
    from medimeet.web.json_blueprint import JsonBlueprint


class DetailError(Schema):
    """A refusal: one sentence under `detail`, or under each field's name a list of what is wrong with it."""

    class Meta:
        unknown = INCLUDE
        description = (
            "One sentence under `detail`; or, for each wrong field under its name, a list of sentences, "
            'as `{"email": ["…"]}`, nested as the body nests.'
        )

    detail = fields.String(metadata={"description": "What is wrong, and how to mend it."})


@dataclass(frozen=True, slots=True)
class Contract:
    """One published interface: its name, the paths it owns, how its refusals look, and where a person's token stands.

    `roots` are the beginnings of its paths, without a slash at the end, `*` for any one part; an unknown path below one
    of them is told in the contract's own shape too, below a `*` where no other root owns it. A token follows one of
    `schemes` in `token_header`; without schemes it stands there alone. With `takes_session`, pages of this site call it
    with the browser's session instead, and with the form token in `X-CSRFToken` where they write.
    """

    name: str
    title: str
    about: str
    roots: tuple[str, ...]
    bp: "JsonBlueprint"
    error_body: Callable[[Refusal], dict[str, Any]] = detail_body
    error_schema: type[Schema] = DetailError
    token_header: str = "Authorization"
    schemes: tuple[str, ...] = ("Bearer",)
    takes_session: bool = False


def contracts_of(app: Flask) -> dict[str, Contract]:
    """The contracts that `app` serves, by the name of their blueprint."""
    found: dict[str, Contract] = app.extensions.setdefault("contracts", {})
    return found


def contract_of_request() -> Contract | None:
    """The contract that the request's route, or else its path, belongs to; None for the portal's pages."""
    contracts, blueprint = contracts_of(current_app), request.blueprint
    if blueprint is not None:
        return contracts.get(blueprint)
    owned = [(root, contract) for contract in contracts.values() for root in contract.roots if _is_below(root)]
    return max(owned, key=lambda pair: ("*" not in pair[0], len(pair[0])))[1] if owned else None


def _is_below(root: str) -> bool:
    return re.match(re.escape(root).replace(r"\*", "[^/]+") + "(/|$)", request.path) is not None
