"""Reader of camt.052, camt.053 and camt.054, any version, by local names.

Files aren't validated against their schema: a third of the real ones break it without harm. One tree, one walk over
each entry.
"""

import re
from datetime import date
from decimal import Decimal

from rent_ledger.bank.formats.accounts import clean_iban
from rent_ledger.bank.formats.camt_entry import EntryReader, Header
from rent_ledger.bank.formats.camt_xml import (
    Element,
    Names,
    Problem,
    children,
    compact,
    day_or_none,
    line_note,
    parse,
)
from rent_ledger.bank.formats.model import (
    BankFileContent,
    ReadBalance,
    ReadEntry,
    ReadStatement,
    unreadable,
)

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


def read_camt(data: bytes) -> BankFileContent:
    """The content of a camt file. Raises `UnreadableFile` with a French line, and its place, per problem."""
    return _Reader(parse(data)).content()


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.names = Names()
        self.entries = EntryReader(self.names)
        self.errors: list[str] = []

    def content(self) -> BankFileContent:
        messages = self._messages()
        if not messages:
            raise unreadable([self._other_format()])
        statements: list[ReadStatement] = []
        for message in messages:
            created = None
            for child in message:
                name = self.names.local[child.tag]
                if name == "GrpHdr":
                    created = self._created(child)
                elif name in _STATEMENT_KINDS:
                    try:
                        statements.append(self._statement(child, name, created, len(statements) + 1))
                    except Problem as problem:
                        self.errors.append(f"Relevé n° {len(statements) + 1}{line_note(child)} : {problem}.")
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
        name = self.names.local[element.tag]
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
        name = self.names.local[self.root.tag]
        if name.lower() == "html":
            return "C’est une page web (HTML), pas un relevé. Téléchargez le camt.053 ou le CFONB 120 de la banque."
        texts = [str(element.tag) for element in (self.root, *list(self.root)[:1])]
        for text in texts:
            match = _OTHER_MESSAGE.search(text)
            if match and _FORMAT.fullmatch(match.group()):
                return (
                    f"Ce fichier {match.group()} est vide : il ne contient aucun relevé. "
                    "Demandez-le de nouveau à la banque."
                )
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

    def _created(self, parent: Element) -> date | None:
        for child in children(parent):
            if self.names.local[child.tag] == "CreDtTm":
                return day_or_none(child.text)
        return None

    def _statement(self, statement: Element, kind: str, created: date | None, rank: int) -> ReadStatement:
        local = self.names.local
        identifier = sequence = ""
        account = owner = ""
        declared: str | None = None
        has_account = False
        to_day: date | None = None
        balances: list[ReadBalance] = []
        entry_elements: list[Element] = []
        for child in statement:  # not as a list: there may be 100,000 of them
            name = local[child.tag]
            if name == "Ntry":
                entry_elements.append(child)
            elif name == "Bal":
                try:
                    balances.append(self._balance(child))
                except Problem as problem:
                    self.errors.append(f"Relevé n° {rank}, solde{line_note(child)} : {problem}.")
            elif name == "Acct" and not has_account:
                account, declared, owner = self._account(child)
                has_account = True
            elif name == "Id":
                identifier = compact(child.text)
            elif name == "ElctrncSeqNb":
                sequence = compact(child.text)
            elif name == "CreDtTm":
                created = day_or_none(child.text) or created
            elif name == "FrToDt":
                for bound in children(child):
                    if local[bound.tag] in ("ToDtTm", "ToDt"):
                        to_day = day_or_none(bound.text)
        if not account:
            raise Problem("le compte n’est pas indiqué (Acct/Id), le relevé ne peut pas être rattaché")
        iban = clean_iban(account)
        account = iban or account
        opening, closing = self._opening_and_closing(balances, declared)
        balance_currency = next((b.currency for b in (opening, closing) if b and b.currency), "")
        header = Header(
            currency=declared or balance_currency,
            day=(closing.day if closing else None) or to_day or (opening.day if opening else None) or created,
            account=account,
        )
        entries: list[ReadEntry] = []
        for number, element in enumerate(entry_elements, 1):
            try:
                entries.append(self.entries.read(element, header))
            except Problem as problem:
                self.errors.append(f"Relevé n° {rank}, écriture n° {number}{line_note(element)} : {problem}.")
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
        for child in children(account):
            name = self.names.local[child.tag]
            if name == "Id":
                number = self.names.account_number(child)
            elif name == "Prxy" and not number:
                number = self.names.text_of(child, "Id")
            elif name == "Ccy":
                currency = compact(child.text).upper() or None
            elif name == "Ownr":
                owner = self.names.party_name(child)
        return number, currency, owner

    def _balance(self, balance: Element) -> ReadBalance:
        local = self.names.local
        kind = currency = ""
        indicator: str | None = None
        amount: Decimal | None = None
        day: date | None = None
        for child in children(balance):
            name = local[child.tag]
            if name == "Tp":
                kind = kind or self.names.code(child)
            elif name == "Amt":
                amount = self.names.amount(child.text)
                currency = compact(child.get("Ccy")).upper()
            elif name == "CdtDbtInd":
                indicator = compact(child.text).upper()
            elif name == "Dt":
                day = self.names.day(child)
        if amount is None:
            raise Problem("le montant du solde manque (Amt)")
        if indicator is not None:
            if indicator not in ("CRDT", "DBIT"):
                raise Problem(f"le sens du solde est « {indicator[:20]} », CRDT ou DBIT est attendu")
            if amount < 0:
                raise Problem("le solde a un signe moins et un sens : lequel compte n’est pas clair")
            if indicator == "DBIT":
                amount = -amount
        return ReadBalance(kind=kind, amount=amount, currency=currency, day=day)
