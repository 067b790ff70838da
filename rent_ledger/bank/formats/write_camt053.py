"""Writer of camt.053 (versions 02 and 08), valid against the ISO 20022 schemas. For the demo's bank and for tests."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from lxml import etree

from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement

Version = Literal["02", "08"]
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = etree._Element


def write_camt053(statements: Sequence[WrittenStatement], *, version: Version = "02") -> bytes:
    """A camt.053 file of these statements, in UTF-8. All entries are booked."""
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    root = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]
    writer = _Writer(namespace, version)
    message = writer.add(root, "BkToCstmrStmt")
    header = writer.add(message, "GrpHdr")
    first = statements[0]
    writer.add(header, "MsgId", f"REL-{first.id}"[:35])
    writer.add(header, "CreDtTm", _created(first))
    for statement in statements:
        writer.statement(message, statement)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _created(statement: WrittenStatement) -> str:
    return f"{statement.closing_day.isoformat()}T23:30:00"


def _amount(amount: Decimal) -> str:
    return f"{abs(amount):.2f}"


class _Writer:
    def __init__(self, namespace: str, version: Version) -> None:
        self.namespace = namespace
        self.wrapped = version == "08"  # from version 08 on, Sts has a Cd and parties a Pty

    def add(self, parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
        element = etree.SubElement(parent, f"{{{self.namespace}}}{name}", attributes)
        if text is not None:
            element.text = _NOT_XML.sub(" ", text)
        return element

    def statement(self, message: Element, statement: WrittenStatement) -> None:
        element = self.add(message, "Stmt")
        self.add(element, "Id", statement.id[:35])
        self.add(element, "ElctrncSeqNb", str(statement.sequence))
        self.add(element, "CreDtTm", _created(statement))
        account = self.add(element, "Acct")
        self.add(self.add(account, "Id"), "IBAN", statement.iban)
        self.add(account, "Ccy", statement.currency)
        if statement.owner_name:
            self.add(self.add(account, "Ownr"), "Nm", statement.owner_name[:140])
        self.balance(element, "OPBD", statement.opening, statement.opening_day.isoformat(), statement.currency)
        self.balance(element, "CLBD", statement.closing, statement.closing_day.isoformat(), statement.currency)
        for entry in statement.entries:
            self.entry(element, entry, statement)

    def balance(self, statement: Element, kind: str, amount: Decimal, day: str, currency: str) -> None:
        element = self.add(statement, "Bal")
        self.add(self.add(self.add(element, "Tp"), "CdOrPrtry"), "Cd", kind)
        self.add(element, "Amt", _amount(amount), Ccy=currency)
        self.add(element, "CdtDbtInd", "DBIT" if amount < 0 else "CRDT")
        self.add(self.add(element, "Dt"), "Dt", day)

    def entry(self, statement: Element, entry: WrittenEntry, own: WrittenStatement) -> None:
        element = self.add(statement, "Ntry")
        self.add(element, "Amt", _amount(entry.amount), Ccy=own.currency)
        self.add(element, "CdtDbtInd", "DBIT" if entry.amount < 0 else "CRDT")
        status = self.add(element, "Sts", None if self.wrapped else "BOOK")
        if self.wrapped:
            self.add(status, "Cd", "BOOK")
        self.add(self.add(element, "BookgDt"), "Dt", entry.booking_day.isoformat())
        self.add(self.add(element, "ValDt"), "Dt", (entry.value_day or entry.booking_day).isoformat())
        if entry.bank_reference:
            self.add(element, "AcctSvcrRef", entry.bank_reference[:35])
        family, sub_family = _operation(entry)
        domain = self.add(self.add(element, "BkTxCd"), "Domn")
        self.add(domain, "Cd", "PMNT")
        codes = self.add(domain, "Fmly")
        self.add(codes, "Cd", family)
        self.add(codes, "SubFmlyCd", sub_family)
        self.transaction(self.add(self.add(element, "NtryDtls"), "TxDtls"), entry, own)

    def transaction(self, element: Element, entry: WrittenEntry, own: WrittenStatement) -> None:
        references = self.add(element, "Refs")
        self.add(references, "EndToEndId", entry.end_to_end[:35] or "NOTPROVIDED")
        if entry.mandate:
            self.add(references, "MndtId", entry.mandate[:35])
        if self.wrapped:
            self.add(element, "Amt", _amount(entry.amount), Ccy=own.currency)
            self.add(element, "CdtDbtInd", "DBIT" if entry.amount < 0 else "CRDT")
        else:
            amount = self.add(self.add(element, "AmtDtls"), "TxAmt")
            self.add(amount, "Amt", _amount(entry.amount), Ccy=own.currency)
        if entry.name or entry.iban:
            # A return keeps the parties of the payment that it undoes.
            role = "Dbtr" if (entry.amount >= 0) != bool(entry.return_reason) else "Cdtr"
            parties = self.add(element, "RltdPties")
            if entry.name:
                party = self.add(parties, role)
                self.add(self.add(party, "Pty") if self.wrapped else party, "Nm", entry.name[:70])
            if entry.iban:
                self.add(self.add(self.add(parties, f"{role}Acct"), "Id"), "IBAN", entry.iban)
        if entry.label or entry.structured_reference:
            remittance = self.add(element, "RmtInf")
            if entry.label:
                self.add(remittance, "Ustrd", entry.label[:140])
            if entry.structured_reference:
                reference = self.add(self.add(remittance, "Strd"), "CdtrRefInf")
                kind = self.add(self.add(reference, "Tp"), "CdOrPrtry")
                self.add(kind, "Cd", "SCOR")
                self.add(reference, "Ref", entry.structured_reference[:35])
        if entry.return_reason:
            self.add(self.add(self.add(element, "RtrInf"), "Rsn"), "Cd", entry.return_reason[:4])


def _operation(entry: WrittenEntry) -> tuple[str, str]:
    if entry.mandate:
        return ("IDDT", "UPDD") if entry.return_reason else ("IDDT" if entry.amount >= 0 else "RDDT", "ESDD")
    if entry.return_reason:
        return ("ICDT" if entry.amount >= 0 else "RCDT", "RRTN")
    return ("RCDT" if entry.amount >= 0 else "ICDT", "ESCT")
