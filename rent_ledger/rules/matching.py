"""To whom does a bank line belong? Pure: a line and an index of what is known, in; a result with French reasons, out.

SURE only where it is proven, and nothing contradicts it: a reference of one household alone (ISO 11649 with its check
digits; the number of an avis, which has none, with the payer's name or IBAN), or an IBAN that paid for one account
only, at exactly an amount that this account owes. Everything else is proposed with its reasons, or left to a person.
A household that is told "paid" for another one's money is the error that costs most: any doubt proposes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

from common.text import sort_key
from rent_ledger.rules.names import ALIKE, PersonName, best, likeness, words

RULE_VERSION = 1
SURE_NAME = 0.85
PROPOSED_NAME = 0.6
CONTRADICTING_NAME = 0.9
RETURN_WINDOW = timedelta(days=400)
"""13 months, the longest delay to contest a direct debit, with some days for the banks."""
_WIDE = 400
"""A name shared by more accounts than this says nothing."""


class Verdict(StrEnum):
    SURE = "SURE"
    PROPOSED = "PROPOSED"
    TO_PLACE = "TO_PLACE"
    RETURN = "RETURN"
    BENEFIT = "BENEFIT"
    OTHER = "OTHER"


class Rule(StrEnum):
    """Which rule decided (stored with the match)."""

    REFERENCE = "REFERENCE"
    DEMAND = "DEMAND"
    IBAN = "IBAN"
    NAME = "NAME"
    RETURN = "RETURN"
    BENEFIT = "BENEFIT"
    CHEQUES = "CHEQUES"
    FEES = "FEES"
    OUTGOING = "OUTGOING"
    PERSON = "PERSON"
    NONE = ""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line says. `amount` is signed. IBAN without spaces."""

    amount: Decimal
    booking_day: date
    label: str = ""
    name: str = ""
    iban: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    operation_code: str = ""
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account that a household pays. `dues`: amounts that may be paid at once (total due, each open term…).

    `owed` is everything not paid, due or not. `net_term` is None before the first demand. `is_current`: still housed.
    """

    id: int
    household_id: int
    household: str
    people: tuple[PersonName, ...]
    payment_reference: str = ""
    net_term: Decimal | None = None
    owed: Decimal = Decimal(0)
    dues: frozenset[Decimal] = frozenset()
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """An avis that was sent: its account and what it asks."""

    account_id: int
    net: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """A payment already in, that a return may undo. `account_id` is None where it lies in suspense or on several."""

    line_id: int
    account_id: int | None
    amount: Decimal
    booking_day: date
    iban: str = ""
    end_to_end: str = ""
    structured_reference: str = ""
    mandate: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """A benefit payer (CAF, MSA). `name` is a sort key. `awaited`: total → ids of bordereaux without bank credit."""

    id: int
    label: str
    name: str
    iban: str = ""
    awaited: Mapping[Decimal, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The verdict. `account_id` where there is one account, `paid_line_id` for a return, `statement_id` for aid.
    `reasons` speak for it, `doubts` against it."""

    verdict: Verdict
    rule: Rule = Rule.NONE
    account_id: int | None = None
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    paid_line_id: int | None = None
    payer_id: int | None = None
    statement_id: int | None = None


_AVIS = re.compile(r"(?<![A-Z0-9])AVIS[ -]?(\d{4})[ -]?(\d{4,6})(?![A-Z0-9])")
_WORDS = re.compile(r"[A-Z0-9]+")
_RF = re.compile(r"RF\d{2}[A-Z0-9]*")
_CHEQUES = re.compile(r"\b(?:REM(?:ISE)?|VERSEMENT|DEPOT)\.? (?:DE )?(?:CHQ|CHEQUES?)\b")
_FEES = re.compile(r"\b(?:FRAIS|COMMISSIONS?|COMM|COTISATION|AGIOS|INTERETS DEBITEURS|TENUE DE COMPTE)\b")
_RETURN = re.compile(r"\b(?:REJET|IMPAYE|RETOUR PRLV|RETOUR PRELEVEMENT|RETOUR VIR)\b")
_FEE_CODES = frozenset("61 62 64 65 66 67".split())
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON REF", "NOREF", "LOYER", "VIREMENT"})


def demand_references(text: str) -> set[str]:
    """References of avis in `text`, in their canonical form `AVIS-2611-0307`."""
    upper = text.upper()
    return {f"AVIS-{m[1]}-{m[2]}" for m in _AVIS.finditer(upper)} if "AVIS" in upper else set()


def creditor_references(text: str) -> set[str]:
    """What may be RF references in `text`: in one piece, or printed by groups of four. Nothing is checked here."""
    found: set[str] = set()
    upper = text.upper()
    if "RF" not in upper:
        return found
    tokens = _WORDS.findall(upper)
    for start, token in enumerate(tokens):
        if not _RF.fullmatch(token):
            continue
        found.add(token)
        joined = token
        if len(token) != 4:
            continue
        for piece in tokens[start + 1 : start + 7]:
            if len(piece) > 4:
                break
            joined += piece
            found.add(joined)
            if len(piece) < 4:
                break
    return {reference for reference in found if 5 <= len(reference) <= 25}


@lru_cache(maxsize=50_000)
def name_words(text: str) -> tuple[str, ...]:
    """The words of `text` that may be a name."""
    return words(sort_key(text))


class Index:
    """What is known, ready for thousands of lines: everything is found by key."""

    def __init__(
        self,
        *,
        accounts: Iterable[AccountFacts],
        demands: Mapping[str, DemandFacts] | None = None,
        ibans: Mapping[str, frozenset[int]] | None = None,
        paid: Iterable[PaidFacts] = (),
        payers: Sequence[PayerFacts] = (),
        cheques_account: int | None = None,
        cheques_in_hand: Decimal = Decimal(0),
    ) -> None:
        """`demands` by canonical reference; `ibans`: accounts that each has paid for; `cheques_in_hand`: taken at the
        desk and not yet seen at the bank, held on `cheques_account`."""
        self.accounts = {a.id: a for a in accounts}
        self.demands = demands or {}
        self.ibans = ibans or {}
        self.payers = payers
        self.cheques_account = cheques_account
        self.cheques_in_hand = cheques_in_hand
        self.by_reference: defaultdict[str, set[int]] = defaultdict(set)
        self._by_word: defaultdict[str, set[int]] = defaultdict(set)
        self._by_pair: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._by_start: defaultdict[str, set[str]] = defaultdict(set)
        for account in self.accounts.values():
            if account.payment_reference:
                self.by_reference[account.payment_reference.upper()].add(account.id)
            for person in account.people:
                for word in person.last.split():
                    self._by_word[word].add(account.id)
                    self._by_start[word[:3]].add(word)
                    for first in person.first.split():
                        self._by_pair[word, first].add(account.id)
        self.taken_lines: set[int] = set()
        self.taken_statements: set[int] = set()
        """Payments already returned, and bordereaux already credited, by a line of the same set."""
        self._paid: defaultdict[tuple[str, str, Decimal], list[PaidFacts]] = defaultdict(list)
        self.add_paid(paid)

    def add_paid(self, paid: Iterable[PaidFacts]) -> None:
        """Payments that a return may undo, known once the credits of the set are in."""
        for payment in paid:
            for kind, value in _return_keys(payment):
                self._paid[kind, value, payment.amount].append(payment)

    def named(self, found: Sequence[str]) -> dict[int, float]:
        """Accounts whose people `found` may name, with the score of each (≥ PROPOSED_NAME)."""
        candidates: set[int] = set()
        for word in found:
            ids = self._by_word.get(word)
            if ids is None:
                candidates |= self._ids_like(word)
            elif len(ids) <= _WIDE:
                candidates |= ids
            else:
                for other in found:
                    candidates |= self._by_pair.get((word, other), set())
        scores = {i: best(self.accounts[i].people, found) for i in candidates}
        return {i: s for i, s in scores.items() if s >= PROPOSED_NAME}

    def _ids_like(self, word: str) -> set[int]:
        """Accounts of last names that look like `word`, with the same first three letters."""
        if len(word) < 4:
            return set()
        alike = [known for known in self._by_start.get(word[:3], ()) if likeness(known, word) >= ALIKE]
        ids: set[int] = set().union(*(self._by_word[known] for known in alike))
        return ids if len(ids) <= _WIDE else set()

    def returned(self, line: LineFacts) -> list[PaidFacts]:
        """Payments that `line` may return, by the first key that finds any, newest first."""
        for kind, value in _return_keys(line):
            found = [
                p
                for p in self._paid.get((kind, value, -line.amount), ())
                if p.line_id not in self.taken_lines
                and timedelta(0) <= line.booking_day - p.booking_day <= RETURN_WINDOW
            ]
            if found:
                return sorted(found, key=lambda p: (p.booking_day, p.line_id), reverse=True)
        return []


def _return_keys(facts: LineFacts | PaidFacts) -> list[tuple[str, str]]:
    keys = [("mandate", facts.mandate), ("reference", facts.structured_reference), ("iban", facts.iban)]
    if facts.end_to_end.upper() not in _NO_REFERENCE:
        keys.insert(0, ("end to end", facts.end_to_end))
    return [(kind, value) for kind, value in keys if value]


class _Case:
    """One credit against the index: its references, IBAN and names, each looked up once."""

    def __init__(self, line: LineFacts, index: Index) -> None:
        self.line = line
        self.index = index
        text = f"{line.structured_reference} {line.end_to_end} {line.label}"
        self.referenced: set[int] = set()
        for reference in creditor_references(text):
            self.referenced |= index.by_reference.get(reference, set())
        self.avis = {r: index.demands[r] for r in demand_references(text) if r in index.demands}
        self.iban_accounts = index.ibans.get(line.iban, frozenset()) if line.iban else frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of the payer's name, or of the label where the bank gives no name."""
        return name_words(self.line.name or self.line.label)

    @cached_property
    def label_words(self) -> tuple[str, ...]:
        return name_words(f"{self.line.name} {self.line.label}")

    @cached_property
    def names(self) -> dict[int, float]:
        return self.index.named(self.words)

    @cached_property
    def label_names(self) -> dict[int, float]:
        return self.index.named(self.label_words)

    def name_score(self, account: AccountFacts) -> float:
        named = best(account.people, self.words)
        # The label is only read where the name does not say enough.
        return named if named >= SURE_NAME else max(named, best(account.people, self.label_words))

    def has_namesake(self, account: AccountFacts) -> bool:
        """Whether another household's name fits the payer as well."""
        return any(
            s >= SURE_NAME and self.index.accounts[i].household_id != account.household_id
            for scores in (self.names, self.label_names)
            for i, s in scores.items()
        )

    def doubts(self, account: AccountFacts) -> list[str]:
        """Facts that speak against `account`."""
        found: list[str] = []
        others = {i for i in self.referenced if i != account.id}
        others |= {d.account_id for d in self.avis.values() if d.account_id != account.id}
        if others:
            found.append(f"Une autre référence est celle de {self._household(others)}")
        if self.iban_accounts and account.id not in self.iban_accounts:
            found.append(f"IBAN connu pour {self._household(self.iban_accounts)}")
        if self.name_score(account) < PROPOSED_NAME:
            strangers = {
                i
                for scores in (self.names, self.label_names)
                for i, s in scores.items()
                if s >= CONTRADICTING_NAME and self.index.accounts[i].household_id != account.household_id
            }
            if strangers:
                found.append(f"Le nom est celui de {self._household(strangers)}")
        if self.line.amount > account.owed + 3 * (account.net_term or Decimal(500)):
            found.append("Montant bien plus élevé que ce qui est dû")
        if not account.is_current and account.owed <= 0:
            found.append("Ménage parti, qui ne doit plus rien")
        return found

    def _household(self, ids: Iterable[int]) -> str:
        names = sorted({self.index.accounts[i].household for i in ids if i in self.index.accounts})
        if not names:
            return "un autre ménage"
        return names[0] if len(names) == 1 else f"{names[0]} et {len(names) - 1} autre{'s' if len(names) > 2 else ''}"

    def amount_reason(self, account: AccountFacts) -> str:
        """What the amount says for this account, '' where it says nothing."""
        amount = self.line.amount
        for demand in self.avis.values():
            if demand.account_id == account.id and demand.net == amount:
                return f"Montant égal à l’avis{demand.label}"
        if account.net_term is not None and account.net_term == amount:
            return "Montant égal à l’avis"
        if account.owed == amount:
            return "Montant égal à ce qui est dû"
        if amount in account.dues:
            return "Montant égal à un terme dû"
        return ""


def match(line: LineFacts, index: Index) -> MatchResult:
    """The verdict for one line."""
    if line.amount <= 0:
        return _debit(line, index)
    if line.is_return:
        return MatchResult(Verdict.TO_PLACE, reasons=("Retour d’un virement que nous avions émis",))
    case = _Case(line, index)
    if case.referenced or case.avis:
        return _by_reference(case)
    payer = _payer(line, index)
    if payer is not None:
        return _benefit(line, payer, index)
    if (
        index.cheques_account is not None
        and (line.operation_code == "02" or _CHEQUES.search(line.label.upper()))
        and 0 < line.amount <= index.cheques_in_hand
    ):
        return MatchResult(
            Verdict.PROPOSED,
            Rule.CHEQUES,
            index.cheques_account,
            ("Remise de chèques reçus au guichet", f"{_euros(index.cheques_in_hand)} de chèques en attente de remise"),
        )
    if case.iban_accounts:
        return _by_iban(case)
    return _by_name(case)


def _by_reference(case: _Case) -> MatchResult:
    index = case.index
    ids = case.referenced or {d.account_id for d in case.avis.values()}
    if len(ids) > 1:
        return MatchResult(Verdict.TO_PLACE, reasons=(f"Références de plusieurs ménages : {case._household(ids)}",))
    account = index.accounts.get(next(iter(ids)))
    if account is None:
        return MatchResult(Verdict.TO_PLACE, reasons=("La référence est celle d’un compte fermé",))
    amount = case.amount_reason(account)
    doubts = case.doubts(account)
    if case.referenced:
        reasons = [f"Référence {account.payment_reference}"]
        rule = Rule.REFERENCE
    else:
        reference = next(iter(case.avis))
        reasons = [f"Référence {reference}"]
        name = case.name_score(account)
        rule = Rule.DEMAND
        if account.id in case.iban_accounts:
            reasons.append("IBAN connu")
        elif name >= SURE_NAME and not case.has_namesake(account):
            reasons.append(f"Nom à {_percent(name)}")
        elif name >= SURE_NAME:
            doubts.append("Un autre ménage porte ce nom")
        elif name >= PROPOSED_NAME:
            doubts.append(f"Nom à {_percent(name)}")
        else:
            doubts.append("Ni le nom ni l’IBAN ne confirment la référence")
    if amount:
        reasons.append(amount)
    verdict = Verdict.PROPOSED if doubts else Verdict.SURE
    return MatchResult(verdict, rule, account.id, tuple(reasons), tuple(doubts))


def _by_iban(case: _Case) -> MatchResult:
    index = case.index
    accounts = [index.accounts[i] for i in sorted(case.iban_accounts) if i in index.accounts]
    if not accounts:
        return _by_name(case)
    if len(accounts) > 1:
        fitting = [a for a in accounts if case.amount_reason(a)]
        named = [a for a in accounts if case.name_score(a) >= SURE_NAME]
        chosen = _only(fitting) or _only(named)
        if chosen is None:
            return MatchResult(
                Verdict.TO_PLACE,
                reasons=(f"IBAN connu pour {len(accounts)} comptes : {case._household(a.id for a in accounts)}",),
            )
        why = case.amount_reason(chosen) or f"Nom à {_percent(case.name_score(chosen))}"
        return MatchResult(
            Verdict.PROPOSED, Rule.IBAN, chosen.id, (why,),
            (f"IBAN connu pour {len(accounts)} comptes", *case.doubts(chosen)),
        )  # fmt: skip
    account = accounts[0]
    amount = case.amount_reason(account)
    doubts = case.doubts(account)
    # Somebody who pays for another household this time writes its name.
    mentioned = {
        i
        for i, s in case.label_names.items()
        if s >= SURE_NAME and index.accounts[i].household_id != account.household_id
    }
    if mentioned and not doubts:
        doubts.append(f"Le libellé nomme {case._household(mentioned)}")
    if case.line.name and not doubts and case.name_score(account) < PROPOSED_NAME:
        doubts.append(f"Payé au nom de {case.line.name}")
    if amount and not doubts:
        return MatchResult(Verdict.SURE, Rule.IBAN, account.id, ("IBAN connu", amount))
    if not amount and account.net_term is not None:
        doubts.insert(0, f"Montant différent de l’avis ({_euros(account.net_term)})")
    reasons = ("IBAN connu", amount) if amount else ("IBAN connu",)
    return MatchResult(Verdict.PROPOSED, Rule.IBAN, account.id, reasons, tuple(doubts))


def _only(accounts: Sequence[AccountFacts]) -> AccountFacts | None:
    return accounts[0] if len(accounts) == 1 else None


def _by_name(case: _Case) -> MatchResult:
    index = case.index
    scores = case.names or case.label_names
    iban_new = "IBAN nouveau" if case.line.iban else "IBAN absent"
    if not scores:
        reason = "Aucun ménage à ce nom" if any(w.isalpha() for w in case.label_words) else "Sans libellé"
        return MatchResult(Verdict.TO_PLACE, reasons=(reason,))
    top = max(scores.values())
    near = [index.accounts[i] for i, s in scores.items() if s >= top - 0.05]
    households = {a.household_id for a in near}
    fitting = [a for a in near if case.amount_reason(a)]
    if len(households) > 1:
        chosen = _only(fitting)
        if chosen is None:
            which = "plusieurs à ce montant" if fitting else "aucun à ce montant"
            return MatchResult(Verdict.TO_PLACE, reasons=(f"{_count(len(households))} ménages à ce nom, {which}",))
        several = f"{_count(len(households))} ménages à ce nom, un seul à ce montant"
    else:
        current = [a for a in near if a.is_current]
        chosen = _only(fitting) or _only(current) or min(near, key=lambda a: (not a.is_current, -a.owed, a.id))
        several = ""
    reasons, doubts = [], case.doubts(chosen)
    amount, name = case.amount_reason(chosen), scores[chosen.id]
    if amount:
        reasons.append(amount)
    elif chosen.net_term is not None:
        doubts.insert(0, f"Montant différent de l’avis ({_euros(chosen.net_term)})")
    (reasons if name >= CONTRADICTING_NAME else doubts).append(f"Nom à {_percent(name)}, {iban_new}")
    if several:
        doubts.append(several)
    return MatchResult(Verdict.PROPOSED, Rule.NAME, chosen.id, tuple(reasons), tuple(doubts))


def _payer(line: LineFacts, index: Index) -> PayerFacts | None:
    """The benefit payer that sent the line: by IBAN, else by all the words of its name in the payer's name or label."""
    for payer in index.payers:
        if payer.iban and payer.iban == line.iban:
            return payer
    found = set(sort_key(f"{line.name} {line.label}").split())
    for payer in index.payers:
        wanted = {w for w in payer.name.split() if w not in {"de", "du", "la", "le", "des", "d", "l"}}
        if wanted and wanted <= found:
            return payer
    return None


def _benefit(line: LineFacts, payer: PayerFacts, index: Index) -> MatchResult:
    statements = [i for i in payer.awaited.get(line.amount, ()) if i not in index.taken_statements]
    if len(statements) == 1:
        return MatchResult(
            Verdict.BENEFIT, Rule.BENEFIT, payer_id=payer.id, statement_id=statements[0],
            reasons=(f"{payer.label}, montant égal au total du bordereau",),
        )  # fmt: skip
    why = "plusieurs bordereaux de ce montant" if statements else "bordereau non reçu"
    return MatchResult(Verdict.TO_PLACE, payer_id=payer.id, reasons=(f"{payer.label} : {why}",))


def _debit(line: LineFacts, index: Index) -> MatchResult:
    found = index.returned(line) if line.is_return or _RETURN.search(line.label.upper()) else []
    if line.is_return or found:
        accounts = {p.account_id for p in found}
        if not found:
            return MatchResult(Verdict.TO_PLACE, Rule.RETURN, reasons=("Rejet d’un paiement que nous n’avons pas vu",))
        if len(accounts) > 1:
            return MatchResult(
                Verdict.TO_PLACE, Rule.RETURN, reasons=(f"Rejet : {len(found)} paiements de ce montant, lequel ?",)
            )
        paid = found[0]
        reasons = [f"Rejet du paiement du {paid.booking_day:%d/%m/%Y}"]
        if len(found) > 1:
            reasons.append("Le plus récent de plusieurs paiements identiques")
        return MatchResult(Verdict.RETURN, Rule.RETURN, paid.account_id, tuple(reasons), paid_line_id=paid.line_id)
    if line.operation_code in _FEE_CODES or _FEES.search(line.label.upper()):
        return MatchResult(Verdict.OTHER, Rule.FEES, reasons=("Frais de banque",))
    return MatchResult(Verdict.OTHER, Rule.OUTGOING, reasons=("Sortie d’argent, hors loyers",))


def _count(number: int) -> str:
    return {2: "Deux", 3: "Trois", 4: "Quatre"}.get(number, str(number))


def _percent(score: float) -> str:
    return f"{round(score * 100)} %"


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")
