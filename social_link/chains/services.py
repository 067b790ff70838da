"""The days of a way that a person knows."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from social_link.chains.codes import TYPED_LINKS, Link
from social_link.chains.models import ChainDay
from social_link.measures.locks import changeable
from social_link.measures.models import Measure


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def type_days(*, measure: Measure, days: Mapping[str, date | None], actor: Actor) -> dict[str, date | None]:
    """Write these days of the way, by code of the step; None takes one away. Typed again, it corrects; the former ones
    stay in the history. Returns the days of before, with which the same call undoes it.

    Raises `InvalidInput` with the step as its field: one that is not typed, a day to come.
    """
    row = changeable(measure, actor)
    for code, on in days.items():
        if code not in TYPED_LINKS:
            raise InvalidInput("Cette étape ne se saisit pas.", field=code)
        if on is not None and on > clock.today():
            raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field=code)
    standing = {one.link: one for one in ChainDay.objects.select_for_update().filter(measure=row)}
    before: dict[str, date | None] = {}
    for code, on in days.items():
        one = standing.get(code)
        if (one.on if one else None) == on:
            continue
        before[code] = one.on if one else None
        if one is not None and on is None:
            one.delete()
        elif one is not None and on is not None:
            one.on, one.author = on, actor.user
            one.save(update_fields=["on", "author"])
        elif on is not None:
            ChainDay.objects.create(measure=row, link=Link(code), on=on, author=actor.user)
    return before
