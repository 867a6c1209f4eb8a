"""Pictures in JSON interfaces: a file that comes in, the address of one that goes out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import url_for
from marshmallow import fields, missing
from werkzeug.datastructures import FileStorage

from medimeet.gateways.pictures import LARGEST_BYTES, PORTRAIT
from medimeet.services import new_picture
from medimeet.services.new_picture import NewPicture
from medimeet.web.json_fields import Text

_NO_FILE = "Send the picture as a file (multipart/form-data): JPEG, PNG or WebP, at most 5 MB."


def address_of(picture: str | None) -> str | None:
    """The whole address of a picture that we keep, or None."""
    return url_for("clinic_admin.media", name=picture, _external=True) if picture else None


@contextmanager
def picture_of(sent: dict[str, Any], size: tuple[int, int] = PORTRAIT) -> Iterator[NewPicture | None]:
    """The `picture` among what was sent, taken out of it, for the command inside; None where there is none."""
    if "picture" not in sent:
        yield None
        return
    with new_picture.kept(sent.pop("picture"), size) as picture:
        yield picture


class PictureFile(fields.Field[bytes]):
    """A picture as a file of multipart; loads its bytes. null takes it away, an empty file is ignored."""

    default_error_messages = {"invalid": _NO_FILE}

    def __init__(self, **options: Any) -> None:
        about = {"type": "string", "format": "binary", "description": "A JPEG, PNG or WebP of at most 5 MB."}
        super().__init__(allow_none=True, metadata=about, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if isinstance(value, FileStorage):
            with value.stream:
                return value.stream.read(LARGEST_BYTES + 1) or missing
        if value == "":
            return missing
        raise self.make_error("invalid")


class PictureAddress(Text):
    """The whole address of a picture, or null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return address_of(value)
