"""Where a person goes after signing in: only ever to a path of this site."""

from urllib.parse import urlsplit

from flask import request


def is_path_here(text: str) -> bool:
    """Whether `text` is a path of this site whatever a browser makes of tabs, backslashes and double slashes."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return False
    if any(character.isspace() or not character.isprintable() for character in text):
        return False
    parts = urlsplit(text)
    return not parts.scheme and not parts.netloc


def wanted_page() -> str | None:
    """The page that this request asks to go on to (`next`, in the form or the address), if it may."""
    text = request.form.get("next") or request.args.get("next") or ""
    return text if is_path_here(text) else None
