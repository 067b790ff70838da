"""The reference that a household's transfers carry: ISO 11649 creditor reference."""

import re

from stdnum.iso7064 import mod_97_10

MAX_BODY = 21


def payment_reference(lease_reference: str) -> str:
    """`RF76B00042` for `B00042`: RF, two check digits (mod 97-10), the reference in capitals and digits.

    Raises `ValueError` where nothing usable remains or the reference is longer than the norm's 21 positions.
    """
    body = re.sub(r"[^A-Z0-9]", "", lease_reference.upper())
    if not body or len(body) > MAX_BODY:
        raise ValueError(f"payment_reference: {lease_reference!r}")
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"
