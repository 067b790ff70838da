"""Partners are told: once for each thing, by e-mail, where there is an address (S1-04, S1-05)."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from common.errors import Conflict
from common.typography import long_date
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.services.outbox import NewMessage, withdraw_all, write_messages
from office.messages.wording import worded
from rent_ledger.billing.queries.messages import house_values
from social_link.measures.locks import changeable as changeable_measure
from social_link.referrals.codes import ABOUT_PARTNER, ReferralMessage, ReferralState
from social_link.referrals.models import Referral
from social_link.referrals.rules.waiting import halfway
from social_link.referrals.services.steps import note_step, take_back_step
from social_link.watches.models import Reopening

TAKEN_BACK = "L’étape a été reprise"


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def acknowledge(*, referral: Referral, on: date, actor: Actor) -> Message | None:
    """The receipt: by e-mail where who refers has one (the message), else it was given by hand or by phone (None)."""
    note_step(referral=referral, state=ReferralState.ACKNOWLEDGED, on=on, actor=actor)
    return _tell(referral, ReferralMessage.RECEIPT, referral.received_on, actor)


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def take_back(*, referral: Referral, step_id: int, actor: Actor) -> Referral | None:
    """`take_back_step`, and what had not left of it will not: the receipt, or the news that a measure began."""
    step = referral.steps.filter(pk=step_id).first()
    row = take_back_step(step_id=step_id, actor=actor)
    told = {ReferralState.ACKNOWLEDGED: ReferralMessage.RECEIPT, ReferralState.MEASURE: ReferralMessage.START}
    if row is not None and step is not None and (kind := told.get(ReferralState(step.kind))):
        withdraw_all(about=ABOUT_PARTNER, ids=[row.pk], why=TAKEN_BACK, kind=kind)
    return row


def tell_progress(day: date) -> int:
    """Who referred is told that the support began, is half-way and has ended, where the household agreed. Each once;
    what is more than a measure old is told no more. Returns how many messages there are now."""
    rows = Referral.objects.filter(state=ReferralState.MEASURE, withdrawn_at=None, consented_on__isnull=False)
    told = 0
    for row in rows.exclude(contact_email="").select_related("measure").order_by("pk"):
        measure = row.measure
        assert measure is not None  # The database says so.
        first, ended = measure.period.lower, measure.ended_on
        middle = halfway(first, measure.planned_end)
        with transaction.atomic():
            if ended is not None and ended <= day:
                told += _tell(row, ReferralMessage.END, ended, Actor.system()) is not None
            elif middle <= day <= measure.planned_end:
                told += _tell(row, ReferralMessage.MIDDLE, middle, Actor.system()) is not None
            elif first <= day < middle:
                told += _tell(row, ReferralMessage.START, first, Actor.system()) is not None
    return told


def again_drafts(request: Reopening) -> list[NewMessage]:
    """What leaves to who had asked for the support that begins again (S1-12), each with an address, where the household
    agreed; empty until a measure is open. Two queries."""
    if request.measure is None or request.withdrawn_at is not None:
        return []
    first = Referral.objects.filter(measure=request.former_id).first()
    if first is None:
        return []
    asked = Referral.objects.filter(Q(pk=first.pk) | Q(joined_to=first.pk), withdrawn_at=None)
    rows = asked.exclude(consented_on=None).exclude(contact_email="").select_related("organisation").order_by("pk")
    day = request.measure.period.lower
    return [_message(row, ReferralMessage.AGAIN, day, key=f"referral_again:{request.pk}:{row.pk}") for row in rows]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def tell_again(*, request: Reopening, actor: Actor) -> int:
    """Who had asked for the support is told that it begins again, each once. Returns how many are told now; again none.

    `Conflict` (`wrong_state`) where there is nobody to tell.
    """
    changeable_measure(request.former, actor)
    new = again_drafts(Reopening.objects.select_related("measure").get(pk=request.pk))
    if not new:
        raise Conflict(
            "Personne à prévenir : il faut une mesure ouverte, et une saisine avec un courriel et l’accord du ménage.",
            code="wrong_state",
        )
    told = set(Message.objects.filter(key__in=[one.key for one in new]).values_list("key", flat=True))
    fresh = [one for one in new if one.key not in told]
    write_messages(new=fresh, actor=actor)
    return len(fresh)


def _tell(row: Referral, kind: ReferralMessage, day: date, actor: Actor) -> Message | None:
    if not row.contact_email:
        return None
    # What the way back of a step withdrew is written anew with the step; what a person withdrew is not.
    written = Message.objects.filter(about=ABOUT_PARTNER, about_id=row.pk, kind=kind)
    undone = Q(state=MessageState.WITHDRAWN, why=TAKEN_BACK)
    standing = written.exclude(undone).first()
    if standing is not None:
        return standing
    times = written.filter(undone).count()
    key = f"{kind.value.lower()}:{row.pk}" + (f":{times + 1}" if times else "")
    [message] = write_messages(new=[_message(row, kind, day, key=key)], actor=actor)
    return message


def _message(row: Referral, kind: ReferralMessage, day: date, *, key: str) -> NewMessage:
    values = {**house_values(), "numero": row.number, "jour": long_date(day)}
    return NewMessage(
        key=key, kind=kind, channel=Channel.EMAIL, about_id=row.pk, household_id=None,
        addressee=row.contact_name or str(row.organisation or row.get_referrer_display()),
        address=row.contact_email, wording=worded(kind, Channel.EMAIL, values), values=values,
    )  # fmt: skip
