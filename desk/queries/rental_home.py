"""The rental manager's day: what waits for a decision, arrears by lane, answers of the social service, the month."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from common import clock, typography
from common.links import link
from common.money import ZERO
from common.params import Params
from common.periods import Month, add_months, last_day
from common.reasons import Reason
from common.typography import counted, euros, month, shares, short_day
from desk.codes import FigureWhy
from desk.queries.recovery import RecoveryYear, recovery_year
from desk.queries.rental_month import MonthFacts, month_facts
from leases.contracts.codes import LeaseState
from leases.models import Lease, Membership
from office.access.actor import Actor
from office.access.matrix import Data, Write, can
from office.messages.codes import Channel
from office.messages.queries import by_hand
from office.parameters.queries import params_on
from office.tasks.queries import Todo, agenda
from rent_ledger.arrears import parameters
from rent_ledger.arrears.looks import LANES, SWITCH_WORD, arrears_page, lane_order
from rent_ledger.arrears.queries.arrears import LaneTotal, lane_totals, touched_by_switch
from rent_ledger.arrears.rules.legal import LegalParams
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.billing.codes import RunState
from rent_ledger.billing.parameters import RUN_FROM_DAY
from rent_ledger.billing.queries.missing import MissingDemand, lacking
from rent_ledger.books.codes import Lane
from rent_ledger.credits.parameters import LOOK_DAYS
from rent_ledger.credits.queries import credits_waiting
from rent_ledger.models import (
    AccountState,
    ArrearsCase,
    RentRun,
    SocialAnswer,
)
from stock.agreements.parameters import end_alerts
from stock.agreements.queries import agreements_ending
from stock.models import HeadAgreement

ANSWER_DAYS = 14
SOON = timedelta(days=45)
NAMES = 2


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane: how many accounts, how much past due, its share of the whole: whole per cent, together 100."""

    lane: str
    label: str
    meaning: str
    hue: str
    cases: int
    amount: Decimal
    share: Decimal
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the social service, as the debt file may know it."""

    household_id: int
    name: str
    place: str
    author: str
    cause: str
    step: str
    outcome: str
    day: date


@dataclass(frozen=True, slots=True)
class MonthCard:
    """The month's demands and what of them is settled. `share` in per cent; None where nothing was asked."""

    month: date
    produced: int
    asked: Decimal
    settled: Decimal
    sent: int
    held_back: int
    aid_received: Decimal
    returns: int
    reason: Reason

    @property
    def share(self) -> Decimal | None:
        return self.settled * 100 / self.asked if self.asked else None

    @property
    def is_sent(self) -> bool:
        return bool(self.produced) and self.sent == self.produced


@dataclass(frozen=True, slots=True)
class Deadline:
    day: date
    title: str
    text: str
    url: str = ""


@dataclass(slots=True)
class RentalHome:
    tasks: list[Todo]
    lanes: list[LaneRow]
    cases: int
    debt: Decimal
    spread: Decimal
    answers: list[Answer]
    card: MonthCard
    deadlines: list[Deadline]
    recovery: RecoveryYear
    to_decide: int = 0
    referred: int = 0
    most: Decimal = field(default=ZERO)


def rental_home(*, actor: Actor, day: date) -> RentalHome:
    """About fifteen queries whatever the number of leases: sums by index, lists with a limit."""
    totals = lane_totals()
    rows = _lane_rows(totals)
    reports = _reports()
    params = params_on(day)
    waiting, facts = _waiting(day), month_facts(day)
    lacks, run = lacking(day, facts.unbilled), _latest_run()
    blocked = [(b.household_name, b.reason.text(today=day)) for b in lacks.held]
    tasks = [
        *agenda(actor, day=day),
        *(_hand_tasks(waiting, day) if can(actor, Write(Data.MESSAGE)) else []),
        *_bank_tasks(waiting, day),
        *_return_task(day, params.integer(parameters.RETURN_DAYS)),
        *_benefit_task(waiting.benefits, day),
        *_credit_task(credits_waiting(day, days=params.integer(LOOK_DAYS)), day),
        *_held_task(blocked, day),
        *_missing_task(lacks.demands, day),
        *_stale_task(facts.stale, day),
        *_run_task(run, day, params.integer(RUN_FROM_DAY)),
    ]
    tasks.sort(key=lambda task: task.due)
    return RentalHome(
        tasks=tasks,
        lanes=rows,
        cases=sum(row.cases for row in rows),
        debt=sum((row.amount for row in rows), ZERO),
        spread=sum((total.spread for total in totals), ZERO),
        answers=_answers(day),
        card=_month_card(facts, day, held_back=len(blocked), aid=waiting.aid),
        deadlines=_deadlines(day, reports, params),
        recovery=recovery_year(day),
        to_decide=sum(total.to_decide for total in totals),
        referred=next((row.cases for row in rows if row.lane == Lane.REFERRED), 0),
        most=max((row.amount for row in rows), default=ZERO),
    )


def _lane_rows(totals: Sequence[LaneTotal]) -> list[LaneRow]:
    """The lanes that have at least one account, in order of work."""
    shown = sorted((total for total in totals if total.count), key=lambda total: lane_order(total.lane))
    return [
        LaneRow(
            lane=total.lane,
            label=Lane(total.lane).label,
            meaning=LANES[total.lane].meaning,
            hue=LANES[total.lane].hue,
            cases=total.count,
            amount=total.amount,
            share=share,
            url=arrears_page(total.lane),
        )
        for total, share in zip(shown, shares([total.amount for total in shown]), strict=True)
    ]


# ---------- à faire aujourd'hui ----------


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits at the bank, in the bordereaux and in the outbox, and the aid that came since the first."""

    proposed: int
    to_place: int
    aside: int
    benefits: int
    aid: Decimal
    calls: int
    letters: int


_WAITING = f"""
SELECT (SELECT count(*) FROM rent_ledger_bankline WHERE state = %(proposed)s),
    (SELECT count(*) FROM rent_ledger_bankline WHERE state = %(to_place)s),
    (SELECT count(*) FROM rent_ledger_bankstatement WHERE state = %(aside)s),
    (SELECT count(*) FROM rent_ledger_benefitline WHERE state = ANY(%(unknown)s) AND entry_id IS NULL),
    (SELECT coalesce(sum(l.amount), 0.00) FROM rent_ledger_benefitline l
     JOIN rent_ledger_benefitstatement s ON s.id = l.statement_id
     WHERE l.state = %(matched)s AND s.paid_on BETWEEN %(first)s AND %(day)s),
    ({by_hand("%(now)s", Channel.CALL)}), ({by_hand("%(now)s", Channel.PAPER)})
"""  # noqa: S608


def _waiting(day: date) -> _Waiting:
    """One query."""
    params: dict[str, Any] = {
        "proposed": LineState.PROPOSED.value, "to_place": LineState.TO_PLACE.value,
        "aside": StatementState.ASIDE.value, "matched": BenefitLineState.MATCHED.value,
        "unknown": [BenefitLineState.UNKNOWN.value, BenefitLineState.NO_RIGHT.value],
        "first": day.replace(day=1), "day": day, "now": clock.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, params)
        return _Waiting(*cursor.fetchone())


def _bank_tasks(waiting: _Waiting, day: date) -> list[Todo]:
    aside = waiting.aside
    url = link("rent_ledger:bank")
    tasks = []
    found = [(n, words) for n, words in ((waiting.proposed, "proposée"), (waiting.to_place, "à placer,à placer")) if n]
    if found:
        parts = [counted(n, words) for n, words in found]
        title = f"{counted(sum(n for n, _ in found), 'ligne')} de banque à confirmer ou à placer"
        tasks.append(Todo(title, ", ".join(parts), "building-bank", "info", day, "Ouvrir", url, day))
    if aside:
        title = f"{counted(aside, 'relevé mis,relevés mis')} de côté"
        text = "Les soldes ne tombent pas juste : rien n’est écrit avant votre accord"
        tasks.append(Todo(title, text, "scale", "danger", day, "Vérifier", url, day))
    return tasks


def _hand_tasks(waiting: _Waiting, day: date) -> list[Todo]:
    tasks = []
    if waiting.calls:
        title, text = counted(waiting.calls, "appel à passer,appels à passer"), "Décidés, pas encore passés"
        tasks.append(Todo(title, text, "phone", "warn", day, "Appeler", link("office:calls"), day))
    if waiting.letters:
        title, text = counted(waiting.letters, "lettre à poster,lettres à poster"), "À imprimer, puis à dire postées"
        tasks.append(Todo(title, text, "mail", "warn", day, "Poster", link("office:post"), day))
    return tasks


def _reports() -> list[ArrearsCase]:
    """Cases to report to the CAF or MSA, the nearest deadline first."""
    return list(
        ArrearsCase.objects.filter(closed_on=None, report_due_on__isnull=False, reported_on=None)
        .select_related("account__household")
        .order_by("report_due_on", "id")[:50]
    )


def _return_task(day: date, days: int) -> list[Todo]:
    # Only accounts in debt can be past due: the partial index on debt finds these few rows.
    rows = list(
        AccountState.objects.filter(last_return_on__gt=day - timedelta(days=days), arrears__gt=0, debt__gt=0)
        .select_related("account__household")
        .only("last_return_on", "account__household__name")
        .order_by("last_return_on")[:50]
    )
    if not rows:
        return []
    last = max((row.last_return_on for row in rows if row.last_return_on), default=day)
    names = [row.account.household.name for row in rows[:NAMES] if row.account.household]
    title = f"{counted(len(rows), 'paiement rejeté,paiements rejetés')} depuis {counted(days, 'jour')}"
    text = "Dettes rouvertes, mises à part : " + ", ".join(names)
    if len(rows) > NAMES:
        text += f" et {counted(len(rows) - NAMES, 'autre')}"
    until = last + timedelta(days=days)
    url = arrears_page(Lane.TECHNICAL)
    return [Todo(title, text, "credit-card-refund", "danger", until, "Traiter", url, day, "neutral")]


def _benefit_task(n: int, day: date) -> list[Todo]:
    if not n:
        return []
    title = f"{counted(n, 'ligne')} d’aides sans ménage"
    text = "Bordereaux de la CAF : personne inconnue, ou aide que nous n’attendions pas"
    return [Todo(title, text, "building-community", "info", day, "Ouvrir", link("rent_ledger:benefits"), day)]


def _credit_task(n: int, day: date) -> list[Todo]:
    if not n:
        return []
    title = f"{counted(n, 'avance ou trop-perçu,avances ou trop-perçus')} à décider"
    text = "Garder pour les prochains termes, rembourser, ou laisser l’organisme reprendre"
    url = link("rent_ledger:credits", etat="a-decider")
    return [Todo(title, text, "credit-card-refund", "neutral", Month.of(day).last, "Ouvrir", url, day)]


def _held_task(blocked: Sequence[tuple[str, str]], day: date) -> list[Todo]:
    if not blocked:
        return []
    n = len(blocked)
    title = f"{n} avis {month(day, 'de')} encore {'retenu' if n == 1 else 'retenus'}"
    text = ", ".join(f"{reason} ({name})" for name, reason in blocked[:NAMES])
    if n > NAMES:
        text += f" et {counted(n - NAMES, 'autre')}"
    due = Month.of(day).last
    return [Todo(title, text, "file-invoice", "neutral", due, "Débloquer", link("rent_ledger:runs"), day)]


def _missing_task(missing: Sequence[MissingDemand], day: date) -> list[Todo]:
    if not missing:
        return []
    n = len(missing)
    title = f"{counted(n, 'avis manque,avis manquent')} à un mois déjà produit"
    names: dict[str, list[str]] = {}
    for one in missing[:NAMES]:
        names.setdefault(month(one.month), []).append(one.household_name)
    text = " ; ".join(f"{of} : {', '.join(who)}" for of, who in names.items())
    text = text[:1].upper() + text[1:]
    if n > NAMES:
        text += f" et {counted(n - NAMES, 'autre')}"
    url = link("rent_ledger:runs")
    return [Todo(title, text, "file-invoice", "warn", day, "Produire", f"{url}#t-manque" if url else "", day)]


def _stale_task(n: int, day: date) -> list[Todo]:
    if not n:
        return []
    title = counted(n, "avis à corriger,avis à corriger")
    text = "Le contrat, l’occupation ou le loyer a changé après leur quittancement"
    url = link("rent_ledger:runs")
    return [Todo(title, text, "file-invoice", "warn", day, "Corriger", f"{url}#t-corriger" if url else "", day)]


def _latest_run() -> RentRun | None:
    return RentRun.objects.filter(state__in=[RunState.DONE, RunState.RUNNING]).order_by("-month", "-id").first()


def _run_task(run: RentRun | None, day: date, from_day: int) -> list[Todo]:
    """The run to launch: this month's while it is missing, the next one's from `from_day` of the month on."""
    now = Month.of(day)
    last = Month.of(run.month) if run else None
    wanted = now if last is None or last < now else now.plus(1)
    if wanted > now and (day.day < from_day or last == wanted):
        return []
    if not Lease.objects.active_on(wanted.first).exists():
        return []
    title = f"Avis {month(wanted, 'de')} à produire"
    text = "Relisez les différences avec le mois précédent, puis lancez"
    due = max(wanted.first, day) if wanted == now else wanted.first
    return [Todo(title, text, "file-invoice", "neutral", due, "Préparer", link("rent_ledger:runs"), day)]


# ---------- réponses, mois, échéances ----------


def _answers(day: date) -> list[Answer]:
    protected = Membership.objects.filter(
        household=OuterRef("case__account__household"), period__contains=day, person__is_address_protected=True
    )
    rows = (
        SocialAnswer.objects.filter(answered_at__date__gte=day - timedelta(days=ANSWER_DAYS))
        .annotate(is_protected=Exists(protected))
        .select_related("author", "case__account__household", "case__account__lease__unit__dwelling")
        .order_by("-id")[:6]
    )
    found = []
    for row in rows:
        account = row.case.account
        if account.household is None:
            continue
        place = account.lease.unit.dwelling.reference if account.lease and not row.is_protected else ""
        if row.plan_asked:
            plan = f"Plan de {euros(row.plan_amount)} par mois" if row.plan_amount else "Plan demandé"
            plan += f" · {row.step_words}" if row.step_words else ""
        else:
            plan = row.step_words or ("Contact pris" if row.contact_made else "Contact à prendre")
        if row.hold_until and row.hold_until >= day:
            outcome = f"Pause jusqu’au {short_day(row.hold_until, today=day)}"
        else:
            outcome = "À valider par vous" if row.plan_asked else "Relances reprises"
        found.append(
            Answer(
                account.household_id or 0, account.household.name, place,
                row.author.get_full_name() if row.author else "Service social",
                str(row.get_cause_display()), plan, outcome, row.answered_at.astimezone(clock.PARIS).date(),
            )
        )  # fmt: skip
    return found


def _month_card(facts: MonthFacts, day: date, *, held_back: int, aid: Decimal) -> MonthCard:
    now = Month.of(day)
    asked, left = facts.asked, facts.left
    settled = max(asked - min(left, asked), ZERO)
    why = Reason(
        FigureWhy.MONTH_SETTLED,
        {"month": now},
        settled,
        (
            Reason(FigureWhy.ASKED, {}, asked, detail=Reason(FigureWhy.AIDS_LEFT_OUT)),
            Reason(FigureWhy.MONTH_OPEN, {}, -min(left, asked)),
        ),
        rule=Reason(FigureWhy.MONTH_RULE),
    )
    return MonthCard(now.first, facts.produced, asked, settled, facts.sent, held_back, aid, facts.returns, why)


def _deadlines(day: date, reports: Sequence[ArrearsCase], params: Params) -> list[Deadline]:
    legal = parameters.legal_params(day, params=params)
    delay = f"{legal.report_months} mois après le seuil"
    found = [
        Deadline(case.report_due_on, f"Déclarer {case.account.household.name} à la CAF", delay,
                 link("desk:household", case.account.household_id))
        for case in reports[:3]
        if case.report_due_on and case.account.household
    ]  # fmt: skip
    endings = agreements_ending(today=day, alerts=end_alerts(params)).annotate(
        dwellings=Count("lines", filter=Q(lines__period__contains=day))
    )
    found += [_agreement(row) for row in endings[:4]]
    leases = (
        Lease.objects.filter(
            state=LeaseState.ACTIVE, period__endswith__gt=day, period__endswith__lte=day + SOON, period__upper_inf=False
        )
        .select_related("household")
        .order_by("period__endswith")[:4]
    )
    found += [
        Deadline(
            last_day(lease.period) or day, f"Fin du bail {typography.of(lease.household.name)}",
            lease.get_kind_display(), link("desk:household", lease.household_id),
        )
        for lease in leases
    ]  # fmt: skip
    found += _regime(day, legal)
    return sorted(found, key=lambda d: d.day)[:7]


def _agreement(agreement: HeadAgreement) -> Deadline:
    n: int = agreement.dwellings  # type: ignore[attr-defined]
    end = last_day(agreement.period)
    assert end is not None, "agreements_ending lists ended periods only"
    text = f"{agreement.reference}, {counted(n, 'logement')}"
    return Deadline(end, f"Fin : {agreement.title}", text, link("stock:agreement", agreement.pk))


def _regime(day: date, p: LegalParams) -> list[Deadline]:
    """The coming change of legal regime, with the accounts it would affect if nothing is paid until then."""
    if p.switch_on <= day or p.switch_on > add_months(day, 6):
        return []
    touched = touched_by_switch(day, p).count()
    text = f"{euros(p.amount, 0)} ou {p.months} mois : {counted(touched, 'dossier concerné,dossiers concernés')}"
    return [Deadline(p.switch_on, "Nouveau seuil d’impayé", text, arrears_page(situation=SWITCH_WORD))]
