"""The starter rules of the alerts (docs/features.md): facts in, what an alert says out.

The rules are the house's practice, not law: each figure is a dated parameter. What is said are reasons with amounts and
dates, never a judgement. R1 and R2 themselves are `rent_ledger.arrears.rules.defaults`; which rule has which level, key
and reads is in `social_link.alerts.services.registry`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from common.money import ZERO
from common.periods import add_months
from common.reasons import Reason
from maintenance.tickets.codes import URGENT_SIGNALS, SignalKind
from rent_ledger.arrears.rules.defaults import (
    Default,
    DefaultFacts,
    DefaultParams,
    UnpaidTerm,
    default_of,
    late_terms,
)
from rent_ledger.books.codes import DefaultRule
from social_link.alerts.codes import AbsentFor, AlertLevel, AlertWhy
from social_link.measures.rules.rhythm import Limit

_LEVELS = list(AlertLevel)
# Terms that an alert tells one by one; the others are told together.
TOLD_TERMS = 4


@dataclass(frozen=True, slots=True)
class AlertParams:
    """`benefit_percent` of the month before (R5); `window_days` between two absences (R9); `delays`: working days to
    take an alert and to answer it, by the key of their parameter (`services.registry` says which rule has which);
    `second_hold_days` of letters (R2); `hold_max_days` of a pause that is asked."""

    benefit_percent: int
    window_days: int
    delays: Mapping[str, int]
    second_hold_days: int
    hold_max_days: int


@dataclass(frozen=True, slots=True)
class Found:
    """What makes an alert. `key`: the values of the rule's key beside household and case. `level`: where it is not
    the rule's own."""

    household_id: int
    case_id: int | None
    reasons: tuple[Reason, ...]
    key: Mapping[str, object] = field(default_factory=dict)
    level: AlertLevel | None = None


# ---------- unpaid terms ----------


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """An open arrears case. `first_default_on`: its first default, as on its page, though the term that made it may
    be paid since. `unpaid`: what R1 and R2 read. `held_until`: letters held by an answer of the social service.
    `constituted_on`, `report_due_on`, `reported_on`: for the payer of the benefit. `is_housed`: it lives in a dwelling
    of ours. Payment and aid (euros) are shown only; they decide nothing."""

    case_id: int
    household_id: int
    first_default_on: date
    unpaid: DefaultFacts
    held_until: date | None = None
    constituted_on: date | None = None
    report_due_on: date | None = None
    reported_on: date | None = None
    is_housed: bool = True
    last_payment_on: date | None = None
    last_payment: Decimal | None = None
    aid_pending: Decimal = ZERO


def is_held(facts: CaseFacts, day: date) -> bool:
    """Whether the social service has answered and holds the letters on `day`."""
    return facts.held_until is not None and facts.held_until >= day


def default_to_tell(facts: CaseFacts, *, day: date, params: DefaultParams) -> Default | None:
    """The default of a case, unless the social service has answered and holds the letters on `day`."""
    if is_held(facts, day):
        return None
    return default_of(facts.unpaid, day=day, params=params)


def unpaid(facts: CaseFacts, default: Default, *, day: date) -> Found:
    """R1 or R2: the late terms, the last payment, the aid apart, and why this household is concerned."""
    because = default.reason
    if default.rule is DefaultRule.SECOND:
        because = Reason(AlertWhy.OVER_A_TERM, {"net_term": facts.unpaid.net_term, "terms": 2})
    reasons = (*_money(facts, default.terms, day), because)
    return Found(facts.household_id, facts.case_id, reasons, {"due_on": default.trigger_on.isoformat()})


def _money(facts: CaseFacts, terms: tuple[UnpaidTerm, ...], day: date) -> tuple[Reason, ...]:
    if not terms:
        return ()
    total = sum((t.remaining for t in terms), ZERO)
    # Who always pays a month late owes one recent term, and has not been up to date for long.
    is_unbroken = facts.first_default_on < min(term.due_on for term in terms)
    owed = AlertWhy.UNBROKEN if is_unbroken else AlertWhy.OWED
    said = [Reason(owed, {"total": total, "terms": len(terms), "since": facts.first_default_on})]
    if len(terms) > 1:
        said += [Reason(AlertWhy.TERM_LEFT, {"due_on": t.due_on, "remaining": t.remaining}) for t in terms[:TOLD_TERMS]]
    if more := terms[TOLD_TERMS:]:
        rest = sum((t.remaining for t in more), ZERO)
        said.append(Reason(AlertWhy.MORE_TERMS, {"terms": len(more), "remaining": rest}))
    if facts.last_payment_on and facts.last_payment:
        said.append(Reason(AlertWhy.LAST_PAYMENT, {"amount": facts.last_payment, "on": facts.last_payment_on}))
    else:
        said.append(Reason(AlertWhy.NO_PAYMENT))
    if facts.aid_pending > 0:
        said.append(Reason(AlertWhy.AID_PENDING, {"amount": facts.aid_pending}))
    if facts.unpaid.known_until is not None:
        said.append(Reason(AlertWhy.BANK_KNOWN, {"until": min(day, facts.unpaid.known_until)}))
    return tuple(said)


def threshold(facts: CaseFacts, *, near_on: date | None, day: date, params: DefaultParams) -> Found | None:
    """R3: the debt is an impayé for the payer of the benefit, or becomes one on `near_on`, the next due day, if that
    term stays unpaid too. Near: once for each case, where a term is late and no answer holds it."""
    if facts.constituted_on:
        reason, since, level = _constituted(facts, facts.constituted_on), str(facts.constituted_on), AlertLevel.HIGH
    elif near_on and not is_held(facts, day) and late_terms(facts.unpaid, day=day, params=params):
        reason, since, level = Reason(AlertWhy.THRESHOLD_NEAR, {"on": near_on}), "NEAR", AlertLevel.NORMAL
    else:
        return None
    reasons = (*_money(facts, facts.unpaid.terms, day), reason)
    return Found(facts.household_id, facts.case_id, reasons, {"since": since}, level)


def _constituted(facts: CaseFacts, on: date) -> Reason:
    if facts.reported_on:
        return Reason(AlertWhy.THRESHOLD_TOLD, {"on": on, "told": facts.reported_on})
    if facts.report_due_on:
        return Reason(AlertWhy.THRESHOLD, {"on": on, "by": facts.report_due_on})
    return Reason(AlertWhy.THRESHOLD_ONLY, {"on": on})


@dataclass(frozen=True, slots=True)
class Touch:
    """Who looked after a household last: `met_on`, the last contact with somebody, or an answer that says so;
    `asked_on`, the last alert, which `is_open` still."""

    met_on: date | None = None
    asked_on: date | None = None
    is_open: bool = False


def silence(facts: CaseFacts, touch: Touch, *, day: date, params: DefaultParams, limit_days: int) -> Found | None:
    """R8: a term is late, and nobody has met the household for more than `limit_days`: since the last contact or the
    first default, the later one. Not while an alert is open (R12 follows it), nor in the same delay after one, nor of
    who has left: there is no door to knock at."""
    if (
        touch.is_open
        or not facts.is_housed
        or is_held(facts, day)
        or not late_terms(facts.unpaid, day=day, params=params)
    ):
        return None
    since, why = facts.first_default_on, AlertWhy.NEVER_MET
    if touch.met_on and touch.met_on >= since:
        since, why = touch.met_on, AlertWhy.SILENT
    quiet_from = max(since, touch.asked_on or since)
    if (day - quiet_from).days <= limit_days:
        return None
    reasons = (*_money(facts, facts.unpaid.terms, day), Reason(why, {"on": since, "days": (day - since).days}))
    return Found(facts.household_id, facts.case_id, reasons, {"since": str(quiet_from)})


def over_rhythm(household_id: int, limit: Limit, touch: Touch, *, day: date) -> Found | None:
    """R8 without a debt (S0-12): the day by which a household was to be met is past. Once for each silence: not while
    an alert is open (R12 follows it), nor in the same delay after one."""
    quiet_from = max(limit.since, touch.asked_on or limit.since)
    if touch.is_open or (day - quiet_from).days <= limit.days:
        return None
    since = {"on": limit.since, "days": limit.silent_for(day)}
    by = {"on": limit.on, "days": limit.days}
    reasons = (
        Reason(AlertWhy.SILENT if limit.last == limit.since else AlertWhy.NEVER_SEEN, since),
        Reason(AlertWhy.EXPECTED_OF, by | {"of": limit.of}) if limit.of else Reason(AlertWhy.EXPECTED_BY, by),
    )
    return Found(household_id, None, reasons, {"since": str(quiet_from)})


# ---------- benefit ----------


@dataclass(frozen=True, slots=True)
class BenefitFacts:
    """Benefit received on a lease for a month, and for the month before; both months have a statement."""

    household_id: int
    lease_id: int
    month: date
    before: Decimal
    now: Decimal


def benefit_fell(facts: BenefitFacts, *, params: AlertParams) -> Found | None:
    """R5: the benefit is absent, or under `benefit_percent` of the month before."""
    if facts.before <= 0 or facts.now * 100 >= facts.before * params.benefit_percent:
        return None
    figures = {"month": facts.month, "month_before": add_months(facts.month, -1), "before": facts.before}
    if facts.now <= 0:
        reason = Reason(AlertWhy.BENEFIT_GONE, {**figures, "now": facts.now})
    else:
        reason = Reason(AlertWhy.BENEFIT_LESS, {**figures, "now": facts.now})
    key = {"lease_id": facts.lease_id, "month": f"{facts.month:%Y-%m}"}
    return Found(facts.household_id, None, (reason,), key)


# ---------- absences, signals, requests ----------


@dataclass(frozen=True, slots=True)
class Absence:
    """A missed visit: a technician's passage or a social contact, by the id of its record."""

    household_id: int
    whose: AbsentFor
    record_id: int
    on: date


def repeated_absences(absences: Iterable[Absence], *, params: AlertParams) -> list[Found]:
    """R9: an absence that follows another one of the household by at most `window_days`. Each absence alerts once."""
    ordered = sorted(absences, key=lambda a: (a.household_id, a.on, a.whose, a.record_id))
    found = []
    for before, after in pairwise(ordered):
        if before.household_id != after.household_id or after.on - before.on > timedelta(days=params.window_days):
            continue
        whose = before.whose if before.whose == after.whose else AbsentFor.BOTH
        if before.on == after.on:
            reason = Reason(AlertWhy.ABSENT_TWICE, {"on": after.on, "whose": whose.label})
        else:
            reason = Reason(AlertWhy.ABSENT, {"days": [before.on, after.on], "whose": whose.label})
        found.append(Found(after.household_id, None, (reason,), {"absence": f"{after.whose}{after.record_id}"}))
    return found


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """What a technician saw, on which day and at which hour (as it is written)."""

    signal_id: int
    household_id: int
    kind: SignalKind
    on: date
    hour: str


def weak_signal(facts: SignalFacts) -> Found:
    """R10: what a technician saw. A danger or a person unwell is urgent; the rest goes to the referent."""
    label = facts.kind.label
    figures = {
        "on": facts.on,
        "hour": facts.hour,
        "what": label[:1].lower() + label[1:],
        "kind": facts.kind,
        "signal_id": facts.signal_id,
    }
    level = AlertLevel.URGENT if facts.kind in URGENT_SIGNALS else None
    reason = Reason(AlertWhy.SIGNAL, figures)
    return Found(facts.household_id, None, (reason,), {"signal_id": facts.signal_id}, level)


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """« Alerter le social », with the facts of its case. `is_visit`: it asks that somebody goes there."""

    request_id: int
    case: CaseFacts
    on: date
    author: str
    is_visit: bool = False


def asked(facts: RequestFacts, *, day: date) -> Found:
    """The rental manager asks. Facts of the case, no text."""
    signed, unsigned = (
        (AlertWhy.VISIT_ASKED, AlertWhy.VISIT_UNSIGNED) if facts.is_visit else (AlertWhy.ASKED, AlertWhy.ASKED_UNSIGNED)
    )
    on = {"on": facts.on}
    first = Reason(signed, {"author": facts.author} | on) if facts.author else Reason(unsigned, on)
    reasons = (first, *_money(facts.case, facts.case.unpaid.terms, day))
    return Found(facts.case.household_id, facts.case.case_id, reasons, {"request_id": facts.request_id})


def higher(a: str, b: str) -> str:
    """The higher of two levels."""
    return max(a, b, key=_LEVELS.index)  # type: ignore[arg-type]
