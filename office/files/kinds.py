"""What a kind of file accepts. The model of the kind names it (`Photo.kind`)."""

from dataclasses import dataclass

from office.files.codes import PICTURES, Format

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileKind:
    """Bounds of one kind of file. Sizes are in bytes and pixels, before anything is decoded."""

    per_owner: int
    """How many files one owner (a passage, a contract) may have."""
    formats: frozenset[Format] = PICTURES
    max_bytes: int = 25 * MEBIBYTE
    max_pixels: int = 60_000_000
    side: int = 1600
    """The longest side that is kept of a picture."""

    @property
    def wanted(self) -> str:
        """`une photo (JPEG, PNG, WebP ou HEIC) ou un PDF`."""
        names = [one.label for one in Format if one in self.formats & PICTURES]
        picture = f"une photo ({', '.join(names[:-1])} ou {names[-1]})" if len(names) > 1 else ""
        pdf = "un PDF" if Format.PDF in self.formats else ""
        return " ou ".join(filter(None, [picture, pdf]))
