"""What arrears ask of the rental managers: to decide, to report to the CAF, to answer a plan, to tell a departure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from common import clock
from common.links import link
from common.typography import euros, short_day, uncapitalised
from leases.contracts.codes import ABOUT_LEASE
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.arrears.codes import ABOUT_CASE, ABOUT_REPORT, ArrearsDuty, Decision, ReportKind
from rent_ledger.arrears.looks import PLAN_WORD, arrears_page
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, SocialAnswer
from rent_ledger.arrears.parameters import lane_params
from rent_ledger.arrears.queries.payer_plans import broken_untold
from rent_ledger.arrears.queries.reports import departures, departures_to_tell, open_reports, waiting
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.books.codes import Action, HoldKind
from rent_ledger.books.models import AccountState, DebtHold

SETTLED = "La dette est soldée"


def _open(ids: Collection[int] | None) -> QuerySet[ArrearsCase]:
    rows = ArrearsCase.objects.filter(closed_on=None).order_by()
    return rows if ids is None else rows.filter(pk__in=ids)


def _cases(ids: Collection[int]) -> QuerySet[ArrearsCase]:
    return ArrearsCase.objects.filter(pk__in=ids)


def _named(ids: Collection[int]) -> Iterable[tuple[ArrearsCase, str]]:
    """Each case with whose it is: the household, else the case."""
    for case in _cases(ids).select_related("account__household", "account__state"):
        household = case.account.household
        yield case, household.name if household else str(case)


def _page(case: ArrearsCase) -> str:
    return link("rent_ledger:case", case.pk)


# ---------- to decide ----------


def _to_decide(ids: Collection[int] | None) -> Iterable[Cause]:
    """A case whose plan is asked has one task, that of the plan: each decision answers it."""
    rows = _open(ids).filter(account__state__action__in=sorted(TO_DECIDE - {Action.ANSWER_PLAN}))
    ever = Exists(SocialAnswer.objects.filter(case=OuterRef("pk"), plan_asked=True))
    found = list(rows.annotate(ever=ever).values_list("pk", "account__household_id", "ever"))
    # Of most cases no plan was ever asked, and whether one still waits is long to ask.
    maybe = [pk for pk, _, was in found if was]
    asked = set(plans_asked().filter(case__in=maybe).values_list("case", flat=True)) if maybe else set()
    return [Cause(pk, household_id=household) for pk, household, _ in found if pk not in asked]


def _decided(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """By the last decision since the task; without one, what was proposed is proposed no more."""
    found = _without_decision(raised, Q(closed_on__isnull=False), "Plus rien n’est proposé pour ce dossier")
    asked = plans_asked().filter(case__in=raised).values_list("case", flat=True)
    return found | dict.fromkeys(asked, Ending("Un plan est demandé")) | _by_decision(raised)


def _without_decision(raised: Collection[int], settled: Q, otherwise: str) -> dict[int, Ending]:
    """Why each asks nothing without anybody having decided: its debt is `settled`, or `otherwise`."""
    gone = _cases(raised).filter(settled).values_list("pk", flat=True)
    return dict.fromkeys(raised, Ending(otherwise)) | dict.fromkeys(gone, Ending(SETTLED))


def _by_decision(raised: Mapping[int, datetime]) -> dict[int, Ending]:
    return _last_of(CaseDecision.objects.standing().filter(case__in=raised), raised)


def _last_of(decisions: QuerySet[CaseDecision], raised: Mapping[int, datetime]) -> dict[int, Ending]:
    return {
        case: Ending(by_id=author)
        for case, author, at in decisions.order_by("id").values_list("case_id", "author_id", "decided_at")
        if at >= raised[case]
    }


def _shown_to_decide(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    found = {}
    for case, name in _named(ids):
        action = case.account.state.action
        text = f"Proposé : {uncapitalised(Action(action).label)}" if action else ""
        found[case.pk] = TaskLine(f"Décider pour {name}", text, name, _page(case))
    return found


def _states(ids: Collection[int]) -> QuerySet[AccountState]:
    """A proposal changes with the state of its account."""
    return AccountState.objects.filter(account_id__in=_cases(ids).values("account_id"))


DECISION = declare(
    TaskKind(
        code=ArrearsDuty.DECISION,
        about=ABOUT_CASE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_to_decide,
        endings=_decided,
        show=_shown_to_decide,
        locks=_states,
        look=TaskLook(
            "urgent", "warn", "Décider", "impayé attend votre décision,impayés attendent votre décision", arrears_page
        ),
        may_be_given=True,
    )
)


# ---------- to report to the CAF ----------


def _to_report(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = _open(ids).filter(report_due_on__isnull=False, reported_on=None)
    return [
        Cause(pk, due_on=due, household_id=household)
        for pk, due, household in rows.values_list("pk", "report_due_on", "account__household_id")
    ]


def _reported(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {
        pk: Ending() if reported else Ending(SETTLED)
        for pk, reported in _cases(raised).values_list("pk", "reported_on")
    }


def _shown_to_report(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        case.pk: TaskLine(
            f"Déclarer {name} à la CAF",
            f"Seuil atteint le {short_day(case.constituted_on, today=today)}" if case.constituted_on else "",
            name,
            _page(case),
        )
        for case, name in _named(ids)
    }


REPORT = declare(
    TaskKind(
        code=ArrearsDuty.REPORT,
        about=ABOUT_CASE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_to_report,
        endings=_reported,
        show=_shown_to_report,
        locks=_cases,
        look=TaskLook(
            "building-community", "danger", "Déclarer", "impayé à déclarer à la CAF,impayés à déclarer à la CAF",
            arrears_page,
        ),
        may_be_given=True,
    )
)  # fmt: skip


# ---------- a plan that the social service asks for ----------


def _answering(decisions: QuerySet[CaseDecision]) -> QuerySet[CaseDecision]:
    """Those that say something of the plan: not a pause, nor the report to the CAF, which is owed in any case. As
    `queries.lanes` reads it."""
    return decisions.filter(undone_at=None).exclude(decision=Decision.PAUSE).exclude(proposed=Action.REPORT_PAYER)


def plans_asked() -> QuerySet[SocialAnswer]:
    """The answers that ask for a plan and wait for it: the last ones of cases in arrears, without a decision since,
    without a plan that was in force on their day or later, and no older than `plan_days`: after these the lanes propose
    something else."""
    today = clock.today()
    oldest = today - timedelta(days=lane_params(today).plan_days)
    later = SocialAnswer.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    decided = _answering(CaseDecision.objects.filter(case=OuterRef("case"), decided_at__gte=OuterRef("answered_at")))
    signed = _in_force(DebtHold.objects.filter(posting__debit=OuterRef("case__account_id"), kind=HoldKind.PLAN)).filter(
        Q(period__endswith=None) | Q(period__endswith__gt=OuterRef("answered_on"))
    )
    rows = SocialAnswer.objects.annotate(answered_on=TruncDate("answered_at", tzinfo=clock.PARIS))
    return rows.filter(
        ~Exists(later), ~Exists(decided), ~Exists(signed), plan_asked=True, answered_on__gte=oldest,
        case__closed_on=None, case__account__state__arrears__gt=0,
    ).order_by()  # fmt: skip


def _signed(accounts: Collection[int]) -> QuerySet[DebtHold]:
    """The debts of the accounts that a plan holds, or held."""
    return _in_force(DebtHold.objects.filter(posting__debit__in=accounts, kind=HoldKind.PLAN)).order_by("pk")


def _in_force(holds: QuerySet[DebtHold]) -> QuerySet[DebtHold]:
    """Those of no plan whose acceptance was taken back."""
    undone = CaseDecision.objects.filter(
        case__account=OuterRef("posting__debit"), undone_at__isnull=False, held__contains=[OuterRef("pk")]
    )
    return holds.filter(~Exists(undone))


def _plan_page() -> str:
    return arrears_page(situation=PLAN_WORD)


def _plans(ids: Collection[int] | None) -> Iterable[Cause]:
    if ids is not None and not SocialAnswer.objects.filter(case__in=ids, plan_asked=True).exists():
        return []  # of most it never was, as above
    rows = plans_asked() if ids is None else plans_asked().filter(case__in=ids)
    return [
        Cause(case, household_id=household, author_id=author)
        for case, household, author in rows.values_list("case_id", "case__account__household_id", "author_id")
    ]


def _plans_decided(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """By a decision, or by the plan itself; else nothing is owed any more, or another answer came."""
    rows = _cases(raised)
    settled = Q(closed_on__isnull=False) | Q(account__state__arrears=0)
    found = _without_decision(raised, settled, "Le service social a répondu de nouveau")
    last = SocialAnswer.objects.filter(case__in=raised).order_by("case_id", "-pk").distinct("case_id")
    for case in (answer.case_id for answer in last if answer.plan_asked):
        if found[case] != Ending(SETTLED):
            found[case] = Ending("Le délai pour y répondre est passé")
    accounts = {account: pk for pk, account in rows.values_list("pk", "account_id")}
    for account, period, author in _signed(accounts).values_list("posting__debit_id", "period", "author_id"):
        case = accounts[account]
        if period.upper is None or period.upper > raised[case].astimezone(clock.PARIS).date():
            found[case] = Ending(by_id=author)
    return found | _last_of(_answering(CaseDecision.objects.filter(case__in=raised)), raised)


def _shown_plans(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    last = SocialAnswer.objects.filter(case__in=ids, plan_asked=True).order_by("id")
    amounts = dict(last.values_list("case_id", "plan_amount"))
    return {
        case.pk: TaskLine(
            f"Plan demandé pour {name}",
            f"Le service social propose {euros(amount)} par mois"
            if (amount := amounts.get(case.pk))
            else "Le service social le demande",
            name,
            _page(case),
        )
        for case, name in _named(ids)
    }


PLAN = declare(
    TaskKind(
        code=ArrearsDuty.PLAN,
        about=ABOUT_CASE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_plans,
        endings=_plans_decided,
        show=_shown_plans,
        locks=_cases,
        look=TaskLook("calendar-check", "social", "Répondre", "plan demandé,plans demandés", _plan_page),
        may_be_given=True,
    )
)


# ---------- a plan that the payer waits for, and a departure to tell ----------


def _reports_page() -> str:
    return link("rent_ledger:reports")


def _plans_awaited(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = open_reports().exclude(route="")
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(one.report.pk, due_on=one.step.due_on, household_id=one.report.lease.household_id)
        for one in waiting(rows, day=clock.today())
        if one.step.is_ours
    ]


def _plans_given(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    found = {}
    for row in PayerReport.objects.filter(pk__in=raised).select_related("case"):
        if row.plan_sent_on is not None:
            found[row.pk] = Ending()
        elif row.case is not None and row.case.closed_on is not None:
            found[row.pk] = Ending(SETTLED)
        else:
            found[row.pk] = Ending("L’organisme n’attend plus de plan de nous")
    return found


def _shown_awaited(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    rows = PayerReport.objects.filter(pk__in=ids).select_related("lease__household", "payer")
    return {
        one.report.pk: TaskLine(
            f"Transmettre un plan pour {one.report.lease.household.name}",
            one.step.reason.text(),
            one.report.lease.household.name,
            link("rent_ledger:report", one.report.pk),
        )
        for one in waiting(rows, day=clock.today())
    }


PAYER_PLAN = declare(
    TaskKind(
        code=ArrearsDuty.PAYER_PLAN,
        about=ABOUT_REPORT,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_plans_awaited,
        endings=_plans_given,
        show=_shown_awaited,
        locks=lambda ids: PayerReport.objects.filter(pk__in=ids),
        look=TaskLook(
            "building-community", "warn", "Ouvrir", "plan attendu par l’organisme,plans attendus par l’organisme",
            _reports_page,
        ),
        may_be_given=True,
    )
)  # fmt: skip


def _broken(ids: Collection[int] | None) -> Iterable[Cause]:
    return [Cause(pk, household_id=report.lease.household_id) for pk, (report, _) in broken_untold(ids).items()]


def _broken_told(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    found = {}
    for row in PayerReport.objects.filter(pk__in=raised).select_related("case"):
        settled = row.case is not None and row.case.closed_on is not None
        found[row.pk] = Ending() if row.broken_told_on else Ending(SETTLED if settled else "Le plan n’est plus rompu")
    return found


def _shown_broken(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    days = {pk: on for pk, (_, on) in broken_untold(ids).items()}
    rows = PayerReport.objects.filter(pk__in=ids).select_related("lease__household", "payer")
    return {
        row.pk: TaskLine(
            f"Dire à l’organisme que le plan est rompu : {row.lease.household.name}",
            f"Rompu le {short_day(days[row.pk], today=today)}" if row.pk in days else "",
            row.lease.household.name,
            link("rent_ledger:report", row.pk),
        )
        for row in rows
    }


PLAN_BROKEN = declare(
    TaskKind(
        code=ArrearsDuty.PLAN_BROKEN,
        about=ABOUT_REPORT,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_broken,
        endings=_broken_told,
        show=_shown_broken,
        locks=lambda ids: PayerReport.objects.filter(pk__in=ids),
        look=TaskLook(
            "building-community", "warn", "Ouvrir", "plan rompu à dire à l’organisme,plans rompus à dire à l’organisme",
            _reports_page,
        ),
        may_be_given=True,
    )
)  # fmt: skip


def _left(ids: Collection[int] | None) -> Iterable[Cause]:
    left = departures_to_tell(ids, day=clock.today())
    households = dict(Lease.objects.filter(pk__in=[one.lease_id for one in left]).values_list("pk", "household_id"))
    return [Cause(one.lease_id, due_on=one.due_on, household_id=households[one.lease_id]) for one in left]


def _told(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    left = departures(list(raised), day=clock.today())
    sent = PayerReport.objects.living().filter(
        kind=ReportKind.DEPARTURE, lease__in=raised, sent_on__isnull=False
    ).values_list("lease_id", "since_on")  # fmt: skip
    told = {lease for lease, since in sent if lease in left and left[lease].last_day == since}
    return {lease: Ending() if lease in told else Ending("Plus aucun départ n’est à signaler") for lease in raised}


def _shown_left(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today, names = clock.today(), {}
    for pk, name in Lease.objects.filter(pk__in=ids).values_list("pk", "household__name"):
        names[pk] = name
    left = departures(list(names), day=today)
    return {
        pk: TaskLine(
            f"Signaler le départ de {name}",
            f"Parti le {short_day(left[pk].last_day, today=today)}" if pk in left else "",
            name,
            _reports_page(),
        )
        for pk, name in names.items()
    }


DEPARTURE = declare(
    TaskKind(
        code=ArrearsDuty.DEPARTURE,
        about=ABOUT_LEASE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_left,
        endings=_told,
        show=_shown_left,
        locks=lambda ids: Lease.objects.filter(pk__in=ids),
        look=TaskLook(
            "logout", "warn", "Signaler", "départ à signaler à la CAF,départs à signaler à la CAF", _reports_page
        ),
        may_be_given=True,
    )
)  # fmt: skip
