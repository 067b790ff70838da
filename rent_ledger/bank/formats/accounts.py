"""IBAN and French BBAN: the same account as camt names it and as CFONB does."""

import re

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_FRENCH_BBAN = re.compile(r"[0-9]{5}[0-9]{5}[A-Z0-9]{11}[0-9]{2}")
# Letters in a French account number count as digits: A,J→1, B,K,S→2 … I,R,Z→9.


# ISO 7064: letters count as 10 to 35.
_LETTERS = str.maketrans({chr(55 + value): str(value) for value in range(10, 36)})


def mod_97(text: str) -> int:
    """`text` (digits and capitals) as a number, modulo 97."""
    return int(text.translate(_LETTERS)) % 97


def clean_iban(text: str) -> str:
    """`text` without spaces and in capitals when it is an IBAN with the right check digits, else ''."""
    compact = "".join(text.split()).upper()
    if not _IBAN.fullmatch(compact):
        return ""
    number = compact[4:]
    if number.isdigit():  # most: only the country's two letters to count
        remainder = int(f"{number}{ord(compact[0]) - 55}{ord(compact[1]) - 55}{compact[2:4]}") % 97
    else:
        remainder = mod_97(number + compact[:4])
    return compact if remainder == 1 else ""


def bban_account(iban: str) -> str | None:
    """`bank-branch-account` as CFONB writes it, for a French or Monegasque IBAN; None for any other."""
    compact = clean_iban(iban)
    if compact[:2] not in ("FR", "MC") or not _FRENCH_BBAN.fullmatch(compact[4:]):
        return None
    return f"{compact[4:9]}-{compact[9:14]}-{compact[14:25]}"
