"""The starter rules of the alerts (FEATURES, "Starter rules of the alert engine"): facts in, triggers out.

The rules are the house's practice, not law: each figure is a dated parameter. A trigger carries facts with amounts and
dates, never a judgement, and a key that makes it alert once: `<rule>:<case or household>:<trigger>`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from common.periods import add_months
from social_link.rules import french

# Codes of `social_link.enums.AlertRule` and `AlertLevel`.
R1, R2, R5, R9, R10, ASKED = "R1", "R2", "R5", "R9", "R10", "ASKED"
NORMAL, HIGH, URGENT = "NORMAL", "HIGH", "URGENT"
LEVELS = (NORMAL, HIGH, URGENT)
# A signal of these kinds goes to the referent and to the head of the service, at once.
URGENT_SIGNALS = frozenset({"DANGER", "UNWELL"})
SIGNAL_WORDS = {
    "DANGER": "humidité ou danger dans le logement",
    "CLUTTER": "logement très sale ou encombré",
    "UNWELL": "personne qui ne va pas bien",
    "ABSENCE": "personne absente depuis longtemps",
    "TENSION": "tensions de voisinage",
}


@dataclass(frozen=True, slots=True)
class AlertParams:
    """`grace_days` after a due date; `first_months` of a stay; `benefit_percent` of the month before; `window_days`
    between two absences; `ack_days`, `answer_days`, `urgent_ack_days` working days; `second_hold_days` of letters."""

    grace_days: int = 5
    first_months: int = 3
    benefit_percent: int = 80
    window_days: int = 30
    ack_days: int = 5
    answer_days: int = 15
    urgent_ack_days: int = 0
    second_hold_days: int = 15
    hold_max_days: int = 30


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes an alert. `facts`: French sentences; `figures`: the same as decimal strings and ISO days."""

    key: str
    rule: str
    level: str
    household_id: int
    case_id: int | None
    facts: tuple[str, ...]
    figures: dict[str, str] = field(default_factory=dict)


# ---------- unpaid terms ----------


@dataclass(frozen=True, slots=True)
class UnpaidTerm:
    """What is left of the debts due on one day (housing expense, out of plan, freeze and dispute)."""

    due_on: date
    remaining: Decimal


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """An open arrears case. `known_until`: the last day of which the bank's statements tell; a payment made after it
    may exist, so nothing is said unpaid beyond. `held_until`: letters held by an answer of the social service."""

    case_id: int
    household_id: int
    terms: tuple[UnpaidTerm, ...]
    net_term: Decimal | None
    known_until: date | None
    is_type_1: bool = False
    is_type_2: bool = False
    is_sublet: bool = False
    is_iml: bool = False
    entered_on: date | None = None
    held_until: date | None = None
    last_payment_on: date | None = None
    last_payment: Decimal | None = None
    aid_pending: Decimal = Decimal(0)


def _late(facts: CaseFacts, day: date, params: AlertParams) -> list[UnpaidTerm]:
    """Terms still unpaid `grace_days` after their due date, as far as the bank is known."""
    if facts.known_until is None:
        return []
    seen = min(day, facts.known_until)
    limit = seen - timedelta(days=params.grace_days)
    return sorted((t for t in facts.terms if t.due_on <= limit and t.remaining > 0), key=lambda t: t.due_on)


def _money_facts(facts: CaseFacts, terms: list[UnpaidTerm], day: date) -> tuple[tuple[str, ...], dict[str, str]]:
    total = sum((t.remaining for t in terms), Decimal(0))
    words = "un terme" if len(terms) == 1 else f"{french.count(len(terms))} termes"
    lines = [f"{french.amount(total)} dus sur {words}, premier défaut le {french.day(terms[0].due_on)}"]
    if len(terms) > 1:
        lines += [f"Terme du {french.day(t.due_on)} : reste {french.amount(t.remaining)}" for t in terms[:4]]
    if facts.last_payment_on and facts.last_payment:
        paid = f"{french.amount(facts.last_payment)} le {french.day(facts.last_payment_on)}"
        lines.append(f"Dernier paiement : {paid}")
    else:
        lines.append("Aucun paiement enregistré")
    if facts.aid_pending > 0:
        lines.append(f"Aide au logement attendue, à part : {french.amount(facts.aid_pending)}")
    if facts.known_until is not None:
        lines.append(f"Banque connue jusqu’au {french.day(min(day, facts.known_until))}")
    figures = {"total": str(total), "first_default_on": terms[0].due_on.isoformat(), "terms": str(len(terms))}
    if facts.net_term is not None:
        figures["net_term"] = str(facts.net_term)
    return tuple(lines), figures


def first_default(facts: CaseFacts, *, day: date, params: AlertParams) -> Trigger | None:
    """R1: a due term unpaid `grace_days` after its due date, for a type 2 or in the first months of the stay."""
    late = _late(facts, day, params)
    if not late or (facts.held_until and facts.held_until >= day):
        return None
    oldest = late[0]
    is_new = facts.entered_on is not None and oldest.due_on < add_months(facts.entered_on, params.first_months)
    if not facts.is_type_2 and not is_new:
        return None
    lines, figures = _money_facts(facts, late, day)
    because = "Ménage de type 2" if facts.is_type_2 else f"Entré le {french.day(facts.entered_on or day)}"
    key = f"R1:C{facts.case_id}:{oldest.due_on.isoformat()}"
    return Trigger(key, R1, NORMAL, facts.household_id, facts.case_id, (*lines, because), figures)


def second_default(facts: CaseFacts, *, day: date, params: AlertParams) -> Trigger | None:
    """R2: two terms wholly or partly unpaid, together more than one net term; type 1, sub-letting or IML.

    Reading 8 of the architecture of "2 terms unpaid or > 50 % of 2 terms".
    """
    if not (facts.is_type_1 or facts.is_sublet or facts.is_iml) or not facts.net_term:
        return None
    late = _late(facts, day, params)
    total = sum((t.remaining for t in late), Decimal(0))
    if len(late) < 2 or total <= facts.net_term or (facts.held_until and facts.held_until >= day):
        return None
    lines, figures = _money_facts(facts, late, day)
    because = f"Plus d’un terme net ({french.amount(facts.net_term)}) manque sur deux termes"
    key = f"R2:C{facts.case_id}:{late[1].due_on.isoformat()}"
    return Trigger(key, R2, HIGH, facts.household_id, facts.case_id, (*lines, because), figures)


def unpaid(facts: CaseFacts, *, day: date, params: AlertParams) -> Trigger | None:
    """The rule that applies to a case: the second default says more than the first."""
    return second_default(facts, day=day, params=params) or first_default(facts, day=day, params=params)


# ---------- benefit ----------


@dataclass(frozen=True, slots=True)
class BenefitFacts:
    """Benefit received on a lease for a month, and for the month before; both months have a statement."""

    household_id: int
    lease_id: int
    month: date
    before: Decimal
    now: Decimal


def benefit_fell(facts: BenefitFacts, *, params: AlertParams) -> Trigger | None:
    """R5: the benefit is absent, or under `benefit_percent` of the month before."""
    if facts.before <= 0 or facts.now * 100 >= facts.before * params.benefit_percent:
        return None
    before = f"{french.amount(facts.before)} pour le mois {french.of_month(add_months(facts.month, -1))}"
    if facts.now <= 0:
        first = f"Aide au logement {french.of_month(facts.month)} : rien reçu, contre {before}"
    else:
        first = f"Aide au logement {french.of_month(facts.month)} : {french.amount(facts.now)}, contre {before}"
    figures = {"month": facts.month.isoformat(), "before": str(facts.before), "now": str(facts.now)}
    key = f"R5:H{facts.household_id}:L{facts.lease_id}-{facts.month:%Y-%m}"
    return Trigger(key, R5, NORMAL, facts.household_id, None, (first,), figures)


# ---------- absences, signals, requests ----------


@dataclass(frozen=True, slots=True)
class Absence:
    """A missed visit. `key` names its record: `I12` a technician's passage, `C5` a social contact."""

    household_id: int
    key: str
    on: date


def repeated_absences(absences: Iterable[Absence], *, params: AlertParams) -> list[Trigger]:
    """R9: an absence that follows another one of the household by at most `window_days`. Each absence alerts once."""
    ordered = sorted(absences, key=lambda a: (a.household_id, a.on, a.key))
    triggers = []
    for before, after in pairwise(ordered):
        if before.household_id != after.household_id or after.on - before.on > timedelta(days=params.window_days):
            continue
        who = {a.key[0] for a in (before, after)}
        whose = "le technicien" if who == {"I"} else "le service social" if who == {"C"} else "deux services"
        if before.on == after.on:
            fact = f"Absent deux fois le {french.day(after.on)} pour {whose}"
        else:
            fact = f"Absent pour {whose} {french.days([before.on, after.on])}"
        figures = {"first": before.on.isoformat(), "second": after.on.isoformat()}
        key = f"R9:H{after.household_id}:{after.key}"
        triggers.append(Trigger(key, R9, HIGH, after.household_id, None, (fact,), figures))
    return triggers


@dataclass(frozen=True, slots=True)
class SignalFacts:
    signal_id: int
    household_id: int
    kind: str
    on: date
    hour: str


def weak_signal(facts: SignalFacts) -> Trigger:
    """R10: what a technician saw. A danger or a person unwell is urgent; the rest goes to the referent."""
    fact = f"Signalé le {french.day(facts.on)} à {facts.hour} par le technicien : « {SIGNAL_WORDS[facts.kind]} »"
    level = URGENT if facts.kind in URGENT_SIGNALS else NORMAL
    figures = {"kind": facts.kind, "on": facts.on.isoformat()}
    key = f"R10:H{facts.household_id}:S{facts.signal_id}"
    return Trigger(key, R10, level, facts.household_id, None, (fact,), figures)


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """« Alerter le social », with the facts of its case."""

    request_id: int
    case: CaseFacts
    on: date
    author: str


def asked(facts: RequestFacts, *, day: date) -> Trigger:
    """The rental manager asks. Facts of the case, no text."""
    terms = sorted((t for t in facts.case.terms if t.remaining > 0), key=lambda t: t.due_on)
    lines, figures = _money_facts(facts.case, terms, day) if terms else ((), {})
    who = f" ({facts.author})" if facts.author else ""
    first = f"Demandé par la gestion locative{who} le {french.day(facts.on)}"
    key = f"ASKED:C{facts.case.case_id}:{facts.request_id}"
    return Trigger(key, ASKED, NORMAL, facts.case.household_id, facts.case.case_id, (first, *lines), figures)


def higher(a: str, b: str) -> str:
    """The higher of two levels."""
    return max(a, b, key=LEVELS.index)
