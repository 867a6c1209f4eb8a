"""Security headers on every answer."""

from flask import Flask, Response, request
from flask_login import current_user

from medimeet.web.contract import contract_of_request
from medimeet.web.signed_in import comes_by_session


def content_security_policy(frame_ancestors: str = "'none'") -> str:
    """The strict policy: only our own files, nothing inline; framed by nobody, or by those named."""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )


def add_headers(answer: Response) -> Response:
    """The answer with the strict content security policy and its companions; nothing personal is kept by caches."""
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and (_is_personal() or "Set-Cookie" in headers):
        headers.setdefault("Cache-Control", "no-store")
    return answer


def _is_personal() -> bool:
    """Whether the answer may be for one person only."""
    contract = contract_of_request()
    if contract is None or comes_by_session(contract):
        return bool(current_user)
    return contract.token_header in request.headers


def start(app: Flask) -> None:
    """Adds the headers to every answer of `app`."""
    app.after_request(add_headers)
