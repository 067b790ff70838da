"""The steps of a procedure: noted as facts with their day, refused where the law can't have let them, taken back."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.reasons import Reason
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.services.cases import lock_cases
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.social import make_requests
from rent_ledger.books.models import Account
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.procedures.codes import (
    ABOUT_PROCEDURE,
    HEARD,
    LAST,
    SPREADS,
    TOLD,
    WITH_SUM,
    Closing,
    Item,
    NoWhy,
    ProcedureQuestion,
    StepKind,
    Track,
)
from rent_ledger.procedures.duties import LAPSED, STEP
from rent_ledger.procedures.models import Procedure, ProcedureStep
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import ProcedureNow, facts_of
from rent_ledger.procedures.rules.days import ProcedureParams, delays_most, longer_most, protocol_most
from rent_ledger.procedures.rules.standing import Refused, protocol_until, refusal
from rent_ledger.procedures.rules.steps import Step, following, main_step

NOT_NEXT = "Cette étape ne suit pas la dernière notée. Rechargez la page."
NO_GUARANTOR = "Aucune caution n’est notée sur ce contrat : ajoutez-la d’abord sur la page du contrat."
NOT_LAST = "Une autre étape a été notée depuis : annulez-la d’abord."
RUNS_AGAIN = "Une autre procédure court depuis sur ce compte : cette étape ne s’annule plus."
HAS_PROOFS = "Des preuves sont gardées avec cette étape : retirez-les d’abord."


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_step(
    *,
    account: Account,
    kind: str,
    on: date,
    actor: Actor,
    items: Collection[str] = (),
    hearing_on: date | None = None,
    amount: Decimal | None = None,
    until: date | None = None,
    monthly: Decimal | None = None,
    first_on: date | None = None,
    bad_faith: bool = False,
    why: str = "",
    answers: Answers = NO_ANSWERS,
) -> ProcedureStep:
    """A step, with its day; the first one opens the procedure, a last one ends it. The same step again is the first.

    What the kind has no use for is left out. While the social service has the case, why one goes on is asked
    (`ProcedureQuestion`), and the service is told. `InvalidInput` [kind, on, items, hearing_on, amount, until, monthly,
    first_on, why] where the step can't be.
    """
    lock_accounts([account.pk])
    today = clock.today()
    params = procedure_params(today)
    found = facts_of(account, day=today, params=params)
    if (same := _same(found, kind, on, hearing_on)) is not None:
        return same
    if found.facts.track == Track.NONE:
        raise InvalidInput(Reason(NoWhy.NO_TRACK).text(), field="kind")
    step = _only_its_own(
        Step(kind, on, hearing_on, until, amount, monthly, first_on, bad_faith), found.facts.track
    )  # fmt: skip
    wanted, closed = sorted(set(items) & set(Item.values)), why if kind == StepKind.CLOSED else ""
    _check(found, step, wanted, closed, today, params)
    answered = ask([Reason(ProcedureQuestion.SOCIAL)] if found.facts.social and kind not in TOLD else [], answers)
    procedure = found.procedure if found.procedure and found.procedure.ended_on is None else None
    if procedure is None:
        procedure = Procedure.objects.create(account=account, track=found.facts.track)
    row = ProcedureStep.objects.create(
        procedure=procedure, kind=step.kind, on=step.on, items=wanted if kind == StepKind.COMMAND else [],
        hearing_on=step.hearing_on, amount=step.amount, until=step.until, monthly=step.monthly, first_on=step.first_on,
        bad_faith=step.bad_faith, why=closed, author_id=actor.user_id,
    )  # fmt: skip
    if kind in LAST:
        procedure.ended_on = on
    if kind in SPREADS:
        # Judged anew from here: a suspension that ended before a protocol is over with it.
        procedure.lapsed_on = None
    if kind in LAST or kind in SPREADS:
        procedure.save()
    if answered:
        keep(answered, about=ABOUT_PROCEDURE, about_id=row.pk, actor=actor)
        cases = ArrearsCase.objects.filter(account=account, closed_on=None).values_list("pk", flat=True)
        make_requests(list(lock_cases(cases).values()), actor)
    refresh_tasks(STEP, LAPSED, ids=[procedure.pk], actor=actor)
    refresh_lanes(account_ids=[account.pk], day=today)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_step(*, step: ProcedureStep, actor: Actor) -> None:
    """A step was noted by mistake: the procedure is as before it. Only the last one; again changes nothing.

    `Conflict` where another step, a proof or another procedure stands on it.
    """
    lock_accounts([step.procedure.account_id])
    row = ProcedureStep.objects.select_related("procedure").filter(pk=step.pk).first()
    if row is None:
        return
    procedure = row.procedure
    if procedure.steps.filter(pk__gt=row.pk).exists():
        raise Conflict(NOT_LAST, code="not_last")
    if row.proofs.exists():
        raise Conflict(HAS_PROOFS, code="has_proofs")
    if procedure.ended_on is not None:
        if Procedure.objects.filter(account=procedure.account_id, ended_on=None).exists():
            raise Conflict(RUNS_AGAIN, code="runs_again")
        procedure.ended_on = None
    if row.kind in SPREADS:
        procedure.lapsed_on = None
    row.delete()
    if procedure.steps.exists():
        procedure.save()
        refresh_tasks(STEP, LAPSED, ids=[procedure.pk], actor=actor)
    else:
        pk = procedure.pk
        procedure.ended_on = clock.today()
        procedure.save()
        refresh_tasks(STEP, LAPSED, ids=[pk], actor=actor)
        procedure.delete()
    refresh_lanes(account_ids=[procedure.account_id], day=clock.today())


def _same(found: ProcedureNow, kind: str, on: date, hearing_on: date | None) -> ProcedureStep | None:
    return next(
        (row for row in found.rows if (row.kind, row.on) == (kind, on) and row.hearing_on in (None, hearing_on)), None
    )


def _only_its_own(step: Step, track: Track) -> Step:
    """Without what its kind has no use for."""
    kind, given = step.kind, step.kind in SPREADS
    has_end = given or kind == StepKind.LONGER or (kind == StepKind.NOTICE and track == Track.CONTRACT)
    return Step(
        kind, step.on,
        hearing_on=step.hearing_on if kind in HEARD else None,
        until=step.until if has_end else None,
        amount=step.amount if kind in WITH_SUM else None,
        monthly=step.monthly if given else None,
        first_on=step.first_on if given else None,
        bad_faith=step.bad_faith and kind == StepKind.TERMINATED,
    )  # fmt: skip


def _check(
    found: ProcedureNow, step: Step, items: Collection[str], why: str, today: date, params: ProcedureParams
) -> None:
    f = found.facts
    over = found.procedure is not None and found.procedure.ended_on is not None
    steps = () if over else f.steps
    if step.kind == StepKind.GUARANTOR and not f.has_guarantor:
        raise InvalidInput(NO_GUARANTOR, field="kind")
    allowed = following(f.track, steps, frozen=f.frozen, has_guarantor=f.has_guarantor)
    if step.kind not in StepKind.values or step.kind not in allowed:
        raise InvalidInput(NOT_NEXT, field="kind")
    if step.on > today:
        raise InvalidInput("Une étape se note une fois faite : son jour est aujourd’hui au plus tard.", field="on")
    if found.lease is not None and step.on < (begun := found.lease.period.lower):
        # A year that was mistyped would let every delay be over at once.
        raise InvalidInput(f"Le contrat commence le {begun:%d/%m/%Y} : cette étape vient après.", field="on")
    last = main_step(steps)
    if last is not None and step.kind not in TOLD and step.on < last.on:
        raise InvalidInput(f"Cette étape suit celle du {last.on:%d/%m/%Y}.", field="on")
    _check_values(step, items, why, f.track, params)
    if step.kind == StepKind.LONGER:
        _check_longer(found, step, params)
    if refused := None if over else refusal(step, f, params):
        raise InvalidInput(_told(step, refused), field="on")


def _told(step: Step, refused: Refused) -> str:
    """What is wrong, why, and the first day possible."""
    when = "pas encore possible" if refused.first is None else f"premier jour possible le {refused.first:%d/%m/%Y}"
    return f"{StepKind(step.kind).label} : {when}. {refused.reason.text()}."


def _check_values(step: Step, items: Collection[str], why: str, track: Track, params: ProcedureParams) -> None:
    if step.kind == StepKind.COMMAND and (missing := [item.label for item in Item if item.value not in items]):
        text = f"Il manque : {' ; '.join(missing)}."
        raise InvalidInput(f"{text} Sans elles le commandement est nul : faites-le refaire.", field="items")
    if step.kind in WITH_SUM and (step.amount is None or step.amount <= ZERO):
        raise InvalidInput("Dites la somme que l’acte porte, plus de 0 €.", field="amount")
    if step.kind in HEARD and (step.hearing_on is None or step.hearing_on <= step.on):
        raise InvalidInput("Dites le jour de l’audience, après celui de l’acte.", field="hearing_on")
    if step.kind == StepKind.CLOSED and why not in Closing.values:
        raise InvalidInput("Dites comment elle finit.", field="why")
    if step.kind == StepKind.NOTICE and track == Track.CONTRACT and (step.until is None or step.until <= step.on):
        raise InvalidInput("Dites le dernier jour du délai que le contrat donne.", field="until")
    if step.kind in SPREADS:
        _check_given(step, params)


def _check_given(step: Step, params: ProcedureParams) -> None:
    is_protocol = step.kind == StepKind.PROTOCOL
    most = protocol_most(step.on, params) if is_protocol else delays_most(step.on, params)
    if step.until is None or not step.on < step.until <= most:
        who = "Un protocole va" if is_protocol else "Un juge donne des délais"
        raise InvalidInput(f"{who} jusqu’au {most:%d/%m/%Y} au plus.", field="until")
    if step.monthly is None or step.amount is None or not ZERO < step.monthly <= step.amount:
        raise InvalidInput("La mensualité est de plus de 0 €, et pas plus que la dette.", field="monthly")
    if step.first_on is None or not step.on < step.first_on <= step.until:
        raise InvalidInput("La première mensualité vient après l’acte, avant la fin des délais.", field="first_on")


def _check_longer(found: ProcedureNow, step: Step, params: ProcedureParams) -> None:
    until = protocol_until(found.facts.steps)
    assert until is not None
    most = longer_most(until, params)
    if step.until is None or not until < step.until <= most:
        raise InvalidInput(
            f"Un protocole qui finit le {until:%d/%m/%Y} se prolonge jusqu’au {most:%d/%m/%Y} au plus.", field="until"
        )
