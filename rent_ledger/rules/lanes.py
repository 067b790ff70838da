"""Which lane an account in arrears stands in, and the one next action proposed, with its reason.

Arrears are sorted by cause before amount (FEATURES 40): what the household is not at fault for is *Technique* and is
never dunned; what the social service looks at is *Signalé*; a pause somebody decided is *En pause*; a household that
left is in *Partis*; the rest is *Nouveau*. One ordered table for the lanes (`LANES`) and one for the actions of
*Nouveau* (`NEW_ACTIONS`): the first line that applies wins, so the priority is data that can be read.

A report to the CAF or MSA has a legal deadline that no pause moves: it takes the place of the action in any lane.

Sources: starter rules R1, R2, R6, R7 of FEATURES part 3; the delays are internal policy (GK, RULES A1.1), each a dated
parameter. R2 is read as reading 8: two terms wholly or partly unpaid, together more than one net term.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import Month, add_months
from common.typography import FAR, agree, counted, day_number, euros, month, number, short_day

# Codes of `rent_ledger.enums` (rules do not import Django).
NONE, NEW, TECHNICAL, REFERRED, PAUSED, GONE = "NONE", "NEW", "TECHNICAL", "REFERRED", "PAUSED", "GONE"
NOTHING, WAIT, COURTESY, CALL = "NOTHING", "WAIT", "COURTESY", "CALL"
ALERT, WAIT_ANSWER, REPORT, WRITE_GONE = "ALERT", "WAIT_ANSWER", "REPORT", "WRITE_GONE"
# What a person has to decide; the other actions ask nobody anything.
TO_DECIDE = frozenset({COURTESY, CALL, ALERT, REPORT, WRITE_GONE})


@dataclass(frozen=True, slots=True)
class LaneParams:
    """Internal delays, in days or months (dated parameters `arrears.*`, unverified: each house sets its own)."""

    return_days: int = 7
    newcomer_days: int = 31
    first_aid_months: int = 3
    first_default_days: int = 5
    call_days: int = 10
    usual_tolerance_days: int = 3
    small_remainder: Decimal = Decimal("100.00")
    decided_days: int = 10


@dataclass(frozen=True, slots=True)
class TermFact:
    """A month with something still owed and past due: what was asked of the household, what is left."""

    month: date
    due_on: date
    asked: Decimal
    remaining: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known of one account on `day`. Amounts in euros, ≥ 0; days are None where there is none.

    `arrears`: past due and not held. `terms`: the unpaid months, oldest first. `gone_on`: first day without the home.
    `hold_source`/`hold_until`: the pause in force; `hold_answered`: the social service answered since it began.
    `requested_on`: a request to the social service that has had no answer. `answered_on`: last answer. `decided_on`,
    `decided_action`: last decision of the rent side.
    """

    day: date
    arrears: Decimal
    held: Decimal = ZERO
    aid_pending: Decimal = ZERO
    net_term: Decimal | None = None
    terms: tuple[TermFact, ...] = ()
    oldest_due: date | None = None
    bank_known_until: date | None = None
    last_payment_on: date | None = None
    last_payment: Decimal | None = None
    last_return_on: date | None = None
    entry_on: date | None = None
    gone_on: date | None = None
    lease_kind: str = ""
    support_type: str = ""
    is_prior_debt: bool = False
    awaits_first_aid: bool = False
    usual_day: int | None = None
    usual_months: int = 0
    usual_of: int = 0
    late_before_on: date | None = None
    hold_source: str = ""
    hold_until: date | None = None
    hold_answered: bool = False
    requested_on: date | None = None
    answered_on: date | None = None
    answer_cause: str = ""
    plan_amount: Decimal | None = None
    plan_asked: bool = False
    decided_on: date | None = None
    decided_action: str = ""
    decision: str = ""
    report_due_on: date | None = None
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`reason`: one short French phrase, for the list. `trace`: the facts, for « Pourquoi … ? »."""

    lane: str
    action: str
    reason: str
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a priority table: `applies` returns the action and its reason, or None."""

    name: str
    lane: str
    applies: Callable[[CaseFacts, LaneParams], tuple[str, str] | None]


def _d(f: CaseFacts, day: date) -> str:
    return short_day(day, year=abs((day - f.day).days) > FAR)


def _late_days(f: CaseFacts) -> int:
    return (f.day - f.oldest_due).days if f.oldest_due else 0


# ---------- lanes ----------


def _gone(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.gone_on is None or f.gone_on > f.day:
        return None
    return _unless_decided(f, p, WRITE_GONE, f"Parti depuis le {_d(f, f.gone_on - timedelta(days=1))}, dette gardée")


def _referred(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.requested_on:
        return WAIT_ANSWER, f"Demande envoyée au service social le {_d(f, f.requested_on)}"
    if f.hold_until and f.hold_source == "RULE":
        return WAIT_ANSWER, f"Alerte au service social, relances suspendues jusqu’au {_d(f, f.hold_until)}"
    if f.hold_until and f.hold_source == "SOCIAL" and not f.hold_answered:
        return WAIT_ANSWER, f"Suivi par le service social, relances suspendues jusqu’au {_d(f, f.hold_until)}"
    return None


def _paused(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.hold_until is None:
        return None
    who = "par le service social" if f.hold_source == "SOCIAL" else "par la gestion locative"
    # The cause stays out of the reason, which stands in lists: it is read on the case only.
    return WAIT, f"En pause {who} jusqu’au {_d(f, f.hold_until)}"


def _bank_unknown(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.oldest_due is None or (f.bank_known_until and f.bank_known_until > f.oldest_due):
        return None
    known = f"banque connue jusqu’au {_d(f, f.bank_known_until)}" if f.bank_known_until else "aucun relevé de banque"
    return NOTHING, f"Échéance du {_d(f, f.oldest_due)}, {known}"


def _returned(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.last_return_on is None or not 0 <= (f.day - f.last_return_on).days <= p.return_days:
        return None
    if f.last_payment_on and f.last_payment_on > f.last_return_on:
        return None
    until = f.last_return_on + timedelta(days=p.return_days)
    return WAIT, f"Rejet du {_d(f, f.last_return_on)}, à représenter : attendre le {_d(f, until)}"


def _newcomer(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.entry_on is None or f.lease_kind == "OCCUPANCY":
        return None
    if f.awaits_first_aid and f.day < add_months(f.entry_on, p.first_aid_months):
        return NOTHING, f"Entrée le {_d(f, f.entry_on)}, première aide pas encore versée"
    if f.day <= f.entry_on + timedelta(days=p.newcomer_days):
        return NOTHING, f"Entrée le {_d(f, f.entry_on)}, aide ou FSL pas encore versés"
    return None


def _aid_explains(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    """Late aid covers all of it, and no more than one term is missing: the household need not advance it."""
    if f.aid_pending < f.arrears or len(f.terms) > 1:
        return None
    return NOTHING, f"Aide attendue : {euros(f.aid_pending)} à part, plus que l’impayé"


# ---------- actions of « Nouveau » ----------


def _unless_decided(f: CaseFacts, p: LaneParams, action: str, reason: str) -> tuple[str, str]:
    """A decision rests for a while: `decided_days`, unless a term has fallen due or a payment came back since."""
    if f.decided_on is None or (f.day - f.decided_on).days > p.decided_days:
        return action, reason
    moved = [t.due_on for t in f.terms] + ([f.last_return_on] if f.last_return_on else [])
    if any(day > f.decided_on for day in moved) or (f.decision == "PAUSE" and f.hold_until is None):
        return action, reason
    if f.decision == "REFUSE":
        return WAIT, f"Proposition refusée le {_d(f, f.decided_on)}"
    if f.decided_action in (NOTHING, WAIT):
        return f.decided_action, f"Décidé le {_d(f, f.decided_on)}"
    words = {COURTESY: "Message courtois décidé", CALL: "Appel décidé", WRITE_GONE: "Courrier décidé"}
    text = words.get(f.decided_action)
    return (WAIT, f"{text} le {_d(f, f.decided_on)}") if text else (action, reason)


def _plan_asked(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if not f.plan_asked or f.answered_on is None:
        return None
    amount = f" de {euros(f.plan_amount)} par mois" if f.plan_amount else ""
    return WAIT, f"Plan{amount} demandé par le service social le {_d(f, f.answered_on)}, à valider"


def _second_default(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if len(f.terms) < 2 or f.net_term is None or f.arrears <= f.net_term:
        return None
    if f.answered_on and f.answered_on >= f.terms[-1].due_on:
        return None
    return ALERT, f"{len(f.terms)} termes impayés, {euros(f.arrears)} en tout"


def _first_default(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    new = f.entry_on is not None and f.day < add_months(f.entry_on, 3)
    if _late_days(f) < p.first_default_days or not (f.support_type == "T2" or new) or f.answered_on:
        return None
    who = "trois premiers mois du séjour" if new else "ménage de type 2"
    return ALERT, f"Premier impayé depuis {_late_days(f)} j, {who}"


def _small(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    partial = f.last_payment_on and f.oldest_due and f.last_payment_on >= f.oldest_due
    if f.arrears >= p.small_remainder or len(f.terms) > 1 or not partial or _late_days(f) > 31:
        return None
    return NOTHING, f"Reste sous {euros(p.small_remainder, 0)} : paiement partiel reçu"


def _usual_day(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    if f.usual_day is None or len(f.terms) != 1 or f.oldest_due is None:
        return None
    due = f.oldest_due
    asked = Month.of(due) if f.usual_day >= due.day else Month.of(due).plus(1)
    usual = asked.day(f.usual_day)
    until = usual + timedelta(days=p.usual_tolerance_days)
    if f.day > until or (until - due).days > 31:
        return None
    habit = f"Paie d’habitude le {day_number(usual)}, {f.usual_months} mois sur {f.usual_of}"
    return WAIT, f"{habit} : attendre le {_d(f, until)}"


def _late_words(f: CaseFacts) -> str:
    if len(f.terms) == 1 and f.late_before_on is None and f.entry_on and f.day > add_months(f.entry_on, 3):
        return "Premier retard depuis l’entrée"
    if len(f.terms) == 1 and f.late_before_on:
        months = (f.day.year - f.late_before_on.year) * 12 + f.day.month - f.late_before_on.month
        if months >= 6:
            return f"Premier retard en {counted(months, 'mois,mois')}"
    words = agree(len(f.terms), "Terme dû,Termes dus") if f.terms else "Dette due"
    return f"{words} depuis {_late_days(f)} j"


def _prior(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    return (CALL, "Dette antérieure au contrat : chercher un accord") if f.is_prior_debt else None


def _call(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    words = _late_words(f)
    # A first lateness gets a courteous word, even on the second look; beyond a month, a call.
    if _late_days(f) < p.call_days or (words.startswith("Premier") and _late_days(f) <= 40):
        return None
    return CALL, words


def _courtesy(f: CaseFacts, p: LaneParams) -> tuple[str, str] | None:
    return COURTESY, _late_words(f)


# The first line that applies gives the lane.
LANES: Sequence[Rule] = (
    Rule("Partis", GONE, _gone),
    Rule("Signalé au social", REFERRED, _referred),
    Rule("En pause", PAUSED, _paused),
    Rule("Banque pas encore connue", TECHNICAL, _bank_unknown),
    Rule("Rejet récent (R7)", TECHNICAL, _returned),
    Rule("Nouvel entrant", TECHNICAL, _newcomer),
    Rule("Aide en retard", TECHNICAL, _aid_explains),
)
# In « Nouveau », the first line that applies gives the action.
NEW_ACTIONS: Sequence[Rule] = (
    Rule("Plan demandé", NEW, _plan_asked),
    Rule("Deuxième impayé (R2)", NEW, _second_default),
    Rule("Premier impayé (R1)", NEW, _first_default),
    Rule("Petit reste", NEW, _small),
    Rule("Jour habituel", NEW, _usual_day),
    Rule("Dette antérieure", NEW, _prior),
    Rule("Deuxième regard", NEW, _call),
    Rule("Premier regard", NEW, _courtesy),
)
_TEXT_OF_RULE = {
    "Deuxième impayé (R2)": "Règle R2 : deux termes touchés, plus d’un terme net en tout",
    "Premier impayé (R1)": "Règle R1 : un terme impayé cinq jours après son échéance",
    "Rejet récent (R7)": "Règle R7 : un rejet est mis à part sept jours",
    "Nouvel entrant": "Nouvel entrant : jamais relancé, vu par le service social",
    "Aide en retard": "L’aide en retard n’est jamais réclamée au ménage",
    "Banque pas encore connue": "Aucun impayé n’est ouvert au-delà de ce que la banque a fait connaître",
}


def lane_and_action(facts: CaseFacts, params: LaneParams | None = None) -> Proposal:
    """The lane, the proposed action, its reason and its trace. An account without arrears stands in no lane."""
    f, p = facts, params or LaneParams()
    if f.arrears <= 0:
        return Proposal(NONE, "", "")
    found = _first(LANES, f, p)
    if found is None:
        found = _first(NEW_ACTIONS, f, p)
        assert found is not None, "the last line of NEW_ACTIONS always applies"
        rule, action, reason = found
        if action in TO_DECIDE:
            action, reason = _unless_decided(f, p, action, reason)
    else:
        rule, action, reason = found
    if f.report_due_on and f.reported_on is None:
        left = (f.report_due_on - f.day).days
        action = REPORT
        reason = f"Seuil légal atteint : déclarer avant le {_d(f, f.report_due_on)}" + (
            f", {left} j restants" if left >= 0 else ", délai dépassé"
        )
    return Proposal(rule.lane, action, reason[:200], _trace(f, rule))


# The name that callers know.
propose = lane_and_action


def _first(rules: Sequence[Rule], f: CaseFacts, p: LaneParams) -> tuple[Rule, str, str] | None:
    for rule in rules:
        found = rule.applies(f, p)
        if found:
            return rule, *found
    return None


def _trace(f: CaseFacts, rule: Rule) -> tuple[str, ...]:
    lines = []
    for term in f.terms[:6]:
        received = term.asked - term.remaining
        paid = f"{euros(received)} reçus, reste {euros(term.remaining)}" if received > 0 else "rien reçu"
        lines.append(f"Terme {month(term.month, 'de')} : {euros(term.asked)} dus le {_d(f, term.due_on)}, {paid}")
    if len(f.terms) > 6:
        lines.append(f"et {counted(len(f.terms) - 6, 'autre terme,autres termes')}")
    if f.last_payment_on and f.last_payment:
        lines.append(f"Dernier paiement : {euros(f.last_payment)} le {_d(f, f.last_payment_on)}")
    if f.usual_day and f.usual_of:
        lines.append(f"Paie d’habitude vers le {f.usual_day}, {f.usual_months} mois sur {f.usual_of}")
    if f.report_due_on and f.reported_on is None:
        lines.append(f"Impayé constitué au sens de la loi : à déclarer avant le {_d(f, f.report_due_on)}")
    elif rule.name in _TEXT_OF_RULE:
        lines.append(_TEXT_OF_RULE[rule.name])
    if f.aid_pending:
        lines.append(f"Aide attendue : {euros(f.aid_pending)} à part, jamais réclamés")
    if f.held:
        lines.append(f"Hors file (plan, gel ou contestation) : {euros(f.held)}")
    if f.answered_on:
        cause = f" : {f.answer_cause.lower()}" if f.answer_cause else ""
        lines.append(f"Réponse du service social le {_d(f, f.answered_on)}{cause}")
    if f.net_term and f.arrears:
        lines.append(f"En tout {number(f.arrears / f.net_term, 1)} × le terme net de {euros(f.net_term)}")
    return tuple(lines)
