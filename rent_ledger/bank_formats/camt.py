"""Reader of camt.052, camt.053 and camt.054, any version, by local names.

Files aren't validated against their schema: a third of the real ones break it without harm. One tree, one walk over
each entry. No DTD, no entity, no network: a document type declaration is refused before the parser sees it.
"""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from rent_ledger.bank_formats.accounts import clean_iban
from rent_ledger.bank_formats.model import (
    BankFileContent,
    ReadBalance,
    ReadDetail,
    ReadEntry,
    ReadStatement,
    unreadable,
)
from rent_ledger.bank_formats.references import find_rf
from rent_ledger.bank_formats.text import decode_xml, join_texts

_MESSAGES = {
    "BkToCstmrAcctRpt": ("camt.052", "Rpt"),
    "BkToCstmrStmt": ("camt.053", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn"),
}
_STATEMENT_KINDS = frozenset(kind for _, kind in _MESSAGES.values())
_FORMAT = re.compile(r"camt\.05[234]\.001\.\d\d")
_OTHER_MESSAGE = re.compile(r"(?:pain|pacs|camt|acmt|head)\.\d{3}(?:\.\d{3}\.\d\d)?")
_OTHER_NAMES = {
    "pain.001": "un ordre de virement",
    "pain.008": "un ordre de prélèvement",
    "pain.002": "un compte rendu d’exécution d’ordres",
    "camt.086": "une facture de frais bancaires",
}
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*|Z|[+-][0-9]{2}:?[0-9]{2})?", re.DOTALL)
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_TRUE = frozenset(("TRUE", "1", "YES", "Y"))
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOTPROVIDED.", "NOREF", "UNDEFINED"))
# Sub-families of a returned, refused or reversed payment.
_RETURN_FAMILIES = frozenset(("RRTN", "UPDD", "PRDD", "RCDD", "ARET", "AREV", "UPCT", "UPCQ", "RPCR"))
_MAX_LINE = 65_535  # libxml2 counts no further

Element = etree._Element


class _Locals(dict[str, str]):
    """Tag → local name, computed once per tag of the file."""

    def __missing__(self, tag: object) -> str:
        # Comments and instructions (none left by the parser, but the type allows them) have no name.
        local = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        self[tag] = local  # type: ignore[index]
        return local


class _Problem(Exception):
    """Something in an element that can't be read; the French sentence without its place."""


class _Party(NamedTuple):
    name: str = ""
    iban: str = ""


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


class _Header(NamedTuple):
    """What entries inherit from their statement."""

    currency: str
    day: date | None
    account: str


def read_camt(data: bytes) -> BankFileContent:
    """The content of a camt file. Raises `UnreadableFile` with a French line, and its place, per problem."""
    text = decode_xml(data)
    if "<!" in text and _DOCTYPE.search(text):
        raise unreadable(
            [
                "Le fichier XML contient une déclaration de type (DOCTYPE ou ENTITY), qu’un relevé de banque n’a "
                "jamais : il est refusé par sécurité. Téléchargez de nouveau le relevé sur le site de la banque."
            ],
            code="hostile_file",
        )
    root = _parse(text)
    return _Reader(root).content()


def _parse(text: str) -> Element:
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


def _line_of(element: Element) -> int:
    return int(getattr(element, "sourceline", 0) or 0)  # the stubs don't know this attribute


def _compact(text: str | None) -> str:
    """One line, single spaces."""
    return " ".join(text.split()) if text else ""


def _reference(text: str | None) -> str:
    value = _compact(text)
    return "" if value.upper() in _NO_REFERENCE else value


def _decimal(text: str | None) -> Decimal:
    value = (text or "").strip()
    if not _AMOUNT.fullmatch(value):
        shown = f"« {value[:40]} »" if value else "vide"
        raise _Problem(f"le montant est {shown}, un nombre comme 1234.56 est attendu")
    return Decimal(value)


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.local = _Locals()
        self.errors: list[str] = []
        self.days: dict[str | None, date | None] = {}  # the same few days on every entry

    # -- the message ------------------------------------------------------------------------------------------------

    def content(self) -> BankFileContent:
        messages = self._messages()
        if not messages:
            raise unreadable([self._other_format()])
        statements: list[ReadStatement] = []
        for message in messages:
            created = None
            for child in message:
                name = self.local[child.tag]
                if name == "GrpHdr":
                    created = self._created(child)
                elif name in _STATEMENT_KINDS:
                    try:
                        statements.append(self._statement(child, name, created, len(statements) + 1))
                    except _Problem as problem:
                        self.errors.append(f"Relevé n° {len(statements) + 1}{self._line(child)} : {problem}.")
        if self.errors:
            raise unreadable(self.errors)
        if not statements:
            raise unreadable(
                ["Le fichier ne contient aucun relevé (ni Stmt, ni Rpt, ni Ntfctn). Redemandez-le à la banque."]
            )
        return BankFileContent(format=self._format(messages[0]), statements=tuple(statements))

    def _messages(self) -> list[Element]:
        """The messages of the file: at the root, under `Document`, or deeper in a bank's envelope."""
        if self._message_name(self.root):
            return [self.root]
        found = [child for child in self.root if self._message_name(child)]
        return found or [element for element in self.root.iter() if self._message_name(element)]

    def _message_name(self, element: Element) -> str:
        """`BkToCstmrStmt` for itself and for `BkToCstmrStmtV01`, '' for any other element."""
        name = self.local[element.tag]
        if not name.startswith("BkToCstmr"):
            return ""
        name = re.sub(r"V\d\d\Z", "", name)
        return name if name in _MESSAGES else ""

    def _format(self, message: Element) -> str:
        base = _MESSAGES[self._message_name(message)][0]
        for place in (message, self.root):
            texts = [str(place.tag), *(str(value) for value in place.attrib.values())]
            for text in texts:
                for found in _FORMAT.findall(text):
                    if found.startswith(base):
                        return str(found)
        return base

    def _other_format(self) -> str:
        name = self.local[self.root.tag]
        if name.lower() == "html":
            return "C’est une page web (HTML), pas un relevé. Téléchargez le camt.053 ou le CFONB 120 de la banque."
        texts = [str(element.tag) for element in (self.root, *list(self.root)[:1])]
        for text in texts:
            match = _OTHER_MESSAGE.search(text)
            if match:
                what = _OTHER_NAMES.get(match.group()[:8], "un autre message bancaire")
                return (
                    f"C’est un fichier {match.group()} ({what}), pas un relevé de compte. "
                    "Demandez à la banque un camt.053 ou un CFONB 120."
                )
        return (
            f"Ce fichier XML (élément « {name[:60]} ») n’est pas un relevé camt.052, camt.053 ou camt.054. "
            "Demandez à la banque un camt.053 ou un CFONB 120."
        )

    def _line(self, element: Element) -> str:
        line = _line_of(element)
        return f" (ligne {line})" if 0 < line < _MAX_LINE else ""

    # -- a statement ------------------------------------------------------------------------------------------------

    def _created(self, parent: Element) -> date | None:
        for child in parent:
            if self.local[child.tag] == "CreDtTm":
                return self._day_or_none(child.text)
        return None

    def _statement(self, statement: Element, kind: str, created: date | None, rank: int) -> ReadStatement:
        local = self.local
        identifier = sequence = ""
        account = owner = ""
        declared: str | None = None
        has_account = False
        to_day: date | None = None
        balances: list[ReadBalance] = []
        entry_elements: list[Element] = []
        for child in statement:
            name = local[child.tag]
            if name == "Ntry":
                entry_elements.append(child)
            elif name == "Bal":
                try:
                    balances.append(self._balance(child))
                except _Problem as problem:
                    self.errors.append(f"Relevé n° {rank}, solde{self._line(child)} : {problem}.")
            elif name == "Acct" and not has_account:
                account, declared, owner = self._account(child)
                has_account = True
            elif name == "Id":
                identifier = _compact(child.text)
            elif name == "ElctrncSeqNb":
                sequence = _compact(child.text)
            elif name == "CreDtTm":
                created = self._day_or_none(child.text) or created
            elif name == "FrToDt":
                for bound in child:
                    if local[bound.tag] in ("ToDtTm", "ToDt"):
                        to_day = self._day_or_none(bound.text)
        if not account:
            raise _Problem("le compte n’est pas indiqué (Acct/Id), le relevé ne peut pas être rattaché")
        iban = clean_iban(account)
        account = iban or account
        opening, closing = self._opening_and_closing(balances, declared)
        balance_currency = next((b.currency for b in (opening, closing) if b and b.currency), "")
        header = _Header(
            currency=declared or balance_currency,
            day=(closing.day if closing else None) or to_day or (opening.day if opening else None) or created,
            account=account,
        )
        entries: list[ReadEntry] = []
        for number, element in enumerate(entry_elements, 1):
            try:
                entries.append(self._entry(element, header))
            except _Problem as problem:
                self.errors.append(f"Relevé n° {rank}, écriture n° {number}{self._line(element)} : {problem}.")
        return ReadStatement(
            kind=kind,
            account=account,
            iban=iban or None,
            currency=header.currency or next((e.currency for e in entries if e.currency), ""),
            declared_currency=declared,
            id=identifier,
            sequence=sequence,
            opening=opening.amount if opening else None,
            closing=closing.amount if closing else None,
            opening_day=opening.day if opening else None,
            closing_day=closing.day if closing else None,
            entries=tuple(entries),
            balances=tuple(balances),
            owner_name=owner,
        )

    @staticmethod
    def _opening_and_closing(
        balances: list[ReadBalance], declared: str | None
    ) -> tuple[ReadBalance | None, ReadBalance | None]:
        """OPBD (else PRCD) and CLBD; of several, those in the account's currency, of the first and the last day."""

        def chosen(kind: str) -> list[ReadBalance]:
            found = [b for b in balances if b.kind == kind]
            return [b for b in found if b.currency == declared] or found

        def day(balance: ReadBalance) -> date:
            return balance.day or date.min

        openings = chosen("OPBD")
        previous = chosen("PRCD")
        closings = chosen("CLBD")
        opening = min(openings, key=day) if openings else max(previous, key=day) if previous else None
        closing = max(reversed(closings), key=day) if closings else None
        return opening, closing

    def _account(self, account: Element) -> tuple[str, str | None, str]:
        """Number (IBAN or other), declared currency, holder's name."""
        number = owner = ""
        currency: str | None = None
        for child in account:
            name = self.local[child.tag]
            if name == "Id":
                number = self._account_number(child)
            elif name == "Prxy" and not number:
                number = next((_compact(e.text) for e in child if self.local[e.tag] == "Id"), "")
            elif name == "Ccy":
                currency = _compact(child.text).upper() or None
            elif name == "Ownr":
                owner = self._party_name(child)
        return number, currency, owner

    def _account_number(self, identification: Element) -> str:
        """Of `Id`: `IBAN`, else `Othr/Id`, `PrtryAcct/Id`, `BBAN` or `UPIC` (version 01)."""
        other = ""
        for child in identification:
            name = self.local[child.tag]
            if name == "IBAN":
                if text := "".join((child.text or "").split()):
                    return text
            elif name in ("Othr", "PrtryAcct"):
                other = other or next((_compact(e.text) for e in child if self.local[e.tag] == "Id"), "")
            elif name in ("BBAN", "UPIC"):
                other = other or _compact(child.text)
        return other

    def _balance(self, balance: Element) -> ReadBalance:
        local = self.local
        kind = currency = ""
        indicator: str | None = None
        amount: Decimal | None = None
        day: date | None = None
        for child in balance:
            name = local[child.tag]
            if name == "Tp":
                kind = kind or self._deep_code(child)
            elif name == "Amt":
                amount = _decimal(child.text)
                currency = _compact(child.get("Ccy")).upper()
            elif name == "CdtDbtInd":
                indicator = _compact(child.text).upper()
            elif name == "Dt":
                day = self._date_choice(child)
        if amount is None:
            raise _Problem("le montant du solde manque (Amt)")
        if indicator is not None:
            if indicator not in ("CRDT", "DBIT"):
                raise _Problem(f"le sens du solde est « {indicator[:20]} », CRDT ou DBIT est attendu")
            if amount < 0:
                raise _Problem("le solde a un signe moins et un sens : lequel compte n’est pas clair")
            if indicator == "DBIT":
                amount = -amount
        return ReadBalance(kind=kind, amount=amount, currency=currency, day=day)

    def _deep_code(self, element: Element) -> str:
        """`Cd` or `Prtry` under `CdOrPrtry`, or (version 01) directly below."""
        for child in element:
            name = self.local[child.tag]
            if name == "CdOrPrtry":
                return self._deep_code(child)
            if name in ("Cd", "Prtry"):
                return _compact(child.text).upper()
        return ""

    # -- dates ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _day_or_none(text: str | None) -> date | None:
        match = _DAY.fullmatch((text or "").strip())
        if match is None:
            return None
        try:
            return date.fromisoformat(match.group(1))
        except ValueError:
            return None

    def _date_choice(self, element: Element) -> date | None:
        """`Dt` or `DtTm` below; None where empty."""
        text = element.text
        for child in element:
            if self.local[child.tag] in ("Dt", "DtTm"):
                text = child.text
                break
        if text in self.days:
            return self.days[text]
        value = (text or "").strip()
        day = self._day_or_none(value)
        if day is None and value:
            raise _Problem(f"« {value[:40]} » n’est pas une date (AAAA-MM-JJ)")
        self.days[text] = day
        return day

    # -- an entry ---------------------------------------------------------------------------------------------------

    def _entry(self, entry: Element, header: _Header) -> ReadEntry:
        local = self.local
        amount: Decimal | None = None
        currency = indicator = status = bank_reference = entry_reference = operation = additional = ""
        reversal = returned = False
        booking: date | None = None
        value: date | None = None
        transactions: list[_Transaction] = []
        for child in entry:
            name = local[child.tag]
            if name == "Amt":
                amount = _decimal(child.text)
                currency = (child.get("Ccy") or "").strip().upper()
            elif name == "CdtDbtInd":
                indicator = (child.text or "").strip().upper()
            elif name == "Sts":
                status = self._status(child)
            elif name == "BookgDt":
                booking = self._date_choice(child)
            elif name == "ValDt":
                value = self._date_choice(child)
            elif name == "AcctSvcrRef":
                bank_reference = _reference(child.text)
            elif name == "BkTxCd":
                operation, returned = self._operation(child)
            elif name == "NtryDtls":
                for detail in child:
                    if local[detail.tag] == "TxDtls":
                        transactions.append(self._transaction(detail))
            elif name == "TxDtls":  # version 01
                transactions.append(self._transaction(child))
            elif name == "NtryRef":
                entry_reference = _reference(child.text)
            elif name == "AddtlNtryInf":
                additional = _compact(child.text)
            elif name == "RvslInd":
                reversal = (child.text or "").strip().upper() in _TRUE
        if amount is None:
            raise _Problem("le montant manque (Amt)")
        if amount < 0:
            raise _Problem(f"le montant {amount} est négatif, c’est CdtDbtInd qui donne le sens")
        if indicator not in ("CRDT", "DBIT"):
            shown = f"est « {indicator[:20]} »" if indicator else "manque"
            raise _Problem(f"le sens (CdtDbtInd) {shown}, CRDT ou DBIT est attendu")
        credit = indicator == "CRDT"
        booking_day = booking or value or header.day
        if booking_day is None:
            raise _Problem("la date comptable manque (BookgDt), et rien dans le relevé ne la donne")
        currency = currency or header.currency
        reason = next((t.return_reason for t in transactions if t.return_reason), "")
        returned = returned or reversal or bool(reason) or any(t.returned_family for t in transactions)
        label = additional
        remittance = end_to_end = mandate = structured = ""
        party = _Party()
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
            operation_code=operation,
            return_reason=reason,
            is_return=returned,
            reversal=reversal,
            transactions=len(transactions),
            details=details,
            line=_line_of(entry),
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
            return_reason=t.return_reason,
        )

    def _status(self, element: Element) -> str:
        """`Sts` as text (up to version 04) or `Sts/Cd` (from 08); a bank's own code (`Prtry`) isn't booked."""
        text = (element.text or "").strip().upper()
        if text:
            return text
        for child in element:
            return (child.text or "").strip().upper() or "INCONNU"
        return ""

    def _operation(self, element: Element) -> tuple[str, bool]:
        """`PMNT/RCDT/ESCT`, else the bank's own code; whether it is a return."""
        local = self.local
        domain = family = sub_family = own = ""
        for child in element:
            name = local[child.tag]
            if name == "Domn":
                for part in child:
                    part_name = local[part.tag]
                    if part_name == "Cd":
                        domain = _compact(part.text)
                    elif part_name == "Fmly":
                        for code in part:
                            code_name = local[code.tag]
                            if code_name == "Cd":
                                family = _compact(code.text)
                            elif code_name == "SubFmlyCd":
                                sub_family = _compact(code.text)
            elif name == "Prtry":
                own = next((_compact(e.text) for e in child if local[e.tag] == "Cd"), "")
        iso = "/".join(part for part in (domain, family, sub_family) if part)
        return iso or own, sub_family.upper() in _RETURN_FAMILIES

    def _transaction(self, details: Element) -> _Transaction:
        local = self.local
        amount: Decimal | None = None
        inner_amount: Decimal | None = None
        credit: bool | None = None
        currency = inner_currency = bank_reference = end_to_end = mandate = reason = ""
        structured = extra = remittance = ""
        returned = False
        debtor = creditor = _Party()
        for child in details:
            name = local[child.tag]
            if name == "Refs":
                for reference in child:
                    reference_name = local[reference.tag]
                    if reference_name == "EndToEndId":
                        end_to_end = _reference(reference.text)
                    elif reference_name == "MndtId":
                        mandate = _reference(reference.text)
                    elif reference_name == "AcctSvcrRef":
                        bank_reference = _reference(reference.text)
            elif name == "Amt":
                if (child.text or "").strip():
                    amount = _decimal(child.text)
                    currency = _compact(child.get("Ccy")).upper()
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
                extra = _compact(child.text)
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
        found: dict[str, tuple[Decimal, str]] = {}
        for child in element:
            name = self.local[child.tag]
            if name in ("TxAmt", "InstdAmt"):
                for part in child:
                    if self.local[part.tag] == "Amt" and (part.text or "").strip():
                        found[name] = (_decimal(part.text), _compact(part.get("Ccy")).upper())
        return found.get("TxAmt") or found.get("InstdAmt") or (None, "")

    def _parties(self, element: Element) -> tuple[_Party, _Party]:
        names: dict[str, str] = {}
        ibans: dict[str, str] = {}
        for child in element:
            name = self.local[child.tag]
            if name in ("Dbtr", "Cdtr", "UltmtDbtr", "UltmtCdtr"):
                names[name] = self._party_name(child)
            elif name in ("DbtrAcct", "CdtrAcct"):
                for part in child:
                    if self.local[part.tag] == "Id":
                        ibans[name] = clean_iban(self._account_number(part))
        return (
            _Party(names.get("Dbtr") or names.get("UltmtDbtr", ""), ibans.get("DbtrAcct", "")),
            _Party(names.get("Cdtr") or names.get("UltmtCdtr", ""), ibans.get("CdtrAcct", "")),
        )

    def _party_name(self, element: Element) -> str:
        """`Nm`, from version 08 `Pty/Nm`; a bank as party has its name under `Agt/FinInstnId`."""
        for child in element:
            name = self.local[child.tag]
            if name == "Nm":
                return _compact(child.text)
            if name in ("Pty", "Agt", "FinInstnId"):
                return self._party_name(child)
        return ""

    def _remittance(self, element: Element) -> tuple[str, str]:
        """The payer's free text, and his structured reference."""
        texts: list[str] = []
        structured = ""
        for child in element:
            name = self.local[child.tag]
            if name == "Ustrd":
                texts.append(_compact(child.text))
            elif name == "Strd":
                for part in child:
                    part_name = self.local[part.tag]
                    if part_name == "CdtrRefInf":
                        for reference in part:
                            if self.local[reference.tag] in ("Ref", "CdtrRef") and not structured:
                                structured = _reference(reference.text)
                    elif part_name == "AddtlRmtInf":
                        texts.append(_compact(part.text))
        return " ".join(text for text in texts if text), structured

    def _reason(self, element: Element) -> str:
        for child in element:
            if self.local[child.tag] in ("Rsn", "RtrRsn"):
                return self._deep_code(child)
        return ""


def _counterparty(t: _Transaction, credit: bool, returned: bool, account: str) -> _Party:
    """The other side. A return keeps the parties of the payment that it undoes, so their roles are then crossed."""
    first, second = (t.debtor, t.creditor) if credit != returned else (t.creditor, t.debtor)
    if first.iban and first.iban == account:
        return second
    if first.name or first.iban:
        return first
    # Nobody named on the side where the other should be: the remaining one, unless it is ourselves.
    return second if returned and second.iban != account else first
