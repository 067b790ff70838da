"""What is settled is ticked and taken back; furniture is listed with what pays for it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from leases.models import Household, Occupancy
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import AidScheme
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.models import AidFile
from social_link.contacts.perms import require_follows
from social_link.settling.codes import SettlingStep
from social_link.settling.duties import OPEN
from social_link.settling.models import FurnitureItem, SettlingTick
from social_link.settling.queries import stay_of

NO_STAY = "Ce ménage n’a pas de logement chez nous : l’installation commence avec un bail."


def _stay(household: Household, actor: Actor) -> Occupancy:
    """The stay that is settled, the household under lock: two gestures at once are one after the other."""
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    require_follows(actor, row)
    if actor.user is None:
        raise NotAllowed("Une installation est suivie par une personne.")
    stay = stay_of(row, clock.today())
    if stay is None:
        raise Conflict(NO_STAY, code="no_stay")
    return stay


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def tick(*, household: Household, step: str, on: date, actor: Actor, needless: bool = False) -> SettlingTick:
    """A point of the list is settled: done `on` a day, today at the latest, or of no use for this household. Again
    gives what was ticked first; another day, or « sans objet », corrects it.

    `Conflict` without a dwelling (`no_stay`); `InvalidInput` (`on`, `step`).
    """
    stay = _stay(household, actor)
    if on > clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour passé.", field="on")
    if step not in SettlingStep.values:
        raise InvalidInput("Choisissez dans la liste.", field="step")
    row = SettlingTick.objects.filter(stay=stay.pk, step=step).first()
    if row is None:
        row = SettlingTick(household=household, stay=stay.pk, step=step)
    elif (row.on, row.is_needless) == (on, needless):
        return row
    row.on, row.is_needless, row.author, row.noted_at = on, needless, _person(actor), clock.now()
    row.save()
    refresh_tasks(OPEN, ids=[household.pk], actor=actor)
    return row


def _person(actor: Actor) -> Any:
    return actor.user


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def untick(*, household: Household, step: str, actor: Actor) -> None:
    """The point is open again. Again changes nothing; `tick_again` undoes it."""
    stay = _stay(household, actor)
    SettlingTick.objects.filter(stay=stay.pk, step=step).delete()
    refresh_tasks(OPEN, ids=[household.pk], actor=actor)


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def tick_again(*, household: Household, step: str, actor: Actor) -> None:
    """Undo `untick`: it is settled as it was. Again changes nothing."""
    stay = _stay(household, actor)
    if SettlingTick.objects.filter(stay=stay.pk, step=step).exists():
        return
    event = deleted(SettlingTick, stay=stay.pk, step=step).first()
    if event is None:
        raise Conflict("Ce point n’a jamais été réglé.", code="wrong_state")
    brought_back(SettlingTick, [event])
    refresh_tasks(OPEN, ids=[household.pk], actor=actor)


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def write_furniture(
    *,
    household: Household,
    kind: str,
    actor: Actor,
    quantity: int = 1,
    scheme: AidScheme | None = None,
    aid_file: AidFile | None = None,
    asked: Decimal | None = None,
    asked_on: date | None = None,
    obtained: Decimal | None = None,
    received_on: date | None = None,
    item: FurnitureItem | None = None,
) -> FurnitureItem:
    """A piece of furniture, or (`item`) another content of one. `asked`, `obtained`: euros, of the aid `scheme`; with
    an `aid_file` of the household that file says them. The same new one again gives the first.

    `InvalidInput` with its field, of what is not whole or to come.
    """
    stay = _stay(household, actor)
    for name, day in (("asked_on", asked_on), ("received_on", received_on)):
        if day is not None and day > clock.today():
            raise InvalidInput("Choisissez aujourd’hui ou un jour passé.", field=name)
    if aid_file is not None and aid_file.household_id != household.pk:
        raise InvalidInput("Choisissez un dossier d’aide de ce ménage.", field="aid_file")
    facts: dict[str, Any] = {
        "kind": kind, "quantity": quantity, "scheme": scheme, "aid_file": aid_file.pk if aid_file else None,
        "asked": asked, "asked_on": asked_on, "obtained": obtained, "received_on": received_on,
    }  # fmt: skip
    if item is None:
        same = FurnitureItem.objects.filter(stay=stay.pk, **facts).first()
        if same is not None:
            return same
        row = FurnitureItem(household=household, stay=stay.pk, author=actor.user, **facts)
    else:
        row = _item(household, item.pk)
        for name, value in facts.items():
            setattr(row, name, value)
    checked(row)
    with french_refusals(row):
        row.save()
    refresh_tasks(OPEN, ids=[household.pk], actor=actor)
    return row


def _item(household: Household, pk: int) -> FurnitureItem:
    row = FurnitureItem.objects.select_for_update().filter(pk=pk, household=household).first()
    if row is None:
        raise Conflict("Ce meuble a été retiré de la liste.", code="wrong_state")
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def remove_furniture(*, household: Household, item_id: int, actor: Actor) -> None:
    """It is out of the list. Again changes nothing; `bring_back_furniture` undoes it."""
    _changed(household, actor, lambda: FurnitureItem.objects.filter(pk=item_id, household=household).delete())


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_furniture(*, household: Household, item_id: int, actor: Actor) -> None:
    """Undo `remove_furniture`. Again changes nothing. `Conflict` where the same furniture was listed since."""

    def back() -> None:
        if FurnitureItem.objects.filter(pk=item_id).exists():
            return
        event = deleted(FurnitureItem, id=item_id, household_id=household.pk).first()
        if event is None:
            raise Conflict("Ce meuble n’a jamais été dans la liste.", code="wrong_state")
        with french_refusals():
            brought_back(FurnitureItem, [event])

    _changed(household, actor, back)


def _changed(household: Household, actor: Actor, write: Callable[[], object]) -> None:
    require_follows(actor, Household.objects.select_for_update(no_key=True).get(pk=household.pk))
    write()
    refresh_tasks(OPEN, ids=[household.pk], actor=actor)
