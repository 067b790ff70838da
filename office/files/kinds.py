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
    max_whole_pixels: int = 24_000_000
    """Of a PNG or a WebP, which are not decoded at a smaller scale: 2 kB of them can ask for a gigabyte of memory."""
    side: int = 1600
    """The longest side that is kept of a picture."""

    def most_pixels(self, format: Format) -> int:
        """How many pixels a picture of this format may have."""
        is_whole = format in {Format.PNG, Format.WEBP}
        return min(self.max_pixels, self.max_whole_pixels) if is_whole else self.max_pixels

    @property
    def wanted(self) -> str:
        """`une photo (JPEG, PNG, WebP ou HEIC) ou un PDF`."""
        names = [one.label for one in Format if one in self.formats & PICTURES]
        picture = f"une photo ({', '.join(names[:-1])} ou {names[-1]})" if len(names) > 1 else ""
        pdf = "un PDF" if Format.PDF in self.formats else ""
        return " ou ".join(filter(None, [picture, pdf]))
