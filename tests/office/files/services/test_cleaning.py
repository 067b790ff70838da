"""A file is told by its content, bounded before it is decoded, and keeps nothing of who made it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from unittest import TestCase

import pytest
from django.test import override_settings
from PIL import Image

from common.errors import InvalidInput
from office.files.codes import FileType, Format, Preview
from office.files.kinds import FileKind
from office.files.services import cleaning
from office.files.services.cleaning import clean_file, clean_name, format_of
from tests.factories import make_picture

PICTURE = FileKind(per_owner=5)
PAPER = FileKind(per_owner=5, formats=frozenset({Format.JPEG, Format.PNG, Format.PDF}), max_bytes=100_000)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
ALL = ["JPEG", "PNG", "WEBP", "HEIF"]


def picture(*, kind: str = "PNG", size: tuple[int, int] = (10, 10), mode: str = "RGB", **more: object) -> BytesIO:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    out.seek(0)
    return out


# -- pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_metadata_is_gone(kind: str) -> None:
    original = make_picture(kind=kind)
    assert b"TelephoneDuTechnicien" in original.getvalue()
    clean = clean_file(original, PICTURE)
    assert clean.type == FileType.JPEG
    for data in (clean.data, *dict(clean.previews).values()):
        assert b"Telephone" not in data
        image = Image.open(BytesIO(data))
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("kind", ALL)
def test_it_stands_upright_and_is_made_smaller(kind: str) -> None:
    clean = clean_file(make_picture(side=900, kind=kind), PICTURE)
    # 1800 × 900, turned by its EXIF: portrait, the long side at 1600.
    assert (clean.width, clean.height) == (800, 1600)
    assert Image.open(BytesIO(clean.data)).size == (800, 1600)
    sizes = {preview: Image.open(BytesIO(data)).size for preview, data in clean.previews}
    assert sizes == {Preview.SMALL: (160, 320), Preview.MEDIUM: (480, 960)}


@pytest.mark.parametrize("kind", ALL)
def test_which_side_is_up(kind: str) -> None:
    """Red at the left of what the sensor saw; held upright, it is at the top."""
    image = Image.new("RGB", (80, 40), "blue")
    image.paste("red", (0, 0, 40, 40))
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = 6
    image.save(out, kind, exif=exif.tobytes())
    shown = Image.open(BytesIO(clean_file(BytesIO(out.getvalue()), PICTURE).data))
    assert shown.size == (40, 80)
    top, bottom = shown.getpixel((20, 10)), shown.getpixel((20, 70))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]


def test_a_small_picture_is_not_made_bigger() -> None:
    clean = clean_file(picture(size=(30, 20)), PICTURE)
    assert (clean.width, clean.height) == (30, 20)
    assert {Image.open(BytesIO(data)).size for _, data in clean.previews} == {(30, 20)}


@pytest.mark.parametrize(("mode", "more"), [("RGBA", {}), ("LA", {}), ("P", {"transparency": 0})])
def test_a_transparent_picture_gets_a_white_ground(mode: str, more: dict[str, object]) -> None:
    clean = clean_file(picture(mode=mode, **more), PICTURE)
    assert Image.open(BytesIO(clean.data)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "1"), ("PNG", "P")])
def test_other_colours_are_read(kind: str, mode: str) -> None:
    assert clean_file(picture(kind=kind, mode=mode), PICTURE).width == 10


def test_the_same_picture_has_the_same_digest() -> None:
    assert clean_file(make_picture(), PICTURE).sha256 == clean_file(make_picture(), PICTURE).sha256


# -- the content decides --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL)
def test_the_name_decides_nothing(kind: str) -> None:
    data = make_picture(kind=kind)
    assert format_of(data.getvalue()[:12]) == kind
    assert clean_file(data, PICTURE, name="facture.pdf").name == "facture.jpg"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        PDF,
        picture(kind="GIF").getvalue(),
        picture(kind="TIFF").getvalue(),
        picture(kind="AVIF").getvalue(),
        make_picture(side=200).getvalue()[:400],
        make_picture(side=200, kind="HEIF").getvalue()[:500],
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x1cftypheic",
    ],
    ids=["empty", "svg", "pdf", "gif", "tiff", "avif", "cut", "cut heic", "jpeg", "png", "webp", "heic"],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"« photo.jpg » n’est pas lisible ici.*JPEG, PNG, WebP ou HEIC") as refusal:
        clean_file(BytesIO(content), PICTURE, name="photo.jpg", field="after")
    assert (refusal.value.code, refusal.value.field) == ("unreadable_file", "after")


@pytest.mark.filterwarnings("ignore::UserWarning")  # of Pillow, on broken EXIF data
@pytest.mark.parametrize("kind", ALL)
def test_a_damaged_file_is_refused_or_read_and_nothing_else(kind: str) -> None:
    chance, whole = random.Random(7), make_picture(side=60, kind=kind).getvalue()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(12, len(data))] = chance.randrange(256)
        with suppress(InvalidInput):
            clean_file(BytesIO(bytes(data[: chance.randint(40, len(data))])), PICTURE)


def test_a_pdf_is_kept_as_it_is_where_the_kind_takes_it() -> None:
    clean = clean_file(BytesIO(PDF), PAPER, name="bail.PDF")
    assert (clean.name, clean.type, clean.data, clean.width, clean.previews) == (
        "bail.pdf", FileType.PDF, PDF, None, (),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="une photo .JPEG ou PNG. ou un PDF"):
        clean_file(make_picture(kind="WEBP"), PAPER)


def test_a_cut_pdf_is_refused() -> None:
    with pytest.raises(InvalidInput, match="n’est pas lisible"):
        clean_file(BytesIO(PDF[:-8]), PAPER)


# -- bounds ---------------------------------------------------------------------------------------------------------


def test_a_heavy_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="« lourde.jpg » dépasse 25 Mo") as refusal:
        clean_file(BytesIO(b"\xff\xd8\xff" + b"0" * PICTURE.max_bytes), PICTURE, name="lourde.jpg")
    assert refusal.value.code == "file_too_big"


@pytest.mark.parametrize("side", [8_000, 10_000, 14_000])
def test_a_picture_that_unfolds_is_refused(side: int) -> None:
    bomb = picture(size=(side, side), mode="1")
    assert len(bomb.getvalue()) < 200_000
    with pytest.raises(InvalidInput, match="24 millions de points au plus"):
        clean_file(bomb, PICTURE)


@pytest.mark.parametrize("kind", ALL)
def test_what_is_decoded_whole_may_have_fewer_pixels(kind: str) -> None:
    """A WebP of two kilobytes can ask for a gigabyte."""
    small = FileKind(per_owner=5, max_pixels=200, max_whole_pixels=100)
    assert clean_file(picture(kind=kind, size=(10, 10)), small).width == 10
    many = picture(kind=kind, size=(20, 10))
    if kind in {"PNG", "WEBP"}:
        with pytest.raises(InvalidInput, match="millions de points"):
            clean_file(many, small)
    else:
        assert clean_file(many, small).width == 20


def test_one_picture_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most = 0, 0

    def pixels(image: Image.Image, side: int) -> Image.Image:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.05)
        at_work -= 1
        return image.convert("RGB")

    monkeypatch.setattr(cleaning, "_pixels", pixels)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: clean_file(picture(), PICTURE), range(3)))
    assert (len(found), most) == (3, 1)


def test_a_heic_that_unfolds_is_refused() -> None:
    # Of many pixels only its header says so: decoded, it would be an error of another kind.
    data = picture(kind="HEIF", size=(64, 64)).getvalue()
    size = b"ispe\0\0\0\0" + (64).to_bytes(4, "big") * 2
    assert size in data
    bomb = data.replace(size, size[:8] + (9_000).to_bytes(4, "big") * 2)
    with pytest.raises(InvalidInput, match="millions de points"):
        clean_file(BytesIO(bomb), PICTURE)


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("mur.HEIC", "mur.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Photos\\salle de bain.jpeg", "salle de bain.jpg"),
        ("photo\u202egpj.exe", "photogpj.jpg"),
        ("a\r\nSet-Cookie: b.jpg", "a Set-Cookie: b.jpg"),
        ("e\u0301vier.png", "évier.jpg"),
        ("", "fichier.jpg"),
        (".htaccess", "fichier.jpg"),
        ("x" * 300 + ".jpg", "x" * 96 + ".jpg"),
    ],
)
def test_a_name_is_cleaned(name: str, shown: str) -> None:
    assert clean_name(name, FileType.JPEG) == shown


# -- the scanner ----------------------------------------------------------------------------------------------------


def found(data: bytes) -> str | None:
    return "Eicar-Test" if b"Telephone" in data else None


def silent(data: bytes) -> str | None:
    raise ConnectionRefusedError("nobody is there")


@override_settings(FILE_SCANNER="tests.office.files.services.test_cleaning.found")
def test_what_the_scanner_finds_is_refused_as_it_came() -> None:
    with pytest.raises(InvalidInput, match=r"L’antivirus refuse « mur.jpg » \(Eicar-Test\)") as refusal:
        clean_file(make_picture(), PICTURE, name="mur.jpg")
    assert refusal.value.code == "malware"
    assert clean_file(picture(), PICTURE).width == 10


@override_settings(FILE_SCANNER="tests.office.files.services.test_cleaning.silent")
def test_what_nobody_could_look_at_stays_out() -> None:
    with (
        TestCase().assertLogs("office.files.scanning", "ERROR") as said,
        pytest.raises(InvalidInput, match="L’antivirus ne répond pas"),
    ):
        clean_file(make_picture(), PICTURE)
    assert "nobody is there" in said.output[0]
