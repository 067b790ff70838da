"""What procedures ask of the rental managers: to tell somebody by a day, to note a judgment, to see that a suspension
has ended."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from common import clock
from common.links import link
from common.periods import ONE_DAY
from common.typography import short_day
from leases.contracts.codes import ClauseDelay
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.looks import arrears_page
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.models import DebtHold
from rent_ledger.procedures.codes import ABOUT_PROCEDURE, ENFORCES, SPREADS, ProcedureDuty, StepKind, Track
from rent_ledger.procedures.models import Procedure, ProcedureStep
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import guaranteed
from rent_ledger.procedures.queries.prescription import soon_barred
from rent_ledger.procedures.rules.standing import Facts, Next, duty
from rent_ledger.procedures.rules.steps import Step

OVER = "La procédure est finie, ou l’étape annulée"


def _running(ids: Collection[int] | None) -> list[Procedure]:
    rows = Procedure.objects.filter(ended_on=None).select_related("account").order_by("pk")
    return list(rows if ids is None else rows.filter(pk__in=ids))


def _asked(procedures: Collection[Procedure], day: date) -> dict[int, Next]:
    """What each asks to be told, by its id. Four queries."""
    steps: defaultdict[int, list[Step]] = defaultdict(list)
    for row in ProcedureStep.objects.filter(procedure__in=procedures).order_by("id"):
        steps[row.procedure_id].append(Step(row.kind, row.on, row.hearing_on, row.until, bad_faith=row.bad_faith))
    accounts, leases = [p.account_id for p in procedures], [p.account.lease_id for p in procedures]
    holds = DebtHold.objects.filter(posting__debit__in=accounts, kind=HoldKind.FREEZE, period__contains=day)
    frozen = set(holds.values_list("posting__debit_id", flat=True))
    bound = guaranteed([lease for lease in leases if lease], day)
    found, params = {}, procedure_params(day)
    for one in procedures:
        # Who must be told depends on neither the delay, nor the landlord, nor the money.
        facts = Facts(
            track=Track(one.track), steps=steps[one.pk], day=day, delay=ClauseDelay.TWO_MONTHS, waits=True,
            seized_on=None, has_guarantor=one.account.lease_id in bound, frozen=one.account_id in frozen,
            lapsed_on=one.lapsed_on,
        )  # fmt: skip
        if (asked := duty(facts, params)) is not None:
            found[one.pk] = asked
    return found


def _steps_due(ids: Collection[int] | None) -> Iterable[Cause]:
    procedures = {one.pk: one for one in _running(ids)}
    return [
        Cause(pk, due_on=asked.by_on, household_id=procedures[pk].account.household_id)
        for pk, asked in _asked(procedures.values(), clock.today()).items()
    ]


def _by_last_step(raised: Mapping[int, datetime]) -> dict[int, Ending]:
    found = dict.fromkeys(raised, Ending(OVER))
    steps = ProcedureStep.objects.filter(procedure__in=raised).order_by("id")
    for procedure, author, at in steps.values_list("procedure_id", "author_id", "recorded_at"):
        if at >= raised[procedure]:
            found[procedure] = Ending(by_id=author)
    return found


def _shown(ids: Collection[int]) -> Iterable[tuple[Procedure, str, str]]:
    """Each procedure with whose it is and its page. Two queries."""
    rows = list(Procedure.objects.filter(pk__in=ids).select_related("account__household"))
    cases = ArrearsCase.objects.filter(account__in=[row.account_id for row in rows]).order_by("id")
    case_of = dict(cases.values_list("account_id", "pk"))
    for row in rows:
        household = row.account.household
        case = case_of.get(row.account_id)
        yield row, household.name if household else str(row), link("rent_ledger:procedure", case) if case else ""


def _shown_steps(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    found, today = {}, clock.today()
    asked = _asked(_running(ids), today)
    for row, name, url in _shown(ids):
        one = asked.get(row.pk)
        what = "Étape à noter" if one is None or one.kind is None else StepKind(one.kind).label
        found[row.pk] = TaskLine(f"{what} : {name}", one.reason.text(today=today) if one else "", name, url)
    return found


STEP = declare(
    TaskKind(
        code=ProcedureDuty.STEP,
        about=ABOUT_PROCEDURE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_steps_due,
        endings=_by_last_step,
        show=_shown_steps,
        locks=lambda ids: Procedure.objects.filter(pk__in=ids),
        look=TaskLook(
            "scale", "danger", "Ouvrir", "délai de procédure à tenir,délais de procédure à tenir", arrears_page
        ),
        may_be_given=True,
    )
)


def _lapsed(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = [one for one in _running(ids) if one.lapsed_on is not None]
    # By the last word of each: what spreads a debt, or an act of enforcement since.
    words = ProcedureStep.objects.filter(procedure__in=rows, kind__in=sorted(SPREADS | ENFORCES)).order_by("id")
    last = dict(words.values_list("procedure_id", "kind"))
    known = {pk for pk, kind in last.items() if kind in ENFORCES}
    return [Cause(one.pk, household_id=one.account.household_id) for one in rows if one.pk not in known]


def _lapse_over(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    back = Procedure.objects.filter(pk__in=raised, lapsed_on=None, ended_on=None).values_list("pk", flat=True)
    return _by_last_step(raised) | dict.fromkeys(back, Ending("Le paiement est venu à temps : la suspension tient"))


def _shown_lapsed(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    steps = ProcedureStep.objects.filter(procedure__in=ids, kind=StepKind.PROTOCOL)
    signed = set(steps.values_list("procedure_id", flat=True))
    # CCH, art. R. 824-16: the landlord tells the payer of a protocol that is not kept.
    return {
        row.pk: TaskLine(
            f"Protocole non tenu, à dire à la CAF ou à la MSA : {name}"
            if row.pk in signed
            else f"Suspension finie pour {name}",
            f"Impayé du {short_day(row.lapsed_on, today=today)}" if row.lapsed_on else "",
            name,
            url,
        )
        for row, name, url in _shown(ids)
    }


LAPSED = declare(
    TaskKind(
        code=ProcedureDuty.LAPSED,
        about=ABOUT_PROCEDURE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_lapsed,
        endings=_lapse_over,
        show=_shown_lapsed,
        locks=lambda ids: Procedure.objects.filter(pk__in=ids),
        look=TaskLook(
            "urgent", "danger", "Ouvrir", "suspension d’un juge finie,suspensions d’un juge finies", arrears_page
        ),
        may_be_given=True,
    )
)


def _barred(ids: Collection[int] | None) -> Iterable[Cause]:
    """A case whose oldest terms will soon be barred; its last day in time is the day before."""
    cases = ArrearsCase.objects.filter(closed_on=None).select_related("account")
    open_cases = {case.account_id: case for case in (cases if ids is None else cases.filter(pk__in=ids))}
    return [
        Cause(
            open_cases[one.account_id].pk,
            due_on=one.on - ONE_DAY,
            household_id=open_cases[one.account_id].account.household_id,
        )
        for one in soon_barred(None if ids is None else list(open_cases), day=clock.today())
        if one.account_id in open_cases
    ]


def _barred_over(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    settled = ArrearsCase.objects.filter(pk__in=raised, closed_on__isnull=False).values_list("pk", flat=True)
    found = dict.fromkeys(raised, Ending("Le terme est payé, prescrit, ou la prescription repart de zéro"))
    return found | dict.fromkeys(settled, Ending("La dette est soldée"))


def _shown_barred(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    cases = {
        case.account_id: case for case in ArrearsCase.objects.filter(pk__in=ids).select_related("account__household")
    }
    first = {one.account_id: one for one in reversed(soon_barred(list(cases), day=today))}
    found = {}
    for account, case in cases.items():
        household = case.account.household
        name = household.name if household else str(case)
        text = first[account].reason.text(today=today) if account in first else ""
        found[case.pk] = TaskLine(f"Prescription : {name}", text, name, link("rent_ledger:procedure", case.pk))
    return found


BARRED = declare(
    TaskKind(
        code=ProcedureDuty.BARRED,
        about=ABOUT_CASE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_barred,
        endings=_barred_over,
        show=_shown_barred,
        locks=lambda ids: ArrearsCase.objects.filter(pk__in=ids),
        look=TaskLook("hourglass", "warn", "Ouvrir", "dette bientôt prescrite,dettes bientôt prescrites", arrears_page),
        may_be_given=True,
    )
)
