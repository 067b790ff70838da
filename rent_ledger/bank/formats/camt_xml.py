"""The XML of camt files: parsed safely, then read element by element, by local names (any namespace).

No DTD, no entity, no network: a document type declaration is refused before the parser sees it.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from operator import itemgetter

from lxml import etree

from rent_ledger.bank.formats.model import unreadable
from rent_ledger.bank.formats.text import decode_xml

_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*|Z|[+-][0-9]{2}:?[0-9]{2})?", re.DOTALL)
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOTPROVIDED.", "NOREF", "UNDEFINED"))
_MAX_LINE = 65_535  # libxml2 counts no further

Element = etree._Element
# A list made at once costs half of what lxml's iterator does.
children: Callable[[Element], list[Element]] = itemgetter(slice(None))


class Problem(Exception):
    """Something in an element that can't be read; the French sentence without its place."""


def parse(data: bytes) -> Element:
    """The root of the file. Raises `UnreadableFile` for a document type, an entity or broken XML."""
    text = decode_xml(data)
    if "<!" in text and _DOCTYPE.search(text):
        raise unreadable(
            [
                "Le fichier XML contient une déclaration de type (DOCTYPE ou ENTITY), qu’un relevé de banque n’a "
                "jamais : il est refusé par sécurité. Téléchargez de nouveau le relevé sur le site de la banque."
            ],
            code="hostile_file",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        raise unreadable([_syntax_error(text, error)]) from None
    except ValueError as error:
        raise unreadable([f"Le fichier XML est mal formé ({error}). Téléchargez-le de nouveau."]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise unreadable(["Le fichier XML contient une déclaration de type (DOCTYPE) : il est refusé."])
    return root


def _syntax_error(text: str, error: etree.XMLSyntaxError) -> str:
    line, column = error.position
    place = f"Ligne {line}, colonne {column} : "
    end = text.rstrip()
    first = re.search(r"<([A-Za-z_][\w.:-]*)", text)
    if not end:
        return "Le fichier est vide : il n’y a pas de relevé à lire."
    if first and not re.search(rf"</{re.escape(first.group(1))}\s*>\Z", end):
        return f"{place}le fichier est tronqué, sa fin manque. Téléchargez-le de nouveau en entier à la banque."
    return f"{place}le XML est mal formé (fichier modifié ou abîmé). Téléchargez-le de nouveau à la banque."


def line_of(element: Element) -> int:
    return int(getattr(element, "sourceline", 0) or 0)  # the stubs don't know this attribute


def line_note(element: Element) -> str:
    """` (ligne 12)`, '' where the parser doesn't know."""
    line = line_of(element)
    return f" (ligne {line})" if 0 < line < _MAX_LINE else ""


def compact(text: str | None) -> str:
    """One line, single spaces."""
    return " ".join(text.split()) if text else ""


def reference_of(text: str | None) -> str:
    """One line, '' where the bank says that there is none."""
    value = compact(text)
    return "" if value.upper() in _NO_REFERENCE else value


def day_or_none(text: str | None) -> date | None:
    match = _DAY.fullmatch((text or "").strip())
    if match is None:
        return None
    try:
        return date.fromisoformat(match.group(1))
    except ValueError:
        return None


class _Locals(dict[str, str]):
    """Tag → local name, computed once per tag of the file."""

    def __missing__(self, tag: object) -> str:
        # Comments and instructions (none left by the parser, but the type allows them) have no name.
        local = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        self[tag] = local  # type: ignore[index]
        return local


class Names:
    """The local names of one file, and readers of the parts that several elements share (amount, day, account…)."""

    def __init__(self) -> None:
        self.local = _Locals()
        # The same few days and sums come back on every entry.
        self._days: dict[str | None, date | None] = {}
        self._amounts: dict[str | None, Decimal] = {}

    def amount(self, text: str | None) -> Decimal:
        """Raises `Problem` for what is no number."""
        known = self._amounts.get(text)
        if known is not None:
            return known
        value = (text or "").strip()
        if not _AMOUNT.fullmatch(value):
            shown = f"« {value[:40]} »" if value else "vide"
            raise Problem(f"le montant est {shown}, un nombre comme 1234.56 est attendu")
        amount = self._amounts[text] = Decimal(value)
        return amount

    def day(self, element: Element) -> date | None:
        """`Dt` or `DtTm` below; None where empty. Raises `Problem` for what is no day."""
        local = self.local
        text = element.text
        for child in children(element):
            if local[child.tag] in ("Dt", "DtTm"):
                text = child.text
                break
        if text in self._days:
            return self._days[text]
        value = (text or "").strip()
        day = day_or_none(value)
        if day is None and value:
            raise Problem(f"« {value[:40]} » n’est pas une date (AAAA-MM-JJ)")
        self._days[text] = day
        return day

    def code(self, element: Element) -> str:
        """`Cd` or `Prtry` under `CdOrPrtry`, or (version 01) directly below."""
        for child in children(element):
            name = self.local[child.tag]
            if name == "CdOrPrtry":
                return self.code(child)
            if name in ("Cd", "Prtry"):
                return compact(child.text).upper()
        return ""

    def account_number(self, identification: Element) -> str:
        """Of `Id`: `IBAN`, else `Othr/Id`, `PrtryAcct/Id`, `BBAN` or `UPIC` (version 01)."""
        other = ""
        for child in children(identification):
            name = self.local[child.tag]
            if name == "IBAN":
                if text := "".join((child.text or "").split()):
                    return text
            elif name in ("Othr", "PrtryAcct"):
                other = other or self.text_of(child, "Id")
            elif name in ("BBAN", "UPIC"):
                other = other or compact(child.text)
        return other

    def text_of(self, element: Element, name: str) -> str:
        """The text of the first child of that name."""
        return next((compact(child.text) for child in children(element) if self.local[child.tag] == name), "")

    def party_name(self, element: Element) -> str:
        """`Nm`, from version 08 `Pty/Nm`; a bank as party has its name under `Agt/FinInstnId`."""
        for child in children(element):
            name = self.local[child.tag]
            if name == "Nm":
                return compact(child.text)
            if name in ("Pty", "Agt", "FinInstnId"):
                return self.party_name(child)
        return ""
