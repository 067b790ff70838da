"""The steps of a referral, noted and taken back. Its state is that of the last one."""

from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from social_link.measures.models import Measure
from social_link.referrals.codes import INSIDE_SERVICES, OUTSIDE_SERVICES, STEPS, Dropped, ReferralState
from social_link.referrals.duties import NEXT
from social_link.referrals.models import Referral, ReferralStep
from social_link.referrals.perms import changeable

_GOES_ON = (ReferralState.INSIDE, ReferralState.MEASURE)


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def note_step(
    *,
    referral: Referral,
    state: str,
    on: date,
    actor: Actor,
    service: str = "",
    organisation: Organisation | None = None,
    consented_on: date | None = None,
    why: str = "",
    measure: Measure | None = None,
) -> ReferralStep:
    """What happened on this day, the latest step's or later. `service`: where it was oriented, with `organisation` and
    `consented_on` outside; `why`: of one that goes no further; `measure`: the one that was opened of it.

    `Conflict` where that may not follow: somebody noted another step meanwhile. `InvalidInput` `excluded` where
    something stands against it, and nobody said why it goes on.
    """
    row = changeable(referral, actor)
    if row.joined_to_id is not None:
        raise Conflict(
            f"Cette saisine est jointe à une autre du même ménage, la {Referral(pk=row.joined_to_id).number} : notez "
            "l’étape sur celle-là.",
            code="joined",
        )
    if state not in ReferralState.values:
        raise InvalidInput("Choisissez l’étape.", field="state")
    STEPS.check(
        row.state,
        state,
        message=f"La dernière étape de cette saisine est « {row.get_state_display()} » : celle-ci ne peut pas suivre. "
        "Rechargez la page, ou reprenez d’abord la dernière étape.",
    )
    last = row.steps.order_by("-id")[0]
    if on > clock.today():
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="on")
    if on < last.on:
        raise InvalidInput(f"L’étape d’avant est du {last.on:%d/%m/%Y} : celle-ci suit.", field="on")
    _must_say(row, state, service, why, measure)
    step = ReferralStep(
        referral=row, kind=state, on=on, service=service, organisation=organisation, consented_on=consented_on,
        why=why, author=actor.user, recorded_at=clock.now(),
    )  # fmt: skip
    checked(step)
    with french_refusals(step):
        step.save()
    row.state, row.measure = state, measure
    with french_refusals(row):
        row.save(update_fields=["state", "measure"])
    if measure is not None:
        # What was asked is what it is for, unless its opening said otherwise.
        Measure.objects.filter(pk=measure.pk, aims=[]).update(aims=row.aims)
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return step


def _must_say(row: Referral, state: str, service: str, why: str, measure: Measure | None) -> None:
    wanted = {ReferralState.INSIDE: INSIDE_SERVICES, ReferralState.OUTSIDE: OUTSIDE_SERVICES}.get(ReferralState(state))
    if wanted is not None and service not in wanted:
        raise InvalidInput("Dites vers quoi le ménage est orienté.", field="service")
    if state == ReferralState.DROPPED and why not in Dropped.values:
        raise InvalidInput("Dites pourquoi la saisine reste sans suite.", field="why")
    if state == ReferralState.MEASURE:
        if row.household_id is None:
            raise InvalidInput("Rattachez d’abord la saisine à son ménage.", field="state")
        if measure is None or measure.household_id != row.household_id:
            raise InvalidInput("Choisissez une mesure de ce ménage.", field="measure")
    if state in _GOES_ON and row.exclusions and not row.despite:
        raise InvalidInput(
            "Quelque chose s’oppose à un accompagnement : corrigez la saisine, ou dites-y pourquoi elle avance.",
            field="state", code="excluded",
        )  # fmt: skip


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def take_back_step(*, step_id: int, actor: Actor) -> Referral | None:
    """The last step was noted by mistake: it stays in the history. Again changes nothing (None).

    `Conflict` where another one followed, or another referral of the household waits meanwhile.
    """
    step = ReferralStep.objects.filter(pk=step_id).first()
    if step is None:
        return None
    row = changeable(step.referral, actor)
    steps = list(row.steps.order_by("-id")[:2])
    if not any(one.pk == step_id for one in row.steps.all()):
        return None
    if steps[0].pk != step_id:
        raise Conflict("Une autre étape a suivi : reprenez d’abord celle-là.", code="in_use")
    if len(steps) == 1:
        raise Conflict("C’est sa réception : retirez la saisine si elle a été notée par erreur.", code="wrong_state")
    row.state, row.measure = steps[1].kind, None
    with french_refusals():
        row.save(update_fields=["state", "measure"])
    steps[0].delete()
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row
