"""Pictures that people send: read with care, cut to size, stripped of all else, kept under a random name."""

import io
import re
import secrets
import warnings
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from medimeet.errors import InvalidInput

LARGEST_BYTES = 5 * 1024 * 1024
MEDIA_TYPE = "image/jpeg"
PORTRAIT, LANDSCAPE = (512, 512), (1200, 800)

_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_PIXELS = 24_000_000
_NAME = re.compile(r"[0-9a-f]{32}\.jpg")
_TOO_LARGE = "The picture is larger than 5 MB. Choose a smaller one."
_TOO_WIDE = "The picture has too many pixels. Choose one of at most 24 megapixels."
_UNREADABLE = "We can't read this picture. Choose a photo saved as JPEG, PNG or WebP."


def keep(sent: bytes, folder: Path, size: tuple[int, int] = PORTRAIT) -> str:
    """The name of a new JPEG in `folder`, of exactly `size` pixels, cut from the middle of what was sent.

    Raises InvalidInput for `picture` where it is too large or no JPEG, PNG or WebP.
    """
    picture = _cut(sent, size)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.jpg"
    picture.save(folder / name, "JPEG", quality=85, optimize=True)
    return name


def remove(name: str | None, folder: Path) -> None:
    """Deletes a picture that is no longer shown; does nothing where there is none."""
    if name and is_name(name):
        (folder / name).unlink(missing_ok=True)


def names(folder: Path, until: datetime) -> list[str]:
    """The pictures in `folder` that were kept before then."""
    kept = (file for file in folder.glob("*.jpg") if is_name(file.name))
    return [file.name for file in kept if file.stat().st_mtime < until.timestamp()]


def is_name(name: str) -> bool:
    """Whether this is a name as `keep` makes them, so that no request reaches another file."""
    return _NAME.fullmatch(name) is not None


def _cut(sent: bytes, size: tuple[int, int]) -> Image.Image:
    if len(sent) > LARGEST_BYTES:
        raise _refused(_TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:  # told by the header, before a pixel is decoded
                    raise _refused(_TOO_WIDE)
                opened.draft("RGB", (size[0] * 2, size[1] * 2))
                upright = ImageOps.exif_transpose(opened)
                return _on_white(ImageOps.fit(upright, size, Image.Resampling.LANCZOS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refused(_TOO_WIDE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise _refused(_UNREADABLE) from None


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture of the pixels alone: without transparency, EXIF, colour profile or comment."""
    ground = Image.new("RGB", picture.size, "white")
    coloured = picture.convert("RGBA")
    ground.paste(coloured, mask=coloured.getchannel("A"))
    return ground


def _refused(words: str) -> InvalidInput:
    return InvalidInput({"picture": words})
