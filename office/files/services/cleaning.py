"""What comes in: bounded, told by its content, scanned, and cleaned. What is kept tells no place and no device.

A picture becomes an upright JPEG of its pixels alone, with two smaller copies. A PDF stays as it is.
"""

import hashlib
import io
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from common.errors import InvalidInput
from office.files.codes import PICTURES, SUFFIXES, FileType, Format, Preview
from office.files.kinds import MEBIBYTE, FileKind
from office.files.scanning import scan

register_heif_opener(thumbnails=False)

QUALITY = 82
NAME_LENGTH = 100
# What decoders raise on bytes that are not what they say.
_UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError, OverflowError, struct.error,
    zlib.error,
)  # fmt: skip
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# Pixels of one picture at a time are in the memory of a process, however many people send theirs.
_one_at_a_time = Lock()
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class CleanFile:
    """What may be stored. `width`, `height` and `previews` are of a picture."""

    name: str
    type: FileType
    data: bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    previews: tuple[tuple[Preview, bytes], ...] = ()


def format_of(head: bytes) -> Format | None:
    """What the first bytes of a file say that it is."""
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Format.HEIC
    return Format.PDF if head.startswith(b"%PDF-") else None


def clean_name(name: str, type: FileType) -> str:
    """The last part of a name, without what is not shown, with the suffix of what is stored."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] not in "CZ")
    stem, dot, _ = " ".join(shown.split()).rpartition(".")
    stem = (stem if dot else " ".join(shown.split())).strip(". ") or "fichier"
    return stem[: NAME_LENGTH - len(SUFFIXES[type])] + SUFFIXES[type]


def clean_file(file: BinaryIO, kind: FileKind, *, field: str = "file", name: str | None = None) -> CleanFile:
    """A file of that kind, ready to be stored. `InvalidInput` on `field`, by its name, for anything else: too big
    (`file_too_big`), not what the kind accepts or not readable (`unreadable_file`), found by the scanner (`malware`).
    """
    name = name if name is not None else str(getattr(file, "name", None) or "fichier")
    said = clean_name(name, FileType.JPEG).rpartition(".")[0] + (name[name.rfind(".") :][:10] if "." in name else "")
    data = file.read(kind.max_bytes + 1)
    if len(data) > kind.max_bytes:
        raise InvalidInput(f"« {said} » dépasse {kind.max_bytes // MEBIBYTE} Mo.", field=field, code="file_too_big")
    format = format_of(data[:12])
    unreadable = InvalidInput(
        f"« {said} » n’est pas lisible ici. Envoyez {kind.wanted}.", field=field, code="unreadable_file"
    )
    if format not in kind.formats:
        raise unreadable
    scan(data, name=said, field=field)
    if format not in PICTURES:
        if b"%%EOF" not in data[-1024:]:
            raise unreadable
        return CleanFile(clean_name(name, FileType.PDF), FileType.PDF, data, hashlib.sha256(data).hexdigest())
    most = kind.most_pixels(format)
    bomb = InvalidInput(
        f"« {said} » est trop grande : {most // 1_000_000} millions de points au plus.",
        field=field,
        code="file_too_big",
    )
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=[format]) as image:
            if image.width * image.height > most:
                raise bomb
            picture = _pixels(image, kind.side)
    except _BOMBS as error:
        raise bomb from error
    except _UNREADABLE as error:
        raise unreadable from error
    kept = _jpeg(picture)
    return CleanFile(
        name=clean_name(name, FileType.JPEG),
        type=FileType.JPEG,
        data=kept,
        sha256=hashlib.sha256(kept).hexdigest(),
        width=picture.width,
        height=picture.height,
        previews=tuple((preview, _jpeg(_smaller(picture, preview))) for preview in Preview),
    )


def _pixels(image: Image.Image, side: int) -> Image.Image:
    """The pixels alone, upright, on white: no EXIF data, no colour profile and no comment."""
    # Made smaller first: a phone's JPEG is decoded at the scale that is kept, with a tenth of the memory.
    image.thumbnail((side, side))
    upright = ImageOps.exif_transpose(image)
    bare = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        colours = upright.convert("RGBA")
        bare.paste(colours, mask=colours.getchannel("A"))
    else:
        bare.paste(upright.convert("RGB"))
    return bare


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((side, side))
    return copy


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, Format.JPEG, quality=QUALITY, optimize=True)
    return out.getvalue()
