"""To whom does a bank line belong? Takes a line and an index of what is known; returns a verdict with its reasons.

SURE needs a proof and nothing against it. Proofs: a reference of one household only (ISO 11649 with its check digits,
or the number of an avis, which has no check digits, together with the payer's name or IBAN); or an IBAN that has paid
for one account only, with exactly an amount that this account owes. Everything else is proposed with its reasons, or
left to a person. The worst error is to count one household's money as paid by another, so any doubt makes it a proposal
(row 27).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

from common.reasons import Reason
from common.text import sort_key
from common.typography import counted
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.rules.line_references import creditor_references, demand_references
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    LineFacts,
    MatchResult,
    PaidFacts,
    PayerFacts,
    Rule,
    Verdict,
)
from rent_ledger.matching.rules.match_index import PROPOSED_NAME, Index
from rent_ledger.matching.rules.names import best, surname
from rent_ledger.matching.rules.surnames import Mention, own_words, tokens

_T = TypeVar("_T")
SURE_NAME = 0.85
CONFIRMING_NAME = 0.9
INITIAL_NAME = 0.93
"""A last name with an initial. Who is named so, or better, is not named less than a namesake."""
_CHEQUES = re.compile(r"\b(?:REM(?:ISE)?|VERSEMENT|DEPOT)\.? (?:DE )?(?:CHQ|CHEQUES?)\b")
_FEES = re.compile(r"\b(?:FRAIS|COMMISSIONS?|COMM|COTISATION|AGIOS|INTERETS DEBITEURS|TENUE DE COMPTE)\b")
_RETURN = re.compile(r"\b(?:REJETE?S?|IMPAYEE?S?|REFUSEE?|RETOUR (?:PRLV|PRELEVEMENT|VIR|VIREMENT|CHQ|CHEQUE))\b")
_REFUND = re.compile(r"\b(?:REMBOURSEMENTS?|REMBTS?|REMB|TROP PERCU|RESTITUTION|AVOIR)\b")
_FEE_CODES = frozenset("61 62 64 65 66 67".split())
_USUAL_TERM = Decimal(500)
"""What a term may be where none is known yet."""


@cache
def _plain(code: MatchWhy) -> Reason:
    """A reason without figures: it is the same for every line."""
    return Reason(code)


class _Case:
    """One credit and what the index says of its references, IBAN and names. Each is looked up once, when needed."""

    __slots__ = (
        "_label_names",
        "_label_words",
        "_mentions",
        "_names",
        "_words",
        "avis",
        "iban_accounts",
        "index",
        "line",
        "referenced",
    )

    def __init__(self, line: LineFacts, index: Index) -> None:
        self.line = line
        self.index = index
        text = line.text
        self.referenced: set[int] = set()
        for reference in creditor_references(text):
            self.referenced |= index.by_reference.get(reference, set())
        self.avis = {r: index.demands[r] for r in demand_references(text) if r in index.demands}
        self.iban_accounts = index.ibans.get(line.iban, frozenset())
        self._words: tuple[str, ...] | None = None
        self._label_words: tuple[str, ...] | None = None
        self._names: dict[int, float] | None = None
        self._label_names: dict[int, float] | None = None
        self._mentions: list[tuple[Mention, bool]] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the payer's name, or of the label where the bank gives no name."""
        if self._words is None:
            self._words = self.index.surnames.words(tokens(self.line.name or self.line.label), self.line.booking_day)
        return self._words

    @property
    def label_words(self) -> tuple[str, ...]:
        if self._label_words is None:
            label = self.index.surnames.words(tokens(self.line.label), self.line.booking_day)
            self._label_words = self.words + label if self.line.name else label
        return self._label_words

    @property
    def mentions(self) -> list[tuple[Mention, bool]]:
        """The last names on the line, and whether they are in the payer's name."""
        if self._mentions is None:
            line, surnames = self.line, self.index.surnames
            self._mentions = [(m, True) for m in surnames.mentions(tokens(line.name), line.booking_day)]
            self._mentions += [(m, False) for m in surnames.mentions(tokens(line.label), line.booking_day)]
        return self._mentions

    @property
    def names(self) -> dict[int, float]:
        if self._names is None:
            self._names = self.index.named(self.words)
        return self._names

    @property
    def label_names(self) -> dict[int, float]:
        if self._label_names is None:
            self._label_names = self.index.named(self.label_words)
        return self._label_names

    def name_score(self, account: AccountFacts) -> float:
        named = best(account.people, self.words)
        # Read the label only if the name is not enough.
        return named if named >= SURE_NAME else max(named, best(account.people, self.label_words))

    def has_namesake(self, account: AccountFacts) -> bool:
        """Whether the payer's name also fits another household."""
        return bool(self._strangers(account, SURE_NAME))

    def _strangers(self, account: AccountFacts, least: float) -> dict[int, float]:
        """Accounts of other households whose name fits the payer or the label, with how well it does."""
        return {
            i: max(s, self.names.get(i, 0.0))
            for scores in (self.names, self.label_names)
            for i, s in scores.items()
            if s >= least and self.index.accounts[i].household_id != account.household_id
        }

    def others_named(self, account: AccountFacts) -> set[int]:
        """Accounts of other households that the line names: what it says against `account`.

        By a last name, alone or in any of its forms, that is not also a word of the account's own people; else by a
        name that fits another household's people better than the account's.
        """
        household, accounts = account.household_id, self.index.accounts
        own = own_words(account.people)
        found: set[int] = set()
        surnames, line = self.index.surnames, self.line
        is_plain = surnames.names_only(own, tokens(line.name) + tokens(line.label))
        for mention, is_payer in () if is_plain else self.mentions:
            if own.issuperset(mention.words) or (is_payer and self._is_a_first_name_of(account, mention)):
                continue
            for last in mention.lasts:
                found.update(i for i in surnames.bearers[last] if accounts[i].household_id != household)
        if found:
            return found
        score = self.name_score(account)
        if score < INITIAL_NAME:
            return {i for i, s in self._strangers(account, SURE_NAME).items() if s > score}
        if self.amount_reason(account) is None:  # The amount does not speak for it: read names with slips too.
            lasts = {last for last, _ in account.people}
            return {
                i for i in self._strangers(account, SURE_NAME)
                if lasts.isdisjoint(last for last, _ in accounts[i].people)
            }  # fmt: skip
        return found

    def _is_a_first_name_of(self, account: AccountFacts, mention: Mention) -> bool:
        """Whether a last name in the payer's name is a further first name of the account's person."""
        payer = self.words
        return all(word in self.index.surnames.firsts for word in mention.words) and any(
            all(word in payer for word in surname(last)) for last, _ in account.people if last
        )

    def doubts(self, account: AccountFacts) -> list[Reason]:
        """Facts that speak against `account`."""
        found: list[Reason] = []
        referenced = self.referenced | {d.account_id for d in self.avis.values()}
        if others := referenced - {account.id}:
            found.append(Reason(MatchWhy.OTHER_REFERENCE, {"who": self._household(others)}))
        if self.iban_accounts and account.id not in self.iban_accounts:
            found.append(Reason(MatchWhy.IBAN_OF, {"who": self._household(self.iban_accounts)}))
        if named := self.others_named(account):
            code = MatchWhy.NAME_OF if self.name_score(account) < PROPOSED_NAME else MatchWhy.LABEL_NAMES
            found.append(Reason(code, {"who": self._household(named)}))
        if self.line.amount > account.owed + 3 * (account.net_term or _USUAL_TERM):
            found.append(_plain(MatchWhy.FAR_ABOVE))
        if not account.is_current and account.owed <= 0:
            found.append(_plain(MatchWhy.GONE_AND_PAID))
        elif not account.is_current and self.line.amount > account.owed:
            found.append(Reason(MatchWhy.GONE_AND_OWES_LESS, {"owed": account.owed}))
        return found

    def of_household(self, account: AccountFacts) -> set[int]:
        return {account.id, *(a.id for a in self.index.others_of_household(account))}

    def shared_with(self, account: AccountFacts) -> Reason | None:
        """Why the line is for two households: it names another one, and is the sum of what both owe."""
        found = [
            i for i in self.others_named(account)
            if any(self.line.amount - mine in _amounts(self.index.accounts[i]) for mine in _amounts(account))
        ]  # fmt: skip
        return Reason(MatchWhy.SUM_OF_TWO, {"who": self._household({account.id, *found})}) if found else None

    def all_named(self) -> set[int]:
        """All the accounts that the line may name, by a last name in any of its forms or by a name with a slip."""
        bearers = self.index.surnames.bearers
        found = {i for mention, _ in self.mentions for last in mention.lasts for i in bearers[last]}
        return found or {i for i, s in self.label_names.items() if s >= SURE_NAME}

    def _household(self, ids: Iterable[int]) -> str:
        return _households(ids, self.index)

    def amount_reason(self, account: AccountFacts) -> Reason | None:
        """Why the amount speaks for this account, or None if it says nothing."""
        amount = self.line.amount
        for demand in self.avis.values():
            if demand.account_id == account.id and demand.net == amount:
                if demand.month is None:
                    return _plain(MatchWhy.AMOUNT_OF_TERM)
                return Reason(MatchWhy.AMOUNT_OF_DEMAND, {"month": demand.month})
        if account.net_term == amount:
            return _plain(MatchWhy.AMOUNT_OF_TERM)
        if account.owed == amount:
            return _plain(MatchWhy.AMOUNT_OWED)
        if amount in account.dues:
            return _plain(MatchWhy.AMOUNT_OF_DUE)
        return None


def _households(ids: Iterable[int], index: Index) -> str:
    names = sorted({index.accounts[i].household for i in ids if i in index.accounts})
    if not names:
        return "un autre ménage"
    first, *others = names
    return f"{first} et {counted(len(others), 'autre')}" if others else first


def _amounts(account: AccountFacts) -> frozenset[Decimal]:
    """What one payment for this account may be."""
    return account.dues | {a for a in (account.net_term, account.owed) if a is not None and a > 0}


def match(line: LineFacts, index: Index) -> MatchResult:
    """The verdict for one line."""
    if line.amount <= 0:
        return _debit(line, index)
    if line.is_return:
        return MatchResult(Verdict.TO_PLACE, reasons=(_plain(MatchWhy.SENT_BACK),))
    case = _Case(line, index)
    if case.referenced or case.avis:
        return _by_reference(case)
    payer = index.payer(line.iban, f"{line.name} {line.label}")
    if payer is not None:
        return _benefit(line, payer, index)
    if (
        index.cheques_account is not None
        and (line.operation_code == "02" or _CHEQUES.search(line.label.upper()))
        and line.amount <= index.cheques_in_hand
    ):
        return MatchResult(
            Verdict.PROPOSED,
            Rule.CHEQUES,
            index.cheques_account,
            (_plain(MatchWhy.CHEQUES), Reason(MatchWhy.CHEQUES_IN_HAND, {"amount": index.cheques_in_hand})),
        )
    return _by_iban(case)


def is_surely(account: AccountFacts, name: str, index: Index, day: date) -> bool:
    """Whether `name` is that of the account's household and of no other one."""
    words = index.surnames.words(tokens(name), day)
    mine = best(account.people, words)
    if mine < SURE_NAME:
        return False
    household = account.household_id
    if mine == 1.0:  # The whole name: look up who bears it too, rather than compare all who look like it.
        bearers = index.surnames.bearers
        if all(index.accounts[i].household_id == household for p in account.people for i in bearers[p.last]):
            return True
        return all(index.accounts[i].household_id == household for i in index.of_full_name(words))
    return not any(
        score >= SURE_NAME and index.accounts[i].household_id != household for i, score in index.named(words).items()
    )


def _by_reference(case: _Case) -> MatchResult:
    index = case.index
    ids = case.referenced or {d.account_id for d in case.avis.values()}
    if len(ids) > 1:
        reason = Reason(MatchWhy.SEVERAL_REFERENCES, {"who": case._household(ids)})
        return MatchResult(Verdict.TO_PLACE, reasons=(reason,))
    account = index.accounts.get(next(iter(ids)))
    if account is None:
        return MatchResult(Verdict.TO_PLACE, reasons=(_plain(MatchWhy.ACCOUNT_CLOSED),))
    amount = case.amount_reason(account)
    if amount is None:
        meant = _only([a for a in index.others_of_household(account) if case.amount_reason(a)])
        if meant is not None:
            return _other_lease(case, account, meant)
    doubts = case.doubts(account)
    if shared := amount is None and case.shared_with(account):
        return MatchResult(Verdict.TO_PLACE, reasons=(shared,))
    if case.referenced:
        reasons = [Reason(MatchWhy.REFERENCE, {"reference": account.payment_reference})]
        rule = Rule.REFERENCE
    else:
        reference = next(iter(case.avis))
        reasons = [Reason(MatchWhy.REFERENCE, {"reference": reference})]
        name = case.name_score(account)
        rule = Rule.DEMAND
        if account.id in case.iban_accounts:
            reasons.append(_plain(MatchWhy.IBAN_KNOWN))
        elif name >= SURE_NAME and not case.has_namesake(account):
            reasons.append(_named(name))
        elif name >= SURE_NAME:
            doubts.append(_plain(MatchWhy.NAMESAKE))
        elif name >= PROPOSED_NAME:
            doubts.append(_named(name))
        else:
            doubts.append(_plain(MatchWhy.UNCONFIRMED))
    if amount:
        reasons.append(amount)
    verdict = Verdict.PROPOSED if doubts else Verdict.SURE
    return MatchResult(verdict, rule, account.id, tuple(reasons), tuple(doubts))


def _other_lease(case: _Case, account: AccountFacts, meant: AccountFacts) -> MatchResult:
    """A household with two leases writes the reference of one and pays the term of the other."""
    reference = account.payment_reference if case.referenced else next(iter(case.avis))
    amount = case.amount_reason(meant)
    assert amount is not None
    if account.is_current:
        other = Reason(MatchWhy.AMOUNT_OF_OTHER_LEASE)
        doubts = (other, *case.doubts(account))
        reasons: tuple[Reason, ...] = (Reason(MatchWhy.REFERENCE, {"reference": reference}),)
        return MatchResult(Verdict.PROPOSED, Rule.REFERENCE, account.id, reasons, doubts)
    old = Reason(MatchWhy.REFERENCE_OF_OLD_LEASE, {"reference": reference})
    contrary = [d for d in case.doubts(meant) if d.code not in (MatchWhy.OTHER_REFERENCE, MatchWhy.IBAN_OF)]
    return MatchResult(Verdict.PROPOSED, Rule.REFERENCE, meant.id, (amount,), (old, *contrary))


def _by_iban(case: _Case) -> MatchResult:
    """By the IBAN; an unknown one leaves the name."""
    index = case.index
    accounts = [index.accounts[i] for i in sorted(case.iban_accounts) if i in index.accounts]
    if not accounts:
        return _by_name(case)
    account, *further = accounts
    if further:
        fitting = [a for a in accounts if case.amount_reason(a)]
        named = [a for a in accounts if case.name_score(a) >= SURE_NAME]
        chosen = _only(fitting) or _only(named)
        if chosen is None:
            figures = {"accounts": len(accounts), "who": case._household(a.id for a in accounts)}
            return MatchResult(Verdict.TO_PLACE, reasons=(Reason(MatchWhy.IBAN_WHOSE, figures),))
        why = case.amount_reason(chosen) or _named(case.name_score(chosen))
        return MatchResult(
            Verdict.PROPOSED, Rule.IBAN, chosen.id, (why,),
            (Reason(MatchWhy.IBAN_OF_SEVERAL, {"accounts": len(accounts)}), *case.doubts(chosen)),
        )  # fmt: skip
    amount = case.amount_reason(account)
    doubts = case.doubts(account)
    if shared := amount is None and case.shared_with(account):
        return MatchResult(Verdict.TO_PLACE, reasons=(shared,))
    score = case.name_score(account)
    if not doubts:
        # A payer who pays for another household usually writes that household's name, with a slip or not.
        others = {i for i, s in case.label_names.items() if s >= SURE_NAME} - case.of_household(account)
        if others:
            doubts.append(Reason(MatchWhy.LABEL_NAMES, {"who": case._household(others)}))
        elif PROPOSED_NAME <= score < SURE_NAME and any(
            s >= score for s in case._strangers(account, PROPOSED_NAME).values()
        ):
            doubts.append(_plain(MatchWhy.NAMESAKE))
    if case.line.name and not doubts and score < PROPOSED_NAME:
        doubts.append(Reason(MatchWhy.PAID_AS, {"name": case.line.name}))
    if amount and not doubts:
        return MatchResult(Verdict.SURE, Rule.IBAN, account.id, (_plain(MatchWhy.IBAN_KNOWN), amount))
    if not amount and account.net_term is not None:
        doubts.insert(0, Reason(MatchWhy.OTHER_AMOUNT, {"net_term": account.net_term}))
    known = _plain(MatchWhy.IBAN_KNOWN)
    reasons = (known, amount) if amount else (known,)
    return MatchResult(Verdict.PROPOSED, Rule.IBAN, account.id, reasons, tuple(doubts))


def _only(found: Sequence[_T]) -> _T | None:
    return next(iter(found)) if len(found) == 1 else None


def _by_name(case: _Case) -> MatchResult:
    index = case.index
    scores = case.names or case.label_names
    named = MatchWhy.NAME_IBAN_NEW if case.line.iban else MatchWhy.NAME_IBAN_ABSENT
    if not scores:
        code = MatchWhy.NO_NAME if any(w.isalpha() for w in case.label_words) else MatchWhy.NO_LABEL
        return MatchResult(Verdict.TO_PLACE, reasons=(_plain(code),))
    top = max(scores.values())
    near = [index.accounts[i] for i, s in scores.items() if s >= top - 0.05]
    households = {a.household_id for a in near}
    fitting = [a for a in near if case.amount_reason(a)]
    several = {"households": len(households)}
    if len(households) > 1:
        chosen = _only(fitting)
        if chosen is None:
            code = MatchWhy.NAMESAKES_SEVERAL if fitting else MatchWhy.NAMESAKES_NONE
            return MatchResult(Verdict.TO_PLACE, reasons=(Reason(code, several),))
    else:
        chosen = _only(fitting) or min(near, key=lambda a: (not a.is_current, -a.owed, a.id))
    reasons: list[Reason] = []
    doubts = case.doubts(chosen)
    amount, name = case.amount_reason(chosen), scores[chosen.id]
    if amount:
        reasons.append(amount)
    elif chosen.net_term is not None:
        doubts.insert(0, Reason(MatchWhy.OTHER_AMOUNT, {"net_term": chosen.net_term}))
    (reasons if name >= CONFIRMING_NAME else doubts).append(_named(name, named))
    if len(households) > 1:
        doubts.append(Reason(MatchWhy.NAMESAKES_ONE, several))
    return MatchResult(Verdict.PROPOSED, Rule.NAME, chosen.id, tuple(reasons), tuple(doubts))


def _benefit(line: LineFacts, payer: PayerFacts, index: Index) -> MatchResult:
    statements = [i for i in payer.awaited.get(line.amount, ()) if i not in index.taken_statements]
    statement = _only(statements)
    if statement is not None:
        return MatchResult(
            Verdict.BENEFIT, Rule.BENEFIT, payer_id=payer.id, statement_id=statement,
            reasons=(Reason(MatchWhy.STATEMENT_TOTAL, {"payer": payer.label}),),
        )  # fmt: skip
    code = MatchWhy.STATEMENTS_SEVERAL if statements else MatchWhy.NO_STATEMENT
    return MatchResult(Verdict.TO_PLACE, payer_id=payer.id, reasons=(Reason(code, {"payer": payer.label}),))


def says_refund(label: str) -> bool:
    """Whether the label of a debit speaks of money given back to somebody."""
    return bool(_REFUND.search(sort_key(label).upper()))


def _debit(line: LineFacts, index: Index) -> MatchResult:
    label = sort_key(line.label).upper()
    is_return = line.is_return or bool(_RETURN.search(label))
    is_fee = line.operation_code in _FEE_CODES or bool(_FEES.search(label))
    found = index.returned(line) if is_return else []
    if found:
        accounts = {p.account_id for p in found}
        if len(accounts) > 1:
            return _return_of_which(len(found))
        paid = found[0]
        reasons = [Reason(MatchWhy.RETURN_OF, {"on": paid.booking_day})]
        if len(found) > 1:
            reasons.append(_plain(MatchWhy.NEWEST))
        return MatchResult(Verdict.RETURN, Rule.RETURN, paid.account_id, tuple(reasons), paid_line_id=paid.line_id)
    if is_return and (line.is_return or not is_fee):
        return _return_by_name(line, index)
    refunds = says_refund(line.label)
    if is_fee and (line.operation_code in _FEE_CODES or not refunds):
        return MatchResult(Verdict.OTHER, Rule.FEES, reasons=(_plain(MatchWhy.FEES),))
    # What may have been paid to a household waits for a person: nobody looks for it among what is no rent.
    if refunds:
        return MatchResult(Verdict.TO_PLACE, Rule.OUTGOING, reasons=(_plain(MatchWhy.REFUND),))
    named = _Case(line, index).all_named()
    if named:
        reason = Reason(MatchWhy.OUTGOING_NAMES, {"who": _households(named, index)})
        return MatchResult(Verdict.TO_PLACE, Rule.OUTGOING, reasons=(reason,))
    return MatchResult(Verdict.OTHER, Rule.OUTGOING, reasons=(_plain(MatchWhy.OUTGOING),))


def _return_by_name(line: LineFacts, index: Index) -> MatchResult:
    """A return without any key of the payment: the name that it says and the amount of one paid shortly before. A
    payment that waits itself is on no account yet: its payer's name says on which it will be."""
    named = _Case(line, index).all_named()
    found = [(p, i) for p in index.paid_lately(line) for i in named & _may_be_of(p, index)]
    if not found:
        return MatchResult(Verdict.TO_PLACE, Rule.RETURN, reasons=(_plain(MatchWhy.PAYMENT_UNSEEN),))
    if len({account for _, account in found}) > 1:
        return _return_of_which(len({paid.line_id for paid, _ in found}))
    paid, account = found[0]
    reasons = (Reason(MatchWhy.RETURN_OF, {"on": paid.booking_day}),)
    doubts = (_plain(MatchWhy.RETURN_WITHOUT_KEY),)
    return MatchResult(Verdict.PROPOSED, Rule.RETURN, account, reasons, doubts)


def _may_be_of(paid: PaidFacts, index: Index) -> set[int]:
    if paid.account_id is not None:
        return {paid.account_id}
    return {i for i, score in index.named(tokens(paid.name)).items() if score >= SURE_NAME}


def _return_of_which(payments: int) -> MatchResult:
    reason = Reason(MatchWhy.RETURN_OF_WHICH, {"payments": payments})
    return MatchResult(Verdict.TO_PLACE, Rule.RETURN, reasons=(reason,))


def _named(score: float, code: MatchWhy = MatchWhy.NAME) -> Reason:
    return Reason(code, {"percent": round(score * 100)})
