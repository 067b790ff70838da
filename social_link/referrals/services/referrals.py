"""A referral comes in, is corrected, given to somebody, tied to its household, joined to another, withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import events_of
from leases.households.services import NewPerson, create_household
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import User
from office.tasks.services.tasks import refresh_tasks
from social_link.measures.codes import Aim, Exclusion
from social_link.measures.perms import require_social
from social_link.referrals.codes import REFERRING, WAITING, ReferralState, ReferrerKind
from social_link.referrals.duties import NEXT
from social_link.referrals.models import NAMED, Referral, ReferralStep
from social_link.referrals.perms import can_give, changeable
from social_link.referrals.queries import double_of

FACTS = (
    "received_on", "referrer", "organisation", "contact_name", "contact_email", "contact_phone", "situation", "urgency",
    "commission_on", "consented_on", "despite",
)  # fmt: skip
"""What is typed of a referral beside whom it is about and its lists."""


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def receive(
    *,
    actor: Actor,
    received_on: date,
    referrer: str,
    aims: Sequence[str],
    household: Household | None = None,
    last_name: str = "",
    first_name: str = "",
    phone: str = "",
    exclusions: Sequence[str] = (),
    is_mine: bool = False,
    **facts: Any,
) -> Referral:
    """A referral came in on `received_on`, for a household or for a person named. `facts`: the other of `FACTS`;
    `is_mine`: who types it takes it. A household of which one waits already has both, and this one is joined to that.
    """
    row = Referral(
        received_on=received_on, referrer=referrer, household=household, author=actor.user,
        assignee=actor.user if is_mine else None, recorded_at=clock.now(),
    )  # fmt: skip
    if household is None:
        row.last_name, row.first_name, row.phone = last_name.strip(), first_name.strip(), phone.strip()
    if household is not None:
        Household.objects.select_for_update().get(pk=household.pk)
        row.joined_to = double_of(household.pk)
    _write(row, {"received_on": received_on, "referrer": referrer, **facts}, aims, exclusions)
    ReferralStep.objects.create(
        referral=row, kind=ReferralState.RECEIVED, on=received_on, author=actor.user, recorded_at=row.recorded_at
    )
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def correct(
    *,
    referral: Referral,
    aims: Sequence[str],
    actor: Actor,
    exclusions: Sequence[str] = (),
    last_name: str = "",
    first_name: str = "",
    phone: str = "",
    **facts: Any,
) -> Referral:
    """Other facts of a referral, all of them: the former ones stay in its history. A household is changed by
    `match` and `unmatch`. Its day moves with that of its first step."""
    row = changeable(referral, actor)
    first, *others = row.steps.order_by("id")
    received_on = facts.get("received_on", row.received_on)
    if others and received_on > others[0].on:
        raise InvalidInput(
            f"L’étape suivante est du {others[0].on:%d/%m/%Y} : la saisine est reçue ce jour-là ou plus tôt.",
            field="received_on",
        )
    if row.household_id is None:
        row.last_name, row.first_name, row.phone = last_name.strip(), first_name.strip(), phone.strip()
    _write(row, facts, aims, exclusions)
    if first.on != row.received_on:
        first.on = row.received_on
        first.save(update_fields=["on"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


def _write(row: Referral, facts: Mapping[str, Any], aims: Sequence[str], exclusions: Sequence[str]) -> None:
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"a referral has no {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.aims = [aim for aim in Aim if aim in aims]
    row.exclusions = [code for code in Exclusion if code in exclusions]
    for name in ("received_on", "commission_on", "consented_on"):
        if (day := getattr(row, name)) is not None and day > clock.today():
            raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field=name)
    if not row.aims:
        raise InvalidInput("Dites ce qui est demandé : au moins une ligne.", field="aims")
    if row.household_id is None and not row.last_name:
        raise InvalidInput("Choisissez le ménage, ou donnez le nom de la personne.", field="last_name")
    if row.referrer == ReferrerKind.HOUSEHOLD:
        row.organisation, row.contact_name, row.contact_email, row.contact_phone = None, "", "", ""
    elif row.organisation is None and not row.contact_name:
        raise InvalidInput("Choisissez l’organisme, ou donnez le nom de votre interlocuteur.", field="organisation")
    if row.organisation is not None and not row.organisation.roles.filter(kind__in=REFERRING).exists():
        raise InvalidInput("Cet organisme n’est pas un partenaire qui saisit.", field="organisation")
    if not row.exclusions:
        row.despite = ""
    checked(row)
    with french_refusals(row):
        row.save()


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def match(*, referral: Referral, household: Household, actor: Actor) -> Referral:
    """It is about this household: what stood for it goes. Again changes nothing. Another referral of the household
    waits: this one is joined to it."""
    row = changeable(referral, actor)
    if row.household_id == household.pk:
        return row
    if row.household_id is not None:
        raise Conflict(f"Cette saisine est déjà celle de {row.household} : détachez-la d’abord.", code="wrong_state")
    Household.objects.select_for_update().get(pk=household.pk)
    row.household = household
    row.last_name, row.first_name, row.phone = "", "", ""
    if row.state in WAITING:
        row.joined_to = double_of(household.pk, but=row.pk)
    with french_refusals(row):
        row.save(update_fields=["household", "joined_to", *NAMED])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def match_new(*, referral: Referral, person: NewPerson, actor: Actor) -> Referral:
    """Nobody knows this person: her household is made, and the referral is about it. `InvalidInput` `known` where
    somebody of that name is known, as by `create_household`.

    Who takes a referral writes no identity elsewhere, so that it is the house that does, for this: nobody is its rental
    manager yet. Its history says who asked, as that of anything written from a page.
    """
    row = changeable(referral, actor)
    if row.household_id is not None:
        raise Conflict(f"Cette saisine est déjà celle de {row.household}.", code="wrong_state")
    household = create_household(people=[person], actor=Actor.system())
    return match(referral=row, household=household, actor=actor)


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def unmatch(*, referral: Referral, actor: Actor) -> Referral:
    """It was another household: who was named stands for it again. `Conflict` where it was said by no name, where a
    measure was opened of it, or others are joined to it."""
    row = changeable(referral, actor)
    if row.household_id is None:
        return row
    if row.measure_id is not None:
        raise Conflict("Une mesure est ouverte d’après cette saisine : reprenez d’abord cette étape.", code="in_use")
    if row.joined.filter(withdrawn_at=None).exists():
        raise Conflict("Une autre saisine est jointe à celle-ci : séparez-la d’abord.", code="in_use")
    named = events_of(Referral).filter(pgh_obj_id=row.pk, household_id=None).last()
    if named is None:
        raise Conflict("Elle a été reçue pour ce ménage : retirez-la, et notez-en une autre.", code="wrong_state")
    row.household, row.joined_to = None, None
    for name in NAMED:
        setattr(row, name, getattr(named, name))
    with french_refusals(row):
        row.save(update_fields=["household", "joined_to", *NAMED])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def assign(*, referral: Referral, to: User | None, actor: Actor) -> Referral:
    """`to` follows it; None: nobody does. A social worker takes one that is nobody's, or gives hers back; the head
    gives any. Again changes nothing."""
    row = changeable(referral, actor)
    if row.assignee_id == (to.pk if to else None):
        return row
    if not can_give(actor):
        if row.assignee_id not in (None, actor.user_id):
            raise NotAllowed("Cette saisine est suivie par quelqu’un d’autre : demandez à la responsable du service.")
        if to is not None and to.pk != actor.user_id:
            raise NotAllowed("C’est à la responsable du service de confier une saisine à quelqu’un d’autre.")
    if to is not None:
        require_social(to, clock.today(), "to")
    row.assignee = to
    row.save(update_fields=["assignee"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def separate(*, referral: Referral, actor: Actor) -> Referral:
    """It is joined to no other any more. Again changes nothing. `Conflict` where the other one waits still."""
    row = changeable(referral, actor)
    if row.joined_to_id is None:
        return row
    row.joined_to = None
    with french_refusals():
        row.save(update_fields=["joined_to"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def withdraw(*, referral: Referral, actor: Actor) -> Referral:
    """It was noted by mistake: nothing counts it any more. Again changes nothing; `bring_back` undoes it."""
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if row.withdrawn_at is not None:
        return row
    row = changeable(row, actor)
    if row.measure_id is not None:
        raise Conflict("Une mesure est ouverte d’après cette saisine : reprenez d’abord cette étape.", code="in_use")
    if row.joined.filter(withdrawn_at=None).exists():
        raise Conflict("Une autre saisine est jointe à celle-ci : séparez-la d’abord.", code="in_use")
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def bring_back(*, referral: Referral, actor: Actor) -> Referral:
    """Undo `withdraw`. Again changes nothing. `Conflict` where another one of the household waits meanwhile."""
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if not actor.is_system and not Referral.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette saisine est suivie par quelqu’un d’autre.")
    if row.withdrawn_at is None:
        return row
    row.withdrawn_at = None
    with french_refusals():
        row.save(update_fields=["withdrawn_at"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)
    return row
