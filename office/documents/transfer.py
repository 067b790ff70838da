"""The QR code of a transfer: EPC069-12, version 002. A banking app that reads it fills the whole order.

Source: European Payments Council, EPC069-12 v2.1, "Quick Response Code: Guidelines to Enable Data Capture for the
Initiation of a SEPA Credit Transfer".
"""

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Final

import segno

LARGEST: Final = Decimal("999999999.99")
NAME, TEXT, BYTES = 70, 140, 331
"""At most 331 bytes: a code of version 13, 69 modules on a side, which is the largest allowed."""
MASK: Final = 3
"""Any mask is valid and is told in the code. A given one spares the search for the best, four fifths of the time."""


def payload(*, name: str, iban: str, bic: str, amount: str, text: str) -> str | None:
    """The lines of the code, in UTF-8. `amount`: euros as decimal text; `iban`: with or without spaces; `text`: what
    the payer's order says, unstructured since few French banks let a payer type a structured reference. None where
    there is nothing to transfer, or where the guidelines have no room for it."""
    euros = Decimal(amount)
    account, text = iban.replace(" ", ""), _plain(text)
    if not (0 < euros <= LARGEST) or not account or len(text) > TEXT:
        return None
    lines = ["BCD", "002", "1", "SCT", bic, _plain(name)[:NAME].rstrip(), account, f"EUR{euros:.2f}", "", "", text]
    joined = "\n".join(lines)
    return joined if len(joined.encode()) <= BYTES else None


def _plain(text: str) -> str:
    """On one line: a line feed would begin the next field."""
    return " ".join(text.split())


def drawing(transfer: Mapping[str, str]) -> str | None:
    """The code as SVG, without its quiet zone of four modules; error correction M. None as `payload`."""
    said = payload(**transfer)
    if said is None:
        return None
    code = segno.make_qr(said.encode(), error="m", boost_error=False, mask=MASK)
    drawn = BytesIO()
    code.save(drawn, kind="svg", border=0, omitsize=True)
    return drawn.getvalue().decode()
