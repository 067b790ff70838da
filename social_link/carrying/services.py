"""How a measure is carried, and what a household declined: each noted, and taken back."""

from datetime import date

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from common.history import brought_back, deleted
from common.periods import ONE_DAY, period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from social_link.carrying.codes import CarrierRole, Declined, Level
from social_link.carrying.models import Carrier, Intensity, Refusal
from social_link.contacts.perms import require_follows
from social_link.measures.locks import changeable
from social_link.measures.models import Measure


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def set_intensity(*, measure: Measure, level: str, from_day: date, actor: Actor) -> Intensity:
    """The measure is as dense as this from a day on. On a day that has one already, it corrects it; the same again
    changes nothing.

    Raises `InvalidInput` (`level`, `from_day`): a day outside the measure, or to come.
    """
    row = changeable(measure, actor)
    if level not in Level.values:
        raise InvalidInput("Choisissez l’intensité.", field="level")
    last = min(row.ended_on or row.planned_end, clock.today())
    if not row.period.lower <= from_day <= last:
        raise InvalidInput(
            f"L’intensité se note pendant la mesure, depuis le {row.period.lower:%d/%m/%Y}, et aujourd’hui au plus "
            "tard.",
            field="from_day",
        )
    found = Intensity.objects.filter(measure=row, from_day=from_day).first()
    if found is None:
        return Intensity.objects.create(measure=row, level=level, from_day=from_day, author=actor.user)
    if found.level != level:
        found.level, found.author = level, actor.user
        found.save(update_fields=["level", "author"])
    return found


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_intensity(*, measure: Measure, intensity_id: int, actor: Actor) -> None:
    """A change of intensity that was a mistake. Again changes nothing; `bring_back_intensity` undoes it."""
    row = changeable(measure, actor)
    Intensity.objects.filter(pk=intensity_id, measure=row).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_intensity(*, measure: Measure, intensity_id: int, actor: Actor) -> None:
    """Undo `remove_intensity`. Again changes nothing. `Conflict` where another one stands on that day."""
    row = changeable(measure, actor)
    if Intensity.objects.filter(pk=intensity_id).exists():
        return
    event = deleted(Intensity, id=intensity_id, measure_id=row.pk).first()
    if event is None:
        raise Conflict("Cette intensité n’a jamais été notée.", code="wrong_state")
    with french_refusals():
        brought_back(Intensity, [event])


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def add_carrier(
    *, measure: Measure, organisation: Organisation, role: str, first: date, actor: Actor, last: date | None = None
) -> Carrier:
    """An organisation carries the measure from `first` on, until `last` included, or until nobody says. The same again
    gives the one that stands.

    Raises `InvalidInput` (`role`, `first`, `last`); `Conflict` where it, or another member, carries these days.
    """
    row = changeable(measure, actor)
    if role not in CarrierRole.values:
        raise InvalidInput("Choisissez le rôle.", field="role")
    end = row.ended_on or row.planned_end
    within = f"Ces jours sont ceux de la mesure : du {row.period.lower:%d/%m/%Y} au {end:%d/%m/%Y}."
    if not row.period.lower <= first <= end:
        raise InvalidInput(within, field="first")
    if last is not None and last < first:
        raise InvalidInput("Le dernier jour suit le premier.", field="last")
    if last is not None and last > end:
        raise InvalidInput(within, field="last")
    facts = {"organisation": organisation, "role": role, "period": period(first, last and last + ONE_DAY)}
    standing = Carrier.objects.filter(measure=row, **facts).first()
    if standing is not None:
        return standing
    with french_refusals():
        return Carrier.objects.create(measure=row, author=actor.user, **facts)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_carrier(*, measure: Measure, carrier_id: int, actor: Actor) -> None:
    """A carrier that was a mistake. Again changes nothing; `bring_back_carrier` undoes it."""
    row = changeable(measure, actor)
    Carrier.objects.filter(pk=carrier_id, measure=row).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_carrier(*, measure: Measure, carrier_id: int, actor: Actor) -> None:
    """Undo `remove_carrier`. Again changes nothing. `Conflict` where another one carries these days meanwhile."""
    row = changeable(measure, actor)
    if Carrier.objects.filter(pk=carrier_id).exists():
        return
    event = deleted(Carrier, id=carrier_id, measure_id=row.pk).first()
    if event is None:
        raise Conflict("Ce porteur n’a jamais été noté.", code="wrong_state")
    with french_refusals():
        brought_back(Carrier, [event])


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def note_refusal(*, household: Household, what: str, on: date, actor: Actor) -> Refusal:
    """The household declined something. Neither why nor by whom is asked. The same again gives the one that stands.

    Raises `InvalidInput` (`what`, `on`).
    """
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    require_follows(actor, row)
    if what not in Declined.values:
        raise InvalidInput("Choisissez ce qui est décliné.", field="what")
    if on > clock.today():
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="on")
    return Refusal.objects.get_or_create(household=row, what=what, on=on, defaults={"author": actor.user})[0]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_refusal(*, household: Household, refusal_id: int, actor: Actor) -> None:
    """A refusal that was noted by mistake: the household has it no more. Again changes nothing."""
    require_follows(actor, household)
    Refusal.objects.filter(pk=refusal_id, household=household).delete()
