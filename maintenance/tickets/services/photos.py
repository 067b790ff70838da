"""Photos: read, refused or re-encoded. What is kept carries no place, no device, no name."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps

from common.errors import InvalidInput

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 60_000_000
SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    content_type: str
    data: bytes
    sha256: str


def clean_photo(file: BinaryIO) -> CleanPhoto:
    """A JPEG of at most 1600 px, upright, without metadata. `InvalidInput` on anything that is no usable picture."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput("La photo dépasse 8 Mo. Prenez-la en qualité moyenne.", field="photo")
    unusable = InvalidInput(
        "Ce fichier n’est pas une photo lisible. Envoyez un JPEG, un PNG ou un WebP.", field="photo"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise InvalidInput("La photo est trop grande : 60 millions de points au plus.", field="photo")
        # A phone's JPEG is decoded at the scale that is kept: a tenth of the memory.
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((SIDE, SIDE))
        if upright.mode != "RGB":
            ground = Image.new("RGB", upright.size, "white")
            colours = upright.convert("RGBA")
            ground.paste(colours, mask=colours.getchannel("A"))
            upright = ground
        # Copy the pixels only: the new image has no EXIF data, no colour profile and no comment.
        bare = Image.new("RGB", upright.size)
        bare.paste(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise unusable from error
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    data = out.getvalue()
    return CleanPhoto("image/jpeg", data, hashlib.sha256(data).hexdigest())
