"""Every route names its access rule; one that names none stops the start."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask

from medimeet.errors import NotAllowed, NotSignedIn
from medimeet.services import access
from medimeet.web.signed_in import current_actor

View = TypeVar("View", bound=Callable[..., Any])


def allow(rule: access.Rule) -> Callable[[View], View]:
    """Lets only people to whom `rule` applies reach the view: a visitor gets NotSignedIn, the wrong role NotAllowed.

    Goes below the route decorator, directly on the view.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def check_then_view(*args: Any, **kwargs: Any) -> Any:
            if rule not in {access.anyone, access.newcomer}:  # a page for anyone must not need the database for this
                account = current_actor().account
                if not rule(account):
                    raise NotSignedIn if account is None else NotAllowed
            return view(*args, **kwargs)

        check_then_view.access_rule = rule  # type: ignore[attr-defined]
        return check_then_view  # type: ignore[return-value]

    return guarded


def require_rules(app: Flask) -> None:
    """Raises RuntimeError when a route of `app` names no access rule."""
    setattr(app.view_functions["static"], "access_rule", access.anyone)  # noqa: B010 (it is Flask's, not ours)
    unguarded = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "access_rule"))
    if unguarded:
        raise RuntimeError(f"These routes name no access rule (see medimeet/web/guard.py): {', '.join(unguarded)}")
