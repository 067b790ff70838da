"""What is read on a printed paper."""

import io
import json

import typst
import zxingcpp
from django.conf import settings
from PIL import Image

from office.documents import services as documents
from office.models import Document


def scanned(document: Document, *, dpi: int = 200) -> list[str]:
    """What a phone reads on the sheets of a document, laid out as `render` does and printed at `dpi`."""
    sheets = typst.compile(
        str(documents.HERE / "main.typ"),
        root=str(settings.BASE_DIR),
        font_paths=[str(documents.HERE / "fonts")],
        format="png",
        ppi=dpi,
        sys_inputs={"documents": json.dumps([documents._printed(document)]), "title": "x", "author": "x"},
    )
    pictures = sheets if isinstance(sheets, list) else [sheets]
    return [code.text for sheet in pictures for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(sheet)))]
