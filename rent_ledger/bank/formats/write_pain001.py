"""Writer of pain.001.001.09: transfers of one of our accounts to many, valid against the ISO 20022 schema.

Source: ISO 20022 and the rules of the SEPA credit transfer, to check with each bank: latin letters only, amounts with a
dot and two decimals, no postal address (an unstructured one is refused from 22 November 2026), `NOTPROVIDED` where a
BIC is not known. Each transfer is booked on its own line, so that each is placed on its account.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_ID, LONGEST_NAME, LONGEST_LABEL = 35, 70, 140
_NOT_SEPA = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]+")

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Transfer:
    """`id` comes back on the statement of the bank. `amount` in euros, above zero. `label`: what the payee reads."""

    id: str
    name: str
    iban: str
    amount: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """What is paid on `on` from the account `iban` of `name`. `bic`: empty where it is not known."""

    id: str
    created_at: datetime
    on: date
    name: str
    iban: str
    bic: str
    transfers: Sequence[Transfer]

    @property
    def total(self) -> Decimal:
        return sum((transfer.amount for transfer in self.transfers), Decimal("0.00"))


def write_pain001(order: TransferOrder) -> bytes:
    """The file of the order, in UTF-8. `ValueError` for an order without a transfer, or an amount that is not one."""
    if not order.transfers:
        raise ValueError("an order has a transfer")
    if any(t.amount <= 0 or t.amount != round(t.amount, 2) for t in order.transfers):
        raise ValueError("an amount is above zero, in cents")
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    message = _add(root, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", sepa(order.id, LONGEST_ID))
    _add(header, "CreDtTm", order.created_at.replace(microsecond=0, tzinfo=None).isoformat())
    _sums(header, order)
    _add(_add(header, "InitgPty"), "Nm", sepa(order.name, LONGEST_NAME))
    payment = _add(message, "PmtInf")
    _add(payment, "PmtInfId", sepa(order.id, LONGEST_ID))
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "false")
    _sums(payment, order)
    _add(_add(_add(payment, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(payment, "ReqdExctnDt"), "Dt", order.on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", sepa(order.name, LONGEST_NAME))
    _account(payment, "DbtrAcct", order.iban)
    bank = _add(_add(payment, "DbtrAgt"), "FinInstnId")
    if order.bic:
        _add(bank, "BICFI", order.bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")
    _add(payment, "ChrgBr", "SLEV")
    for transfer in order.transfers:
        one = _add(payment, "CdtTrfTxInf")
        _add(_add(one, "PmtId"), "EndToEndId", sepa(transfer.id, LONGEST_ID))
        _add(_add(one, "Amt"), "InstdAmt", f"{transfer.amount:.2f}", Ccy="EUR")
        _add(_add(one, "Cdtr"), "Nm", sepa(transfer.name, LONGEST_NAME))
        _account(one, "CdtrAcct", transfer.iban)
        _add(_add(one, "RmtInf"), "Ustrd", sepa(transfer.label, LONGEST_LABEL))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def sepa(text: str, most: int) -> str:
    """`text` in the letters that every bank takes, at most so long: accents fall, the rest becomes a space. Never
    empty, and no slash at an end, which the scheme refuses."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = " ".join(_NOT_SEPA.sub(" ", plain).split()).replace("//", "/")
    return words[:most].strip(" /") or "-"


def _sums(parent: Element, order: TransferOrder) -> None:
    _add(parent, "NbOfTxs", str(len(order.transfers)))
    _add(parent, "CtrlSum", f"{order.total:.2f}")


def _account(parent: Element, name: str, iban: str) -> None:
    _add(_add(_add(parent, name), "Id"), "IBAN", iban)


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    element.text = text
    return element
