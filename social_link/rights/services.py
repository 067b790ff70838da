"""The rights of a household: gone through, noted one by one, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from common.history import brought_back, deleted
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from social_link.rights.codes import Per, RightKind, RightRefusal, RightState
from social_link.rights.duties import RENEW
from social_link.rights.models import RightFact
from social_link.rights.parameters import right_params
from social_link.rights.perms import require_write
from social_link.rights.rules.days import contest_until
from social_link.rights.rules.kinds import KINDS, existed_on

CHANGED = "Quelqu’un a noté ce droit entre-temps : relisez où il en est, puis recommencez."


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a right. `seen`: the id of the last fact that the caller saw, 0 for none; None asks nothing."""

    kind: RightKind
    person: Person | None
    state: str
    on: date
    renew_on: date | None = None
    amount: Decimal | None = None
    per: str = ""
    refusal: str = ""
    seen: int | None = None


@needs(Write(Data.RIGHT, OWN))
@transaction.atomic
def note_rights(*, household: Household, said: Sequence[Said], actor: Actor) -> list[RightFact]:
    """Note how rights of a household stand, several at once. What stands already so is left alone; the facts that were
    made are returned: they are taken back together.

    `InvalidInput` [on, state, renew_on, amount, refusal], `Conflict` where somebody noted another fact since `seen`.
    """
    require_write(actor, household, [one.kind for one in said])
    Household.objects.select_for_update().get(pk=household.pk)
    together, made = uuid4(), []
    standing = {(fact.kind, fact.person_id): fact for fact in RightFact.objects.filter(household=household).standing()}
    for one in said:
        last = standing.get((one.kind, one.person.pk if one.person else None))
        row = _fact(household, one, actor)
        row.noted_with = together
        if _stands_so(last, row):
            continue
        if one.seen is not None and one.seen != (last.pk if last else 0):
            raise Conflict(f"{one.kind.label} : {CHANGED[0].lower()}{CHANGED[1:]}", code="seen")
        with french_refusals(row):
            row.save()
        made.append(row)
    _refresh(household, actor)
    return made


def _fact(household: Household, said: Said, actor: Actor) -> RightFact:
    """The row, checked."""
    rule, today = KINDS[said.kind], clock.today()
    if said.state not in RightState.values:
        raise InvalidInput("Choisissez où en est ce droit.", field="state")
    if rule.is_personal != (said.person is not None):
        raise InvalidInput("Dites de quelle personne est ce droit ; celui du ménage n’en a pas.", field="person")
    if said.person is not None and not said.person.memberships.filter(household=household).exists():
        raise InvalidInput("Cette personne n’est pas de ce ménage.", field="person")
    if said.on > today:
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="on")
    if said.state == RightState.OPEN and not existed_on(said.kind, said.on):
        raise InvalidInput(f"Ce droit existe depuis le {rule.since:%d/%m/%Y}.", field="on")
    is_open, is_refused = said.state == RightState.OPEN, said.state == RightState.REFUSED
    if is_open and said.renew_on is not None and said.renew_on <= said.on:
        raise InvalidInput("Le renouvellement vient après le jour d’ouverture.", field="renew_on")
    has_amount = said.amount is not None and said.state in (RightState.OPEN, RightState.ASKED, RightState.APPEALED)
    if has_amount and (said.amount or 0) <= 0:
        raise InvalidInput("Un montant est de plus de 0 €. Laissez vide s’il n’est pas connu.", field="amount")
    return RightFact(
        household=household,
        person=said.person,
        kind=said.kind,
        said=said.state,
        on=said.on,
        renew_on=said.renew_on if is_open else None,
        amount=said.amount if has_amount else None,
        per=(said.per or Per.MONTH) if has_amount else "",
        refusal=(said.refusal or RightRefusal.UNSAID) if is_refused else "",
        contest_by=contest_until(said.on, right_params(said.on)) if is_refused else None,
        author=actor.user,
    )


_CONTENT = ("said", "on", "renew_on", "amount", "per", "refusal")


def _stands_so(last: RightFact | None, row: RightFact) -> bool:
    if last is None:
        return row.said == RightState.UNKNOWN
    return all(getattr(last, name) == getattr(row, name) for name in _CONTENT)


@needs(Write(Data.RIGHT, OWN))
@transaction.atomic
def withdraw_rights(*, fact_id: int, actor: Actor) -> int | None:
    """Take back what was noted with this fact, in one go: what stood before stands again. The household's id; None
    where it is gone already: a second click takes no other one. `Conflict` where something was noted since."""
    row = RightFact.objects.select_related("household").filter(pk=fact_id).first()
    if row is None:
        return None
    Household.objects.select_for_update().get(pk=row.household_id)
    together = list(RightFact.objects.filter(noted_with=row.noted_with))
    require_write(actor, row.household, [RightKind(one.kind) for one in together])
    last = set(RightFact.objects.filter(household=row.household_id).standing().values_list("pk", flat=True))
    if any(one.pk not in last for one in together):
        raise Conflict("Un autre état a été noté depuis : il se retire d’abord.", code="wrong_state")
    RightFact.objects.filter(pk__in=[one.pk for one in together]).delete()
    _refresh(row.household, actor, gone=[one.pk for one in together])
    return row.household_id


@needs(Write(Data.RIGHT, OWN))
@transaction.atomic
def bring_back_rights(*, fact_id: int, actor: Actor) -> int:
    """Undo `withdraw_rights`. Again changes nothing. `Conflict` where something was noted of one of them since."""
    event = deleted(RightFact, id=fact_id).first()
    if event is None:
        raise Conflict("Ce droit n’a jamais été retiré.", code="wrong_state")
    household = Household.objects.select_for_update().get(pk=event.household_id)
    gone = deleted(RightFact, noted_with=event.noted_with)
    # A fact may have been taken out twice: its last event counts.
    events = list({one.id: one for one in reversed(list(gone))}.values())
    require_write(actor, household, [RightKind(one.kind) for one in events])
    if RightFact.objects.filter(pk=fact_id).exists():
        return household.pk
    later = Q(pk__in=[])
    for one in events:
        later |= Q(kind=one.kind, person=one.person_id, pk__gt=one.id)
    if RightFact.objects.filter(later, household=household).exists():
        raise Conflict("Un autre état a été noté depuis : notez le bon.", code="wrong_state")
    with french_refusals():
        brought_back(RightFact, events)
    _refresh(household, actor)
    return household.pk


def _refresh(household: Household, actor: Actor, gone: Sequence[int] = ()) -> None:
    """The tasks of the household's rights as they stand now, and of those that are `gone`."""
    rows = RightFact.objects.filter(household=household, renew_on__isnull=False)
    refresh_tasks(RENEW, ids=[*rows.values_list("pk", flat=True), *gone], actor=actor)
