"""Codes of files: what is accepted, what is stored, how big it is shown."""

from enum import IntEnum

from common.codes import Code


class Format(Code):
    """What a file is by its first bytes, whatever its name says; the label is what a person calls it."""

    JPEG = "JPEG", "JPEG"
    PNG = "PNG", "PNG"
    WEBP = "WEBP", "WebP"
    HEIC = "HEIF", "HEIC"
    PDF = "PDF", "PDF"


PICTURES = frozenset({Format.JPEG, Format.PNG, Format.WEBP, Format.HEIC})


class FileType(Code):
    """What is stored: each picture becomes a JPEG."""

    JPEG = "image/jpeg", "Photo"
    PDF = "application/pdf", "PDF"


SUFFIXES = {FileType.JPEG: ".jpg", FileType.PDF: ".pdf"}


class Preview(IntEnum):
    """The longest side of each smaller copy of a picture, in pixels."""

    SMALL = 320
    MEDIUM = 960
