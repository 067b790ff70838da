"""A photo keeps its picture and nothing else."""

from io import BytesIO

import pytest
from PIL import Image

from common.errors import InvalidInput
from maintenance.tickets.services.photos import MAX_BYTES, clean_photo
from tests.factories import make_picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_metadata_is_gone(kind: str) -> None:
    original = make_picture(kind=kind)
    assert b"TelephoneDuTechnicien" in original.getvalue()
    clean = clean_photo(original)
    assert clean.content_type == "image/jpeg"
    assert b"Telephone" not in clean.data
    image = Image.open(BytesIO(clean.data))
    assert image.format == "JPEG"
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_upright_and_is_made_smaller() -> None:
    clean = clean_photo(make_picture(side=2000))
    # 4000 × 2000, turned by its EXIF: portrait, the long side at 1600.
    assert Image.open(BytesIO(clean.data)).size == (800, 1600)


def test_a_transparent_picture_gets_a_white_ground() -> None:
    out = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    clean = clean_photo(BytesIO(out.getvalue()))
    assert Image.open(BytesIO(clean.data)).getpixel((5, 5)) == (255, 255, 255)


def _gif() -> bytes:
    out = BytesIO()
    Image.new("RGB", (10, 10)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        b"%PDF-1.7",
        _gif(),
        make_picture(side=200).getvalue()[:400],
        b"\xff\xd8\xff\xe0",
    ],
    ids=["empty", "svg", "pdf", "gif", "cut", "magic only"],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="n’est pas une photo lisible"):
        clean_photo(BytesIO(content))


def test_a_heavy_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="8 Mo"):
        clean_photo(BytesIO(b"\xff\xd8" + b"0" * MAX_BYTES))


def test_a_picture_that_unfolds_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(InvalidInput, match="photo"):
        clean_photo(BytesIO(out.getvalue()))
