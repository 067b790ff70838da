"""Entries of camt files and the transactions in them: one walk over each."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rent_ledger.bank.formats.accounts import clean_iban
from rent_ledger.bank.formats.camt_xml import (
    Element,
    Names,
    Problem,
    children,
    compact,
    line_of,
    reference_of,
)
from rent_ledger.bank.formats.model import ReadDetail, ReadEntry
from rent_ledger.bank.formats.references import find_rf
from rent_ledger.bank.formats.text import join_texts

_TRUE = frozenset(("TRUE", "1", "YES", "Y"))
# Sub-families of a returned, refused or reversed payment.
_RETURN_FAMILIES = frozenset(("RRTN", "UPDD", "PRDD", "RCDD", "ARET", "AREV", "UPCT", "UPCQ", "RPCR"))


class _Party(NamedTuple):
    name: str = ""
    iban: str = ""
    ultimate: str = ""
    address: str = ""


_NOBODY = _Party()


class _Transaction(NamedTuple):
    amount: Decimal | None
    credit: bool | None
    currency: str
    bank_reference: str
    end_to_end: str
    mandate: str
    structured_reference: str
    remittance: str
    debtor: _Party
    creditor: _Party
    return_reason: str
    returned_family: bool
    extra: str


class Header(NamedTuple):
    """What entries inherit from their statement."""

    currency: str
    day: date | None
    account: str


class EntryReader:
    """Entries of one file, one after the other."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.local = names.local
        self._operations: dict[tuple[str | None, ...], tuple[str, bool]] = {}  # the same few on every entry

    def read(self, entry: Element, header: Header) -> ReadEntry:
        local = self.local
        amount: Decimal | None = None
        currency = indicator = status = bank_reference = entry_reference = operation = additional = ""
        reversal = returned = False
        booking: date | None = None
        value: date | None = None
        transactions: list[_Transaction] = []
        for child in children(entry):
            name = local[child.tag]
            if name == "Amt":
                amount = self.names.amount(child.text)
                currency = (child.get("Ccy") or "").strip().upper()
            elif name == "CdtDbtInd":
                indicator = (child.text or "").strip().upper()
            elif name == "Sts":
                status = self._status(child)
            elif name == "BookgDt":
                booking = self.names.day(child)
            elif name == "ValDt":
                value = self.names.day(child)
            elif name == "AcctSvcrRef":
                bank_reference = reference_of(child.text)
            elif name == "BkTxCd":
                operation, returned = self._operation(child)
            elif name == "NtryDtls":
                for detail in children(child):
                    if local[detail.tag] == "TxDtls":
                        transactions.append(self._transaction(detail))
            elif name == "TxDtls":  # version 01
                transactions.append(self._transaction(child))
            elif name == "NtryRef":
                entry_reference = reference_of(child.text)
            elif name == "AddtlNtryInf":
                additional = compact(child.text)
            elif name == "RvslInd":
                reversal = (child.text or "").strip().upper() in _TRUE
        if amount is None:
            raise Problem("le montant manque (Amt)")
        if amount < 0:
            raise Problem(f"le montant {amount} est négatif, c’est CdtDbtInd qui donne le sens")
        if indicator not in ("CRDT", "DBIT"):
            shown = f"est « {indicator[:20]} »" if indicator else "manque"
            raise Problem(f"le sens (CdtDbtInd) {shown}, CRDT ou DBIT est attendu")
        credit = indicator == "CRDT"
        booking_day = booking or value or header.day
        if booking_day is None:
            raise Problem("la date comptable manque (BookgDt), et rien dans le relevé ne la donne")
        currency = currency or header.currency
        label = additional
        remittance = end_to_end = mandate = structured = reason = ""
        returned = returned or reversal
        for transaction in transactions:
            reason = reason or transaction.return_reason
            returned = returned or transaction.returned_family
        returned = returned or bool(reason)
        party = _NOBODY
        details: tuple[ReadDetail, ...] = ()
        if len(transactions) == 1:
            only = transactions[0]
            party = _counterparty(only, credit, returned, header.account)
            remittance, end_to_end, mandate = only.remittance, only.end_to_end, only.mandate
            label = join_texts([additional, remittance, only.extra])
            structured = only.structured_reference or find_rf(label) or find_rf(end_to_end)
            bank_reference = bank_reference or only.bank_reference
        elif transactions:
            details = tuple(self._detail(t, credit, returned, currency, header.account) for t in transactions)
        else:
            structured = find_rf(additional)
        return ReadEntry(
            booked=status in ("", "BOOK"),
            status=status,
            credit=credit,
            amount=amount,
            currency=currency,
            booking_day=booking_day,
            value_day=value,
            label=label,
            remittance=remittance,
            bank_reference=bank_reference,
            entry_reference=entry_reference,
            end_to_end=end_to_end,
            structured_reference=structured,
            mandate=mandate,
            counterparty_name=party.name,
            counterparty_iban=party.iban,
            ultimate_name=party.ultimate,
            counterparty_address=party.address,
            operation_code=operation,
            return_reason=reason,
            is_return=returned,
            reversal=reversal,
            transactions=len(transactions),
            details=details,
            line=line_of(entry),
        )

    def _detail(self, t: _Transaction, credit: bool, returned: bool, currency: str, account: str) -> ReadDetail:
        own_credit = credit if t.credit is None else t.credit
        party = _counterparty(t, own_credit, returned or bool(t.return_reason), account)
        return ReadDetail(
            amount=t.amount,
            credit=own_credit,
            currency=t.currency or currency,
            end_to_end=t.end_to_end,
            structured_reference=t.structured_reference or find_rf(t.remittance) or find_rf(t.end_to_end),
            mandate=t.mandate,
            bank_reference=t.bank_reference,
            remittance=t.remittance or t.extra,
            counterparty_name=party.name,
            counterparty_iban=party.iban,
            ultimate_name=party.ultimate,
            counterparty_address=party.address,
            return_reason=t.return_reason,
        )

    def _status(self, element: Element) -> str:
        """`Sts` as text (up to version 04) or `Sts/Cd` (from 08); a bank's own code (`Prtry`) isn't booked."""
        text = (element.text or "").strip().upper()
        if text:
            return text
        for child in children(element):
            return (child.text or "").strip().upper() or "INCONNU"
        return ""

    def _operation(self, element: Element) -> tuple[str, bool]:
        """`PMNT/RCDT/ESCT`, else the bank's own code; whether it is a return."""
        local = self.local
        domain = family = sub_family = own = None
        for child in children(element):
            name = local[child.tag]
            if name == "Domn":
                for part in children(child):
                    part_name = local[part.tag]
                    if part_name == "Cd":
                        domain = part.text
                    elif part_name == "Fmly":
                        for code in children(part):
                            code_name = local[code.tag]
                            if code_name == "Cd":
                                family = code.text
                            elif code_name == "SubFmlyCd":
                                sub_family = code.text
            elif name == "Prtry":
                own = self.names.text_of(child, "Cd")
        key = (domain, family, sub_family, own)
        known = self._operations.get(key)
        if known is None:
            iso = "/".join(filter(None, map(compact, key[:3])))
            known = self._operations[key] = (iso or own or "", compact(sub_family).upper() in _RETURN_FAMILIES)
        return known

    def _transaction(self, details: Element) -> _Transaction:
        local = self.local
        amount: Decimal | None = None
        inner_amount: Decimal | None = None
        credit: bool | None = None
        currency = inner_currency = bank_reference = end_to_end = mandate = reason = ""
        structured = extra = remittance = ""
        returned = False
        debtor = creditor = _NOBODY
        for child in children(details):
            name = local[child.tag]
            if name == "Refs":
                for reference in children(child):
                    reference_name = local[reference.tag]
                    if reference_name == "EndToEndId":
                        end_to_end = reference_of(reference.text)
                    elif reference_name == "MndtId":
                        mandate = reference_of(reference.text)
                    elif reference_name == "AcctSvcrRef":
                        bank_reference = reference_of(reference.text)
            elif name == "Amt":
                if (child.text or "").strip():
                    amount = self.names.amount(child.text)
                    currency = compact(child.get("Ccy")).upper()
            elif name == "AmtDtls":
                inner_amount, inner_currency = self._inner_amount(child)
            elif name == "CdtDbtInd":
                indicator = (child.text or "").strip().upper()
                credit = {"CRDT": True, "DBIT": False}.get(indicator)
            elif name == "RltdPties":
                debtor, creditor = self._parties(child)
            elif name == "RmtInf":
                remittance, structured = self._remittance(child)
            elif name == "RtrInf":
                reason = self._reason(child)
            elif name == "BkTxCd":
                returned = self._operation(child)[1]
            elif name == "AddtlTxInf":
                extra = compact(child.text)
        if amount is None:
            amount, currency = inner_amount, inner_currency
        return _Transaction(
            amount=abs(amount) if amount is not None else None,
            credit=credit,
            currency=currency,
            bank_reference=bank_reference,
            end_to_end=end_to_end,
            mandate=mandate,
            structured_reference=structured,
            remittance=remittance,
            debtor=debtor,
            creditor=creditor,
            return_reason=reason,
            returned_family=returned,
            extra=extra,
        )

    def _inner_amount(self, element: Element) -> tuple[Decimal | None, str]:
        """`TxAmt/Amt`, else `InstdAmt/Amt`."""
        local = self.local
        booked: tuple[Decimal | None, str] | None = None
        instructed: tuple[Decimal | None, str] | None = None
        for child in children(element):
            name = local[child.tag]
            if name in ("TxAmt", "InstdAmt"):
                for part in children(child):
                    if local[part.tag] == "Amt" and (part.text or "").strip():
                        found = (self.names.amount(part.text), compact(part.get("Ccy")).upper())
                        if name == "TxAmt":
                            booked = found
                        else:
                            instructed = found
        return booked or instructed or (None, "")

    def _parties(self, element: Element) -> tuple[_Party, _Party]:
        local = self.local
        debtor = creditor = last_debtor = last_creditor = debtor_iban = creditor_iban = ""
        debtor_lives = creditor_lives = ""
        for child in children(element):
            name = local[child.tag]
            if name == "Dbtr":
                debtor, debtor_lives = self.names.party_name(child), self._address(child)
            elif name == "DbtrAcct":
                debtor_iban = self._iban(child, debtor_iban)
            elif name == "Cdtr":
                creditor, creditor_lives = self.names.party_name(child), self._address(child)
            elif name == "CdtrAcct":
                creditor_iban = self._iban(child, creditor_iban)
            elif name == "UltmtDbtr":
                last_debtor = self.names.party_name(child)
            elif name == "UltmtCdtr":
                last_creditor = self.names.party_name(child)
        return (
            _Party(debtor or last_debtor, debtor_iban, _other(last_debtor, debtor), debtor_lives),
            _Party(creditor or last_creditor, creditor_iban, _other(last_creditor, creditor), creditor_lives),
        )

    def _address(self, party: Element) -> str:
        """The lines of `PstlAdr`, as the bank writes them: free, or street, number, postcode and town."""
        local = self.local
        for child in children(party):
            name = local[child.tag]
            if name == "Pty":
                return self._address(child)
            if name == "PstlAdr":
                parts = {
                    local[part.tag]: compact(part.text) for part in children(child) if local[part.tag] != "AdrLine"
                }
                free = [compact(part.text) for part in children(child) if local[part.tag] == "AdrLine"]
                street = " ".join(filter(None, [parts.get("BldgNb"), parts.get("StrtNm")]))
                town = " ".join(filter(None, [parts.get("PstCd"), parts.get("TwnNm")]))
                return ", ".join(filter(None, [street, *free, town]))
        return ""

    def _iban(self, account: Element, known: str) -> str:
        """The IBAN of a party's account; `known` where it has no identification at all."""
        for child in children(account):
            if self.local[child.tag] == "Id":
                known = clean_iban(self.names.account_number(child))
        return known

    def _remittance(self, element: Element) -> tuple[str, str]:
        """The payer's free text, and his structured reference."""
        local = self.local
        texts: list[str] = []
        structured = ""
        for child in children(element):
            name = local[child.tag]
            if name == "Ustrd":
                texts.append(compact(child.text))
            elif name == "Strd":
                for part in children(child):
                    part_name = local[part.tag]
                    if part_name == "CdtrRefInf":
                        for reference in children(part):
                            if local[reference.tag] in ("Ref", "CdtrRef") and not structured:
                                structured = reference_of(reference.text)
                    elif part_name == "AddtlRmtInf":
                        texts.append(compact(part.text))
        return " ".join(text for text in texts if text), structured

    def _reason(self, element: Element) -> str:
        for child in children(element):
            if self.local[child.tag] in ("Rsn", "RtrRsn"):
                return self.names.code(child)
        return ""


def _other(last: str, first: str) -> str:
    """Who is behind a party, '' where it is nobody else."""
    return last if first and last.upper() != first.upper() else ""


def _counterparty(t: _Transaction, credit: bool, returned: bool, account: str) -> _Party:
    """The other side. A return keeps the parties of the payment that it undoes, so their roles are then crossed."""
    first, second = (t.debtor, t.creditor) if credit != returned else (t.creditor, t.debtor)
    if first.iban and first.iban == account:
        return second
    if first.name or first.iban:
        return first
    # Nobody named on the side where the other should be: the remaining one, unless it is ourselves.
    return second if returned and second.iban != account else first
