"""What is known of accounts and payments, indexed for matching: references, names, IBANs, past payments (row 27)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

from common.money import ZERO
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    PaidFacts,
    PayerFacts,
)
from rent_ledger.matching.rules.names import ALIKE, PersonName, likeness, score, surname
from rent_ledger.matching.rules.surnames import Surnames, tokens

PROPOSED_NAME = 0.6
RETURN_WINDOW = timedelta(days=400)
"""13 months, the longest delay to contest a direct debit, with some days for the banks."""
LATELY = timedelta(days=31)
"""How long before a return that only a name tells its payment may have come: no earlier month's is then meant."""
_WIDE = 400
"""A name shared by more accounts than this says nothing."""
_FULL_NAMES = {"caf": ("alloc", "famil"), "msa": ("mutual", "agri")}
"""How the words of a payer's full name begin, however they are cut."""
_LINKS = frozenset({"de", "du", "la", "le", "des", "d", "l"})
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON REF", "NOREF", "LOYER", "VIREMENT"})


@lru_cache(maxsize=50_000)
def _last_words(last: str) -> tuple[str, ...]:
    words = surname(last)
    return (*words, "".join(words)) if len(words) > 1 else words


class _Names:
    """Accounts by the words of their people's names."""

    def __init__(self, accounts: Collection[AccountFacts]) -> None:
        self.accounts = accounts
        self.by_word: defaultdict[str, set[int]] = defaultdict(set)
        for account in accounts:
            for person in account.people:
                for word in _last_words(person.last):
                    self.by_word[word].add(account.id)

    @cached_property
    def by_pair(self) -> dict[tuple[str, str], set[int]]:
        """Accounts by (word of the last name, word of the first name). For common last names."""
        found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for account in self.accounts:
            for person in account.people:
                for word in _last_words(person.last):
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
        self._payer_words = [{w for w in _short(p.name.split()) if w not in _LINKS} for p in payers]
        self.cheques_account = cheques_account
        self.cheques_in_hand = cheques_in_hand
        self.by_reference: defaultdict[str, set[int]] = defaultdict(set)
        for account in self.accounts.values():
            self.by_reference[account.payment_reference.upper()].add(account.id)
        self.taken_lines: set[int] = set()
        self.taken_statements: set[int] = set()
        """Payments already returned, and bordereaux already credited, by a line of the same set."""
        self._paid: defaultdict[tuple[str, str, Decimal], list[PaidFacts]] = defaultdict(list)
        self._paid_by_amount: defaultdict[Decimal, list[PaidFacts]] = defaultdict(list)
        self.add_paid(paid)

    def add_paid(self, paid: Iterable[PaidFacts]) -> None:
        """Add the payments that a return may undo. Call it after the credits of the file have been written."""
        for payment in paid:
            self._paid_by_amount[payment.amount].append(payment)
            for kind, value in _return_keys(payment):
                self._paid[kind, value, payment.amount].append(payment)

    @cached_property
    def surnames(self) -> Surnames:
        return Surnames(self.accounts.values())

    @cached_property
    def _names(self) -> _Names:
        return _Names(self.accounts.values())  # Built on first use: few lines need a search by likeness.

    @cached_property
    def _of_households(self) -> dict[int, list[AccountFacts]]:
        found: defaultdict[int, list[AccountFacts]] = defaultdict(list)
        for account in self.accounts.values():
            found[account.household_id].append(account)
        return found

    def others_of_household(self, account: AccountFacts) -> list[AccountFacts]:
        """The other accounts of the household of `account`."""
        return [a for a in self._of_households[account.household_id] if a.id != account.id]

    def of_full_name(self, found: Sequence[str]) -> set[int]:
        """Ids of the accounts of which a person has a word of the last name and one of the first name in `found`."""
        pairs = self._names.by_pair
        return set().union(*(pairs.get((last, first), ()) for last in found for first in found))

    def named(self, found: Sequence[str]) -> dict[int, float]:
        """Account id → score (from PROPOSED_NAME to 1) of the people whom `found` may name."""
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
        """The benefit payer of a line: by IBAN, else by all the words of its name in `text`, in full or in short."""
        if iban:
            for payer in self.payers:
                if payer.iban == iban:
                    return payer
        found = set(tokens(text))
        found |= _short(found)
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

    def paid_lately(self, line: LineFacts) -> list[PaidFacts]:
        """Payments of the amount of the debit `line` in the month before it, newest first."""
        found = [
            p for p in self._paid_by_amount.get(-line.amount, ())
            if p.line_id not in self.taken_lines and timedelta(0) <= line.booking_day - p.booking_day <= LATELY
        ]  # fmt: skip
        return sorted(found, key=lambda p: (p.booking_day, p.line_id), reverse=True)


def _short(words: Iterable[str]) -> set[str]:
    """Words in which the full name of a payer of benefits is its short one: `caf` for « allocations familiales »."""
    found = set(words)
    for short, starts in _FULL_NAMES.items():
        full = {w for w in found if w.startswith(starts)}
        if all(any(w.startswith(start) for w in full) for start in starts):
            found = (found - full - {"caisse"}) | {short}
    return found


def _return_keys(facts: LineFacts | PaidFacts) -> list[tuple[str, str]]:
    keys = [("mandate", facts.mandate), ("reference", facts.structured_reference), ("iban", facts.iban)]
    if facts.end_to_end.upper() not in _NO_REFERENCE:
        keys.insert(0, ("end to end", facts.end_to_end))
    return [(kind, value) for kind, value in keys if value]
