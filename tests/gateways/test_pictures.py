"""Pictures that people send are cut to size and stripped, and what is no picture is refused."""

import io
from pathlib import Path

import pytest
from PIL import Image

from medimeet.errors import InvalidInput
from medimeet.gateways import pictures


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("RGBA", "WEBP")],
)
def test_every_kind_of_picture_becomes_a_jpeg_of_one_size(tmp_path: Path, mode: str, kind: str) -> None:
    name = pictures.keep(saved(Image.new(mode, (900, 300)), kind), tmp_path)
    assert pictures.is_name(name)
    with Image.open(tmp_path / name) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", pictures.PORTRAIT)


def test_where_and_when_a_photo_was_taken_is_not_kept_but_it_stands_upright(tmp_path: Path) -> None:
    photo = Image.new("RGB", (400, 400), "white")
    photo.paste("black", (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    exif[0x010F] = "A camera"
    sent = saved(photo, "JPEG", exif=exif, comment=b"at home")
    name = pictures.keep(sent, tmp_path)
    assert b"A camera" not in (tmp_path / name).read_bytes()
    assert b"at home" not in (tmp_path / name).read_bytes()
    with Image.open(tmp_path / name) as kept:
        assert not kept.getexif()
        top, bottom = kept.getpixel((256, 100)), kept.getpixel((256, 400))
    assert (top, bottom) == ((255, 255, 255), (0, 0, 0))


def test_two_pictures_never_share_a_name_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    sent = saved(Image.new("RGB", (10, 10)), "PNG")
    first, second = pictures.keep(sent, tmp_path), pictures.keep(sent, tmp_path)
    assert first != second
    pictures.remove(first, tmp_path)
    pictures.remove(first, tmp_path)
    pictures.remove(None, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [second]


def test_a_name_that_we_did_not_make_reaches_no_file(tmp_path: Path) -> None:
    (tmp_path / "other.jpg").write_text("kept")
    pictures.remove("other.jpg", tmp_path)
    pictures.remove("../other.jpg", tmp_path)
    assert (tmp_path / "other.jpg").exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "We can't read this picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "We can't read this picture."),
        (b"GIF89a" + b"\x00" * 40, "We can't read this picture."),
        (saved(Image.new("RGB", (64, 64)), "PNG")[:60], "We can't read this picture."),
        (saved(Image.new("RGB", (10, 10)), "BMP"), "We can't read this picture."),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), "too many pixels"),
        (saved(Image.new("1", (5_000, 5_000)), "PNG"), "too many pixels"),
        (b"\x89PNG" * 2_000_000, "larger than 5 MB"),
    ],
    ids=["nothing", "svg", "gif", "half a file", "bmp", "bomb", "25 megapixels", "8 MB"],
)
def test_what_is_no_picture_or_too_large_is_refused_in_words(tmp_path: Path, sent: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        pictures.keep(sent, tmp_path)
    assert words in refusal.value.faults["picture"][0]
    assert not list(tmp_path.iterdir())
