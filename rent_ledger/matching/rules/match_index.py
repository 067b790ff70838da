"""What is known of accounts and payments, indexed for matching: references, names, IBANs, past payments (row 27)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

from common.money import ZERO
from common.text import sort_key
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    PaidFacts,
    PayerFacts,
)
from rent_ledger.matching.rules.names import ALIKE, PersonName, likeness, score, words

PROPOSED_NAME = 0.6
RETURN_WINDOW = timedelta(days=400)
"""13 months, the longest delay to contest a direct debit, with some days for the banks."""
_WIDE = 400
"""A name shared by more accounts than this says nothing."""
_LINKS = frozenset({"de", "du", "la", "le", "des", "d", "l"})
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON REF", "NOREF", "LOYER", "VIREMENT"})


@lru_cache(maxsize=50_000)
def name_words(text: str) -> tuple[str, ...]:
    """The words of `text` that may be a name."""
    return words(sort_key(text))


class _Names:
    """Accounts by the words of their people's names."""

    def __init__(self, accounts: Collection[AccountFacts]) -> None:
        self.accounts = accounts
        self.by_word: defaultdict[str, set[int]] = defaultdict(set)
        for account in accounts:
            for person in account.people:
                for word in person.last.split():
                    self.by_word[word].add(account.id)

    @cached_property
    def by_pair(self) -> dict[tuple[str, str], set[int]]:
        """Accounts by (word of the last name, word of the first name). For common last names."""
        found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for account in self.accounts:
            for person in account.people:
                for word in person.last.split():
                    for first in person.first.split():
                        found[word, first].add(account.id)
        return found

    @cached_property
    def by_start(self) -> dict[str, set[str]]:
        """Words of last names by their first three letters. For misspelt names."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.by_word:
            found[word[:3]].add(word)
        return found

    def candidates(self, found: Sequence[str]) -> set[int]:
        """Ids of the accounts of which a person may have a name in `found`."""
        ids: set[int] = set()
        for word in found:
            known = self.by_word.get(word)
            if known is None:
                ids |= self._like(word)
            elif len(known) <= _WIDE:
                ids |= known
            else:
                for other in found:
                    ids |= self.by_pair.get((word, other), set())
        return ids

    def _like(self, word: str) -> set[int]:
        """Ids of the accounts with a last name that looks like `word` and has the same first three letters."""
        if len(word) < 4:
            return set()
        alike = [known for known in self.by_start.get(word[:3], ()) if likeness(known, word) >= ALIKE]
        ids: set[int] = set().union(*(self.by_word[known] for known in alike))
        return ids if len(ids) <= _WIDE else set()


class Index:
    """What is known, in dictionaries: each line of a file of thousands is matched by look-ups."""

    def __init__(
        self,
        *,
        accounts: Iterable[AccountFacts],
        demands: Mapping[str, DemandFacts] | None = None,
        ibans: Mapping[str, frozenset[int]] | None = None,
        paid: Iterable[PaidFacts] = (),
        payers: Sequence[PayerFacts] = (),
        cheques_account: int | None = None,
        cheques_in_hand: Decimal = ZERO,
    ) -> None:
        """`demands`: by canonical reference. `ibans`: the accounts that each IBAN has paid for. `cheques_in_hand`:
        cheques taken at the desk that no bank line has shown yet; `cheques_account` holds them."""
        self.accounts = {a.id: a for a in accounts}
        self.demands = demands or {}
        self.ibans = ibans or {}
        self.payers = payers
        self._payer_words = [{w for w in p.name.split() if w not in _LINKS} for p in payers]
        self.cheques_account = cheques_account
        self.cheques_in_hand = cheques_in_hand
        self.by_reference: defaultdict[str, set[int]] = defaultdict(set)
        for account in self.accounts.values():
            self.by_reference[account.payment_reference.upper()].add(account.id)
        self._names: _Names | None = None
        self.taken_lines: set[int] = set()
        self.taken_statements: set[int] = set()
        """Payments already returned, and bordereaux already credited, by a line of the same set."""
        self._paid: defaultdict[tuple[str, str, Decimal], list[PaidFacts]] = defaultdict(list)
        self.add_paid(paid)

    def add_paid(self, paid: Iterable[PaidFacts]) -> None:
        """Add the payments that a return may undo. Call it after the credits of the file have been written."""
        for payment in paid:
            for kind, value in _return_keys(payment):
                self._paid[kind, value, payment.amount].append(payment)

    def named(self, found: Sequence[str]) -> dict[int, float]:
        """Account id → score (from PROPOSED_NAME to 1) of the people whom `found` may name."""
        if self._names is None:  # Built on first use: most lines have a reference and need no search by name.
            self._names = _Names(self.accounts.values())
        scores: dict[int, float] = {}
        compared: dict[PersonName, float] = {}  # Many candidates have the same name: compare each name once.
        for i in self._names.candidates(found):
            top = 0.0
            for person in self.accounts[i].people:
                likely = compared.get(person)
                if likely is None:
                    likely = compared[person] = score(person, found)
                top = max(top, likely)
            if top >= PROPOSED_NAME:
                scores[i] = top
        return scores

    def payer(self, iban: str, text: str) -> PayerFacts | None:
        """The benefit payer of a line: by IBAN, else by all the words of its name in `text`."""
        if iban:
            for payer in self.payers:
                if payer.iban == iban:
                    return payer
        found = set(sort_key(text).split())
        for payer, wanted in zip(self.payers, self._payer_words, strict=True):
            if wanted and wanted <= found:
                return payer
        return None

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
