"""Made-up French accounts."""

from rent_ledger.bank.formats.accounts import mod_97

_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def rib_key(bank: str, branch: str, account: str) -> str:
    """The two digits that close a French RIB: 97 − (89 × bank + 15 × branch + 3 × account mod 97)."""
    number = account.upper().translate(_RIB_LETTERS)
    return f"{97 - (89 * int(bank) + 15 * int(branch) + 3 * int(number)) % 97:02d}"


def french_iban(bank: str, branch: str, account: str) -> str:
    """The IBAN of a French account given by its five-digit bank and branch and its eleven-character number."""
    bban = f"{bank}{branch}{account.upper()}{rib_key(bank, branch, account)}"
    return f"FR{98 - mod_97(bban + 'FR00'):02d}{bban}"
