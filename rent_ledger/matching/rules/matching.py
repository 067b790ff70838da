"""To whom does a bank line belong? Pure: a line and an index of what is known, in; a result with French reasons, out.

SURE only where it is proven, and nothing contradicts it: a reference of one household alone (ISO 11649 with its check
digits; the number of an avis, which has none, with the payer's name or IBAN), or an IBAN that paid for one account
only, at exactly an amount that this account owes. Everything else is proposed with its reasons, or left to a person.
A household that is told "paid" for another one's money is the error that costs most: any doubt proposes.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from rent_ledger.rules.line_references import creditor_references, demand_references
from rent_ledger.rules.match_facts import AccountFacts, LineFacts, MatchResult, PayerFacts, Rule, Verdict
from rent_ledger.rules.match_index import PROPOSED_NAME, Index, name_words
from rent_ledger.rules.names import best

RULE_VERSION = 1
SURE_NAME = 0.85
CONTRADICTING_NAME = 0.9
_CHEQUES = re.compile(r"\b(?:REM(?:ISE)?|VERSEMENT|DEPOT)\.? (?:DE )?(?:CHQ|CHEQUES?)\b")
_FEES = re.compile(r"\b(?:FRAIS|COMMISSIONS?|COMM|COTISATION|AGIOS|INTERETS DEBITEURS|TENUE DE COMPTE)\b")
_RETURN = re.compile(r"\b(?:REJET|IMPAYE|RETOUR PRLV|RETOUR PRELEVEMENT|RETOUR VIR)\b")
_FEE_CODES = frozenset("61 62 64 65 66 67".split())
_USUAL_TERM = Decimal(500)
"""What a term may be where none is known yet."""


class _Case:
    """One credit against the index: its references, IBAN and names, each looked up once and only where needed."""

    __slots__ = (
        "_label_names",
        "_label_words",
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
        self.iban_accounts = index.ibans.get(line.iban, frozenset()) if line.iban else frozenset()
        self._words: tuple[str, ...] | None = None
        self._label_words: tuple[str, ...] | None = None
        self._names: dict[int, float] | None = None
        self._label_names: dict[int, float] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the payer's name, or of the label where the bank gives no name."""
        if self._words is None:
            self._words = name_words(self.line.name or self.line.label)
        return self._words

    @property
    def label_words(self) -> tuple[str, ...]:
        if self._label_words is None:
            self._label_words = name_words(f"{self.line.name} {self.line.label}")
        return self._label_words

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
        # The label is only read where the name does not say enough.
        return named if named >= SURE_NAME else max(named, best(account.people, self.label_words))

    def has_namesake(self, account: AccountFacts) -> bool:
        """Whether another household's name fits the payer as well."""
        return bool(self._strangers(account, SURE_NAME))

    def _strangers(self, account: AccountFacts, least: float) -> set[int]:
        """Accounts of other households whose name fits the payer or the label."""
        return {
            i
            for scores in (self.names, self.label_names)
            for i, s in scores.items()
            if s >= least and self.index.accounts[i].household_id != account.household_id
        }

    def doubts(self, account: AccountFacts) -> list[str]:
        """Facts that speak against `account`."""
        found: list[str] = []
        referenced = self.referenced | {d.account_id for d in self.avis.values()}
        if others := referenced - {account.id}:
            found.append(f"Une autre référence est celle de {self._household(others)}")
        if self.iban_accounts and account.id not in self.iban_accounts:
            found.append(f"IBAN connu pour {self._household(self.iban_accounts)}")
        if self.name_score(account) < PROPOSED_NAME and (strangers := self._strangers(account, CONTRADICTING_NAME)):
            found.append(f"Le nom est celui de {self._household(strangers)}")
        if self.line.amount > account.owed + 3 * (account.net_term or _USUAL_TERM):
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
    payer = index.payer(line.iban, f"{line.name} {line.label}")
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
