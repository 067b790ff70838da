"""Reader of CFONB 120 account statements (« relevé de compte » of 120-character records).

Source: CFONB brochure of 2004 (records 01, 04, 05, 07) and of March 2010 (SEPA qualifiers of record 05).
Positions in comments count from 1 as the brochures do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rent_ledger.bank.formats.accounts import clean_iban
from rent_ledger.bank.formats.model import BankFileContent, ReadEntry, ReadStatement, unreadable
from rent_ledger.bank.formats.references import find_rf
from rent_ledger.bank.formats.text import decode_marked, join_texts, western

LENGTH = 120
FORMAT = "CFONB120"
_CODES = ("01", "04", "05", "07")
_CENTURY_PIVOT = 60
"""Years above it are of the 20th century."""
# Other CFONB formats, by the codes of their records.
_OTHER_LENGTHS = {
    160: (("03", "06", "08"), "des ordres de virement ou de prélèvement"),
    240: (("31", "34", "39"), "des opérations détaillées (virements, LCR, impayés)"),
}
# The last character of an amount carries digit and sign. In the French 7-bit set "{" and "}" print as "é" and "è".
_CREDIT = "{ABCDEFGHI"
_DEBIT = "}JKLMNOPQR"
_SIGNED = {char: (digit, 1) for digit, char in enumerate(_CREDIT)}
_SIGNED |= {char: (digit, -1) for digit, char in enumerate(_DEBIT)}
_SIGNED |= {char.lower(): value for char, value in _SIGNED.items()}
_SIGNED |= {"é": (0, 1), "É": (0, 1), "è": (0, -1), "È": (0, -1)}
_DEBIT_CHARS = frozenset(char for char, (_, sign) in _SIGNED.items() if sign < 0)
_LEADING_DIGITS = re.compile(r" *[0-9]{0,13}")
# Unpaid cheque, rejected debits, transfers, bills and télérèglements; SEPA direct debits returned or reversed.
_RETURN_CODES = frozenset("03 10 12 26 27 33 98 A3 A4 A5 A6 B3 B4 B5 B6".split())
_REASON = re.compile(r"MOTIF\b[ :]*(?:DE )?(?:REJET\b[ :]*)?([A-Z]{2}[0-9]{2})\b")
_ASK_AGAIN = "Téléchargez de nouveau le fichier à la banque, sans l’ouvrir ni l’enregistrer dans un autre logiciel."


def encode_amount(cents: int) -> str:
    """A signed count of cents as 14 characters, sign and last digit in one. Zero is a credit."""
    last = (_CREDIT if cents >= 0 else _DEBIT)[abs(cents) % 10]
    digits = f"{abs(cents) // 10:013d}"
    if len(digits) > 13:
        raise ValueError(f"amount too big for CFONB: {cents}")
    return digits + last


def decode_amount(text: str) -> int:
    """The signed count of cents in 14 characters. Raises `ValueError` where digits or sign aren't clear."""
    if len(text) == 14 and _LEADING_DIGITS.fullmatch(text[:13]):
        units = int(text[:13].strip() or "0")
        if text[13] in _SIGNED:
            digit, sign = _SIGNED[text[13]]
            return sign * (units * 10 + digit)
        if units == 0 and text[13] == "0":
            return 0  # a zero needs no sign
    raise ValueError(f"not a signed amount: {text!r}")


class _Problem(Exception):
    """What is wrong with a record; the French sentence without its place."""


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    text: str

    @property
    def code(self) -> str:
        return self.text[0:2]

    @property
    def currency(self) -> str:
        return self.text[16:19].strip().upper()

    @property
    def account(self) -> str:
        return self.text[21:32].strip().upper()

    @property
    def full_account(self) -> str:
        return f"{self.text[2:7].strip()}-{self.text[11:16].strip()}-{self.account}"

    def decimals(self, default: int) -> int:
        digit = self.text[19]
        if digit == " ":
            return default
        if digit not in "0123456789":
            raise _Problem(f"le nombre de décimales (position 20) est « {digit} », un chiffre est attendu")
        return int(digit)

    def amount(self, decimals: int) -> Decimal:
        zone = self.text[90:104]
        try:
            return Decimal(decode_amount(zone)) / Decimal(10**decimals)
        except ValueError:
            raise _Problem(
                f"le montant (positions 91 à 104) est « {zone.strip()} », "
                "13 chiffres et une lettre ou accolade de signe sont attendus"
            ) from None

    def day(self, start: int, what: str) -> date | None:
        """The day JJMMAA at `start` (from 1); None where blank or zeros."""
        zone = self.text[start - 1 : start + 5]
        if zone.strip(" 0") == "":
            return None
        try:
            if not (zone.isascii() and zone.isdigit()):
                raise ValueError(zone)
            year = int(zone[4:6])
            century = 1900 if year > _CENTURY_PIVOT else 2000
            return date(century + year, int(zone[2:4]), int(zone[0:2]))
        except ValueError:
            raise _Problem(
                f"{what} (positions {start} à {start + 5}) est « {zone} », une date JJMMAA est attendue"
            ) from None


@dataclass(slots=True)
class _Movement:
    record: _Record
    complements: list[_Record] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """A statement: its 01, its movements, its 07."""

    opening: _Record
    movements: list[_Movement] = field(default_factory=list)
    closing: _Record | None = None


def looks_like_cfonb(text: str) -> bool:
    """Whether the first record is one of a CFONB file (120, 160 or 240)."""
    first = next((line for line in re.split(r"[\r\n]+", text[:4000]) if line.strip()), "")
    if not re.match(r"[0-9]{2}[0-9A-Z ]{5}", first, re.IGNORECASE) or "\t" in first or ";" in first[:40]:
        return False
    codes = {*_CODES, *(code for codes, _ in _OTHER_LENGTHS.values() for code in codes)}
    return first[:2] in codes


def read_cfonb120(data: bytes) -> BankFileContent:
    """The content of a CFONB 120 file. Raises `UnreadableFile` with a French line, and its line, per problem."""
    errors: list[str] = []
    records = list(_records(_decode(data), errors))
    blocks = list(_blocks(records, errors)) if not errors else []
    statements: list[ReadStatement] = []
    for block in blocks:
        statement = _statement(block, errors)
        if statement is not None:
            statements.append(statement)
    if errors:
        raise unreadable(errors)
    if not statements:
        raise unreadable([f"Le fichier ne contient aucun relevé CFONB 120. {_ASK_AGAIN}"])
    return BankFileContent(format=FORMAT, statements=tuple(statements))


def _decode(data: bytes) -> str:
    """Latin-1, unless a byte order mark says otherwise or the records are 120 characters long only as UTF-8."""
    marked = decode_marked(data)
    if marked is None:
        marked = western(data)
        if not data.isascii() and not _all_120(marked):
            try:
                as_utf8 = data.decode("utf-8")
            except UnicodeDecodeError:
                pass
            else:
                marked = as_utf8 if _all_120(as_utf8) else marked
    # Mainframes fill with NUL, DOS ends a file with Ctrl-Z.
    return marked.rstrip("\x1a\x00\r\n").replace("\x00", " ")


def _lines(text: str) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip()]


def _all_120(text: str) -> bool:
    return all(len(line) % LENGTH == 0 for _, line in _lines(text.rstrip("\x1a\x00\r\n")))


def _records(text: str, errors: list[str]) -> Iterable[_Record]:
    """The records of 120 characters, with or without line ends. Adds one French line to `errors` for any other."""
    lines = _lines(text)
    if not lines:
        errors.append("Le fichier est vide : il n’y a pas de relevé à lire.")
        return
    other = _other_length(lines)
    if other:
        errors.append(other)
        return
    # The trailing blanks of the file may be lost in transfer. Accept the last record if nothing else is missing.
    number, last = lines[-1]
    lines[-1] = (number, _with_blank_end(last))
    # Some editors strip the blanks at the end of every line. If so, no line ends with a blank: pad the short ones.
    cut = all(len(line) <= LENGTH and not line.endswith(" ") for _, line in lines[:-1]) and len(lines) > 1
    for number, line in lines:
        if cut and len(line) < LENGTH and (line[:2] == "05" or len(line) >= 104):
            line = line.ljust(LENGTH)
        rest = len(line) % LENGTH
        if rest and not (len(line) > LENGTH and len(lines) == 1 and not line[-rest:].strip()):
            if len(line) > LENGTH and len(lines) == 1:
                place = f"Enregistrement {len(line) // LENGTH + 1}"
                errors.append(f"{place} : il n’a que {rest} caractères au lieu de 120, la fin manque. {_ASK_AGAIN}")
            else:
                errors.append(
                    f"Ligne {number} : l’enregistrement a {len(line)} caractères au lieu de 120 "
                    f"(fichier tronqué, modifié ou d’un autre format). {_ASK_AGAIN}"
                )
            continue
        for position in range(0, len(line), LENGTH):
            text_120 = line[position : position + LENGTH]
            if not text_120.strip():
                continue
            record_line = number + position // LENGTH
            if text_120[:2] not in _CODES:
                errors.append(
                    f"Ligne {record_line} : l’enregistrement de code « {text_120[:2]} » n’existe pas dans un relevé "
                    f"CFONB 120 (01, 04, 05 ou 07). {_ASK_AGAIN}"
                )
                continue
            yield _Record(record_line, text_120)


def _with_blank_end(line: str) -> str:
    """The last record, padded with the 16 blanks that end a record 07 (positions 105 to 120) if only they lack."""
    length = len(line) % LENGTH
    if length >= 104 and line[len(line) - length :].startswith("07"):
        return line + " " * (LENGTH - length)
    return line


def _other_length(lines: list[tuple[int, str]]) -> str:
    """The refusal of another CFONB format, '' for 120."""
    first = lines[0][1]
    for length, (codes, what) in _OTHER_LENGTHS.items():
        same = sum(1 for _, line in lines if length - 20 < len(line) <= length)
        joined = len(lines) == 1 and len(first) > length and first[length : length + 2] in codes
        if (first[:2] in codes) and (same * 2 > len(lines) or joined or len(first) != LENGTH):
            return (
                f"C’est un fichier CFONB {length} ({what}), pas un relevé de compte. "
                "Demandez à la banque le relevé CFONB 120 ou camt.053."
            )
        if same == len(lines) and len(first) == length and first[LENGTH : LENGTH + 2] not in _CODES:
            return (
                f"Les enregistrements ont {length} caractères (CFONB {length}), un relevé de compte en a 120. "
                "Demandez à la banque le relevé CFONB 120 ou camt.053."
            )
    return ""


def _blocks(records: list[_Record], errors: list[str]) -> Iterable[_Block]:
    """The statements, 01 → (04 05*)* → 07. Only the account number must agree: banks change bank and branch codes."""
    block: _Block | None = None
    for record in records:
        code = record.code
        if code == "01":
            if block is not None:
                errors.append(_unclosed(block, f"un autre commence à la ligne {record.line}"))
            block = _Block(record)
            continue
        if block is None:
            after = {
                "04": "un mouvement (04) sans ancien solde (01) avant lui",
                "05": "un complément (05) sans mouvement (04) avant lui",
                "07": "un nouveau solde (07) sans ancien solde (01) avant lui",
            }[code]
            errors.append(f"Ligne {record.line} : {after}, le début du relevé manque. {_ASK_AGAIN}")
            continue
        own = block.opening.account
        if record.account and own and record.account != own:
            errors.append(
                f"Ligne {record.line} : l’enregistrement {code} est du compte {record.account}, "
                f"le relevé ouvert ligne {block.opening.line} du compte {own}. {_ASK_AGAIN}"
            )
            continue
        if code == "04":
            block.movements.append(_Movement(record))
        elif code == "05":
            if block.movements:
                block.movements[-1].complements.append(record)
            else:
                errors.append(
                    f"Ligne {record.line} : un complément (05) sans mouvement (04) avant lui, "
                    f"un enregistrement manque. {_ASK_AGAIN}"
                )
        else:
            block.closing = record
            yield block
            block = None
    if block is not None:
        errors.append(_unclosed(block, "le fichier finit avant"))


def _unclosed(block: _Block, why: str) -> str:
    return (
        f"Ligne {block.opening.line} : le relevé du compte {block.opening.account} n’a pas de nouveau solde (07), "
        f"{why}. Le fichier est tronqué ou incomplet. {_ASK_AGAIN}"
    )


def _statement(block: _Block, errors: list[str]) -> ReadStatement | None:
    if block.closing is None:
        return None
    opening, closing = block.opening, block.closing
    # Some banks leave currency and decimals blank on 01 and 07: take those of the movements, else euros and cents.
    currency = next((r.currency for r in (opening, *(m.record for m in block.movements), closing) if r.currency), "EUR")
    count = len(errors)
    amounts: list[Decimal] = []
    days: list[date | None] = []
    decimals = 2
    for record, what in ((opening, "la date de l’ancien solde"), (closing, "la date du nouveau solde")):
        try:
            if not record.account:
                raise _Problem("le numéro de compte (positions 22 à 32) manque")
            decimals = record.decimals(decimals)
            amounts.append(record.amount(decimals))
            days.append(record.day(35, what))
        except _Problem as problem:
            errors.append(f"Ligne {record.line} : {problem}. {_ASK_AGAIN}")
    entries: list[ReadEntry] = []
    for movement in block.movements:
        try:
            entries.append(_entry(movement, currency, decimals))
        except _Problem as problem:
            errors.append(f"Ligne {movement.record.line} : {problem}. {_ASK_AGAIN}")
    if len(errors) > count:
        return None
    return ReadStatement(
        kind="CFONB",
        account=opening.full_account,
        iban=None,
        currency=currency,
        declared_currency=currency,
        opening=amounts[0],
        closing=amounts[1],
        opening_day=days[0],
        closing_day=days[1],
        entries=tuple(entries),
    )


def _entry(movement: _Movement, currency: str, decimals: int) -> ReadEntry:
    record = movement.record
    text = record.text
    amount = record.amount(record.decimals(decimals))
    booking_day = record.day(35, "la date comptable")
    if booking_day is None:
        raise _Problem("la date comptable (positions 35 à 40) manque")
    operation = text[32:34].strip().upper()
    reason = text[40:42].strip()
    zones: dict[str, list[str]] = {}
    for complement in movement.complements:
        zones.setdefault(complement.text[45:48].upper(), []).append(complement.text[48:118])

    def zone(qualifier: str, start: int = 0, end: int = 70) -> str:
        return " ".join(zones.get(qualifier, [""])[0][start:end].split())

    free = [" ".join(part.split()) for part in zones.get("LIB", [])]
    if reason in ("", "00"):
        reason = ""
        for part in free:
            match = _REASON.match(part)
            if match:
                reason = match.group(1)
                free = [other for other in free if other != part]
                break
    # LCC and LC2 are one text of 140 characters cut in the middle of words.
    remittance = " ".join("".join([*zones.get("LCC", []), *zones.get("LC2", [])]).split())
    is_return = operation in _RETURN_CODES or bool(reason)
    credit = text[103] not in _DEBIT_CHARS
    payer, payee = ("NPY", "NPO", "CPY"), ("NBE", "NBU", "CBE")
    # A return keeps the parties of the payment that it undoes.
    name_zone, other_zone, account_zone = payer if credit != is_return else payee
    name = zone(name_zone) or zone(other_zone)
    if is_return and not name and not zone(account_zone):
        name_zone, other_zone, account_zone = payee if credit != is_return else payer
        name = zone(name_zone) or zone(other_zone)
    behind = zone(other_zone) if zone(name_zone) else ""
    first_word = zone(account_zone).split(" ")[0]
    label = " ".join(text[48:79].split())
    end_to_end = zone("RCN", 0, 35)
    end_to_end = "" if end_to_end.upper() in ("NOTPROVIDED", "NONREF") else end_to_end
    full_label = join_texts([label, *free, remittance])
    return ReadEntry(
        booked=True,
        status="BOOK",
        credit=credit,
        amount=abs(amount),
        currency=record.currency or currency,
        booking_day=booking_day,
        value_day=record.day(43, "la date de valeur"),
        label=full_label,
        remittance=remittance,
        entry_reference=" ".join(text[104:120].split()),
        end_to_end=end_to_end,
        structured_reference=zone("LCS", 0, 35) or find_rf(full_label) or find_rf(end_to_end),
        mandate=zone("RUM", 0, 35),
        counterparty_name=name,
        counterparty_iban=clean_iban(zone(account_zone)) or clean_iban(first_word),
        operation_code=operation,
        return_reason=reason,
        is_return=is_return,
        ultimate_name=behind if behind.upper() != name.upper() else "",
        transactions=0,
        line=record.line,
    )
