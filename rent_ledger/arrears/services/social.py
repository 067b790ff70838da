"""What the rent side asks of the social service about a case, and what it answers."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.typography import euros, short_day
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.people import people_who
from office.access.permissions import needs
from office.jobs.wake import wake
from office.notices.services import NewNotice, notify, over
from rent_ledger.arrears import notices
from rent_ledger.arrears.codes import CauseCode, Decision, LetterHoldSource, NextStep
from rent_ledger.arrears.models import ArrearsCase, CaseDecision, HelpRequest, LetterHold, SocialAnswer
from rent_ledger.arrears.services.cases import lock_cases, lock_open, refresh_cases
from rent_ledger.arrears.services.letter_holds import NewHold, write_holds
from rent_ledger.books.models import AccountState


@needs(Write(Data.ARREARS))
@transaction.atomic
def request_help(*, case: ArrearsCase, actor: Actor) -> HelpRequest:
    """« Alerter le social ». A request that has had no answer is returned as it is."""
    lock_open([case.pk])
    found, _ = make_requests([case], actor)
    return found[case.pk]


def open_requests(case_ids: Collection[int]) -> dict[int, HelpRequest]:
    """The last request of each case, where no answer came since it was made and nobody took it back."""
    return {request.case_id: request for request in unanswered(case_ids).order_by("id")}


def unanswered(case_ids: Collection[int]) -> QuerySet[HelpRequest]:
    """The requests of these cases that wait for an answer."""
    requests = HelpRequest.objects.filter(case_id__in=case_ids, withdrawn_at=None)
    return requests.exclude(case__social_answers__answered_at__gte=F("requested_at"))


def make_requests(
    cases: Sequence[ArrearsCase], actor: Actor, *, is_visit: bool = False
) -> tuple[dict[int, HelpRequest], dict[int, HelpRequest]]:
    """The open request of each case, made where there is none; those that were made. By id of the case. A visit is
    asked beside a request that asked none: it has its own time.

    The caller holds the locks of the cases.
    """
    if not cases:
        return {}, {}
    found = {pk: row for pk, row in open_requests([c.pk for c in cases]).items() if row.is_visit or not is_visit}
    fresh = [c for c in cases if c.pk not in found]
    made = HelpRequest.objects.bulk_create(
        HelpRequest(case=c, author_id=actor.user_id, is_visit=is_visit) for c in fresh
    )
    created = {request.case_id: request for request in made}
    if fresh:
        refresh_cases(fresh, actor)
        wake("help_requested")
    return found | created, created


@needs(Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def record_social_answer(
    *,
    case: ArrearsCase,
    contact_made: bool,
    cause: str,
    hold_until: date | None = None,
    plan_asked: bool = False,
    plan_amount: Decimal | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> SocialAnswer:
    """Record the social service's answer. Ends the holds that waited for it, and starts the hold that it requests.
    A next step says its day."""
    if cause not in CauseCode.values:
        raise InvalidInput("Choisissez la cause dans la liste.", field="cause")
    if plan_amount is not None and (not plan_asked or plan_amount <= ZERO):
        raise InvalidInput("Une mensualité va avec un plan demandé, et elle est positive.", field="plan_amount")
    if next_step and next_step not in NextStep.values:
        raise InvalidInput("Choisissez la prochaine étape dans la liste.", field="next_step")
    if next_step_on is not None and not next_step:
        raise InvalidInput("Un jour va avec une prochaine étape.", field="next_step_on")
    if next_step and next_step_on is None and next_step != NextStep.PAID:
        raise InvalidInput("Dites pour quel jour est la prochaine étape.", field="next_step_on")
    if next_step_on is not None and next_step != NextStep.PAID and next_step_on < clock.today():
        raise InvalidInput("La prochaine étape est pour aujourd’hui ou plus tard.", field="next_step_on")
    lock_cases([case.pk])
    state = AccountState.objects.filter(account__cases=case).first()
    owed = state.whole_debt if state else ZERO
    if plan_amount is not None and plan_amount > owed:
        raise InvalidInput(
            f"La mensualité dépasse ce qui est dû, {euros(owed)} : un plan l’étale sur plusieurs mois.",
            field="plan_amount",
        )
    waited = list(_awaiting(case).filter(lifted_at=None).values_list("pk", flat=True))
    if hold_until is not None:
        write_holds(
            [NewHold(case, hold_until, "Réponse du service social")], source=LetterHoldSource.SOCIAL, actor=actor
        )
    answer = SocialAnswer.objects.create(
        case=case, contact_made=contact_made, cause=cause, hold_until=hold_until, plan_asked=plan_asked,
        plan_amount=plan_amount, next_step=next_step, next_step_on=next_step_on, author_id=actor.user_id,
    )  # fmt: skip
    # At the moment of the answer: taken back, it finds them again by it.
    LetterHold.objects.filter(pk__in=waited).update(lifted_at=answer.answered_at)
    refresh_cases([case], actor)
    _tell_answer(answer, actor)
    return answer


def _awaiting(case: ArrearsCase) -> QuerySet[LetterHold]:
    """The holds that an answer ends: those that waited for it, and that of the answer before."""
    return LetterHold.objects.filter(case=case, source__in=[LetterHoldSource.RULE, LetterHoldSource.SOCIAL])


@needs(Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def withdraw_social_answer(*, answer: SocialAnswer, actor: Actor) -> None:
    """The social service takes its answer back: cause, plan asked and step are told no more, its hold ends, and the
    holds that waited for it run again, as long as they did. Again changes nothing.

    `Conflict` once something stands on it: another answer, a decision of the rent side.
    """
    case = lock_cases([answer.case_id])[answer.case_id]
    row = SocialAnswer.objects.filter(pk=answer.pk).first()
    if row is None:
        return
    if SocialAnswer.objects.filter(case=case, pk__gt=row.pk).exists():
        raise Conflict("Une autre réponse a suivi celle-ci : c’est la dernière qui se reprend.", code="in_use")
    decided = CaseDecision.objects.filter(case=case, decided_at__gte=row.answered_at, undone_at=None)
    decided = decided.exclude(decision=Decision.PAUSE)
    if first := decided.order_by("decided_at").first():
        on = short_day(first.decided_at.astimezone(clock.PARIS).date(), today=clock.today()).removesuffix(".")
        raise Conflict(
            f"La gestion locative a décidé sur cette réponse le {on} : elle reste. Parlez-en avec elle.", code="in_use"
        )
    if row.hold_until is not None:
        asked = LetterHold.objects.filter(
            case=case, source=LetterHoldSource.SOCIAL, until=row.hold_until, lifted_at=None,
            recorded_at__lte=row.answered_at,
        )  # fmt: skip
        asked.update(lifted_at=clock.now())
    _awaiting(case).filter(lifted_at=row.answered_at).update(lifted_at=None)
    row.delete()
    over(notices.ANSWER, about_ids=[case.pk])
    refresh_cases([case], actor)


def _tell_answer(answer: SocialAnswer, actor: Actor) -> None:
    """To who follows the household's rents, else to who asked, else to all who decide on arrears."""
    case = ArrearsCase.objects.select_related("account__household").get(pk=answer.case_id)
    household = case.account.household
    named = {household.manager_id} if household else set()
    asked = set(case.help_requests.order_by().values_list("author_id", flat=True))
    able = set(people_who(Write(Data.ARREARS)).values_list("pk", flat=True))
    to = able & named or able & asked or able
    notify(new=[NewNotice(notices.ANSWER, user, case.pk, str(answer.pk)) for user in sorted(to)], actor=actor)
