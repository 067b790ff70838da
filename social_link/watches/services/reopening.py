"""Somebody asks that a support begins again: the request, its orientation, the measure that opens for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from social_link.measures.locks import changeable
from social_link.measures.models import Measure
from social_link.measures.services.measures import open_measure
from social_link.watches.codes import Again, Asker, Service
from social_link.watches.duties import AGAIN
from social_link.watches.models import Reopening


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def ask_again(
    *,
    former: Measure,
    asked_by: str,
    asked_on: date,
    reasons: Sequence[str],
    actor: Actor,
    partner: Organisation | None = None,
) -> Reopening:
    """Somebody asks that the support that `former` was begins again. The same again gives the one that waits;
    `withdraw_asking` undoes it.

    Raises `Conflict` (`waits`, `wrong_state`), `InvalidInput` (`asked_by`, `asked_on`, `reasons`).
    """
    row = changeable(former, actor)
    if row.ended_on is None:
        raise Conflict("Cette mesure court encore : il n’y a rien à reprendre.", code="wrong_state")
    if asked_by not in Asker.values:
        raise InvalidInput("Dites qui demande la reprise.", field="asked_by")
    if not row.ended_on < asked_on <= clock.today():
        raise InvalidInput(
            f"La demande suit la fin, du {row.ended_on:%d/%m/%Y}, et est d’aujourd’hui ou d’un jour passé.",
            field="asked_on",
        )
    chosen = [code for code in Again if code in reasons]
    if not chosen or len(chosen) != len(set(reasons)):
        raise InvalidInput("Choisissez un motif au moins, parmi ceux proposés.", field="reasons")
    facts = {
        "asked_by": asked_by, "asked_on": asked_on, "reasons": chosen,
        "partner": partner if asked_by == Asker.PARTNER else None,
    }  # fmt: skip
    standing = Reopening.objects.waiting().filter(former=row).first()
    if standing is not None:
        if all(getattr(standing, name) == value for name, value in facts.items()):
            return standing
        raise Conflict(
            f"Une demande de reprise du {standing.asked_on:%d/%m/%Y} attend déjà : orientez-la d’abord.", code="waits"
        )
    made = Reopening.objects.create(former=row, ended_on=row.ended_on, author=actor.user, **facts)
    refresh_tasks(AGAIN, ids=[made.pk], actor=actor)
    return made


def _locked(request: Reopening, actor: Actor) -> Reopening:
    former = changeable(request.former, actor)
    row = Reopening.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if row is None:
        raise Conflict("Cette demande a été retirée.", code="wrong_state")
    row.former = former
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def orient_again(
    *, request: Reopening, service: str, oriented_on: date, actor: Actor, organisation: Organisation | None = None
) -> Reopening:
    """To which service the request goes: ours, which then opens a measure, or another. Another answer corrects it, as
    long as no measure is open for it.

    Raises `Conflict` (`wrong_state`), `InvalidInput` (`service`, `oriented_on`).
    """
    row = _locked(request, actor)
    if row.withdrawn_at is not None:
        raise Conflict("Cette demande est retirée.", code="wrong_state")
    if service not in Service.values:
        raise InvalidInput("Choisissez le service.", field="service")
    if not row.asked_on <= oriented_on <= clock.today():
        raise InvalidInput(
            f"L’orientation suit la demande, du {row.asked_on:%d/%m/%Y}, et est d’aujourd’hui ou d’un jour passé.",
            field="oriented_on",
        )
    asked = (service, organisation, oriented_on)
    if (row.service, row.organisation, row.oriented_on) == asked:
        return row
    if row.measure_id is not None:
        raise Conflict("Une mesure est déjà ouverte pour cette demande.", code="wrong_state")
    row.service, row.organisation, row.oriented_on = asked
    row.oriented_by = actor.user
    row.save(update_fields=["service", "organisation", "oriented_on", "oriented_by"])
    refresh_tasks(AGAIN, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def take_back_orientation(*, request: Reopening, actor: Actor) -> Reopening:
    """The request waits again for its orientation. Again changes nothing.

    Raises `Conflict` (`wrong_state`) where a measure is open for it, or another request waits.
    """
    row = _locked(request, actor)
    if not row.service:
        return row
    if row.measure_id is not None:
        raise Conflict("Une mesure est déjà ouverte pour cette demande : retirez-la d’abord.", code="wrong_state")
    row.service, row.organisation, row.oriented_on, row.oriented_by = "", None, None, None
    with french_refusals():
        row.save(update_fields=["service", "organisation", "oriented_on", "oriented_by"])
    refresh_tasks(AGAIN, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def open_again(*, request: Reopening, actor: Actor, **measure: Any) -> Measure:
    """Open the measure of a request that was oriented to our service: a new episode, which keeps the former beside it.
    `measure`: what `open_measure` takes, but the household.

    Raises `Conflict` (`wrong_state`), and what `open_measure` raises.
    """
    row = _locked(request, actor)
    if row.service != Service.HOUSE or row.withdrawn_at is not None or row.measure_id is not None:
        raise Conflict(
            "Cette demande n’attend pas de mesure : elle n’est pas orientée vers notre service, ou elle en a une.",
            code="wrong_state",
        )
    made = open_measure(household=row.former.household, after=row.former, actor=actor, **measure)
    row.measure = made
    row.save(update_fields=["measure"])
    return made


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_asking(*, request: Reopening, actor: Actor) -> Reopening:
    """Nobody asks any more, or it was noted by mistake. Again changes nothing; `bring_back_asking` undoes it.

    Raises `Conflict` (`wrong_state`) where a measure is open for it.
    """
    row = _locked(request, actor)
    if row.measure_id is not None:
        raise Conflict("Une mesure est déjà ouverte pour cette demande.", code="wrong_state")
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        refresh_tasks(AGAIN, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_asking(*, request: Reopening, actor: Actor) -> Reopening:
    """Undo `withdraw_asking`. Again changes nothing. `Conflict` where another request waits meanwhile."""
    row = _locked(request, actor)
    row.withdrawn_at = None
    with french_refusals():
        row.save(update_fields=["withdrawn_at"])
    refresh_tasks(AGAIN, ids=[row.pk], actor=actor)
    return row
