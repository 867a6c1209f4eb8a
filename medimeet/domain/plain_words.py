"""A language model's text as plain words: no markup, no links elsewhere, no characters that nobody sees.

Pages show it as text in any case; this is so that nobody reads stars, tags and hidden directions.
"""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

LINK_LEFT_OUT = "(a link was left out)"

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # part of how some scripts and signs are written
_SIGNS_OF_DONE = re.compile("[\u2705\u2713\u2714\u2611\U0001f5f9\u221a]\ufe0f? ?")
_CODE = re.compile(r"<(script|style|iframe|object|svg)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[a-z!?][^<>]*(?:>|$)", re.IGNORECASE | re.DOTALL)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\(([^()]*(?:\([^()]*\))?[^()]*)\)")
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,20}:/{1,3}|(?<![\w@.])//(?=\w)|\bwww\.)[^\s<>()\"']+", re.IGNORECASE)
# An address that is only named, "evil.com" or "bit.ly/x"; an e-mail's and "e.g." are none.
_BARE_LINK = re.compile(
    r"(?<![\w@.-])(?:[\w-]+\.)+(?:(?:com|net|org|info|biz|io|co|ly|ru|cn|app|dev|xyz|top|site|online|shop|click|link|"
    r"live|icu|example)\b(?![@\w-])(?:[:/][^\s<>()\"']*)?|(?-i:[a-z]{2,})(?::\d+)?/[^\s<>()\"']+)",
    re.IGNORECASE,
)
_SCRIPT_LINK = re.compile(r"\b(?:javascript|vbscript|data)\s*:(?=\S)\S*", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?)+", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*+•][ \t]+", re.MULTILINE)
_FENCE = re.compile(r"```\w*|`")
_STARS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|__|~~")
_SPELLED = re.compile(r"\b(?:\w[ .\-_]){3,}\w\b")

# Letters of other alphabets that look like ours.
_LOOKALIKES = str.maketrans("авекмнорстухіјѕԁоαοερτικνβ", "abekmhopctyxijsdoaoeptikvb")


def plain(text: str, own_hosts: Collection[str] = ()) -> str:
    """The text without markup, links to other hosts than `own_hosts`, control characters and hidden directions."""
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _TAG.sub("", _CODE.sub("", text))
    text = _MARKDOWN_LINK.sub(lambda found: found[1] or LINK_LEFT_OUT, text)
    text = _LINK.sub(lambda found: found[0] if _is_own(found[0], own_hosts) else LINK_LEFT_OUT, text)
    text = _BARE_LINK.sub(lambda found: found[0] if _is_own(f"https://{found[0]}", own_hosts) else LINK_LEFT_OUT, text)
    text = _SCRIPT_LINK.sub(LINK_LEFT_OUT, text)
    text = _BULLET.sub(r"\1- ", _HEADING.sub("", text))
    return _SIGNS_OF_DONE.sub("", _STARS.sub("", _FENCE.sub("", text)))


def folded(text: str) -> str:
    """The text as it sounds to whoever looks for words in it: small letters, one space, one apostrophe, no disguise."""
    text = unicodedata.normalize("NFKC", _JOINERS.sub("", text)).casefold()
    text = re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", text).translate(_LOOKALIKES)
    text = _SPELLED.sub(lambda found: re.sub(r"[ .\-_]", "", found[0]), text)
    return re.sub(r"\s+", " ", text).strip()


def _is_own(link: str, own_hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme in {"http", "https"} and "@" not in parts.netloc and parts.hostname in own_hosts
    except ValueError:
        return False
