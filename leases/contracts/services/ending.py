"""The end of a contract: notices, ends, keys that come back.

Each frees a home, or takes it again, on the lists of dwellings: of a household whose address is protected they are for
who may read it (ADR 20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY, add_months, contains, overlap, period
from leases.contracts.codes import (
    LEASE_FLOW,
    LeaseState,
)
from leases.contracts.models import Lease, Occupancy
from leases.contracts.parameters import durations_on
from leases.contracts.services.locks import locked, locked_all
from leases.contracts.services.preparation import refuse_taken
from leases.contracts.signals import household_stays, stays_changed
from leases.households.perms import must_know_home
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs


@dataclass(frozen=True, slots=True)
class Stays:
    """A contract that goes on, and what was restored with it, or left (French sentences)."""

    lease: Lease
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of a contract: it will end on `last_day` included. `reason`: why it is shorter than it should."""

    lease: Lease
    received_on: date
    last_day: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeaseEnd:
    """A contract that ended on `last_day` included, with its outcome (`EndReason`)."""

    lease: Lease
    last_day: date
    reason: str
    still_occupied: bool = False


@needs(Write(Data.LEASE))
@transaction.atomic
def record_notice(*, actor: Actor, lease: Lease, received_on: date, last_day: date, short_reason: str = "") -> Lease:
    """A notice was received: the contract will end on `last_day` included. It stays active and bills until then.

    One that is shorter than the notice of the family is asked about (`InvalidInput` `short_notice`): `short_reason`
    says why it holds.
    """
    months = durations_on(received_on, lease.kind).notice
    full = add_months(received_on, months)
    is_short = last_day + ONE_DAY < full
    if is_short and received_on <= last_day and not short_reason.strip():
        raise InvalidInput(
            f"Le préavis est de {months} mois : il irait jusqu’au {full:%d/%m/%Y}. Dites pourquoi il est plus court, "
            "ou changez le dernier jour.",
            code="short_notice",
            field="short_reason",
        )
    notice = Notice(lease, received_on, last_day, short_reason.strip() if is_short else "")
    return record_notices(actor=actor, notices=[notice])[0]


@needs(Write(Data.LEASE))
@transaction.atomic
def record_notices(*, actor: Actor, notices: Sequence[Notice]) -> list[Lease]:
    """`record_notice` for many contracts, by a constant number of queries. All of them or none. What was agreed before
    is taken over as it is: a short notice is not asked about.

    Raises `Conflict` and `InvalidInput` (`received_on`, `last_day`).
    """
    locked = locked_all(new.lease for new in notices)
    must_know_home(actor, [lease.household_id for lease in locked.values()])
    today = clock.today()
    for new in notices:
        lease = locked[new.lease.pk]
        if lease.state != LeaseState.ACTIVE:
            raise Conflict("Un congé se donne sur un bail en cours.")
        if new.received_on > today:
            raise InvalidInput("Le jour de réception est à venir.", field="received_on")
        if new.last_day < new.received_on:
            raise InvalidInput("Le bail ne peut pas finir avant la réception du congé.", field="last_day")
        if lease.notice_on is None:
            lease.end_before_notice = lease.period.upper
        lease.notice_on, lease.notice_reason = new.received_on, new.reason
        lease.period = _ended_period(lease, new.last_day)
    changed = ["notice_on", "notice_reason", "end_before_notice", "period"]
    with french_refusals():
        Lease.objects.bulk_update(locked.values(), changed, batch_size=500)
    return [locked[new.lease.pk] for new in notices]


def is_recent(end: date, day: date) -> bool:
    """Whether an end (exclusive) may still be undone on `day`."""
    return day <= add_months(end, 1)


@needs(Write(Data.LEASE))
@transaction.atomic
def withdraw_notice(*, actor: Actor, lease: Lease) -> Stays:
    """The notice was a mistake, or both sides take it back: the contract has the end that it had before. What was cut
    short on an avis is on the next one (ADR 13); what ended with the stay is restored
    (`household_stays`).

    Raises `Conflict` (`wrong_state`).
    """
    lease = locked(lease)
    must_know_home(actor, [lease.household_id])
    if lease.state != LeaseState.ACTIVE or lease.notice_on is None:
        raise Conflict("Aucun congé ne court sur ce bail.", code="wrong_state")
    lease.period = period(lease.period.lower, lease.end_before_notice)
    lease.notice_on, lease.notice_reason, lease.end_before_notice = None, "", None
    with french_refusals():
        lease.save(update_fields=["period", "notice_on", "notice_reason", "end_before_notice"])
    return _stays(lease)


@needs(Write(Data.LEASE))
@transaction.atomic
def undo_end(*, actor: Actor, lease: Lease) -> Stays:
    """The end was a mistake: the contract goes on as before, with its notice where there was one, and the household has
    its home again. What was not billed meanwhile is on the next avis (ADR 13); what ended with the stay is restored
    (`household_stays`), unless a notice still says that the household leaves.

    While nothing stands on it: `Conflict` after the month that follows the end, or where somebody else has the home, or
    the household another one.
    """
    lease = locked(lease)
    must_know_home(actor, [lease.household_id])
    if lease.state != LeaseState.ENDED:
        raise Conflict("Ce bail n’est pas terminé.", code="wrong_state")
    end: date = lease.period.upper
    if not is_recent(end, clock.today()):
        raise Conflict("Ce bail est terminé depuis plus d’un mois : préparez-en un nouveau.", code="too_late")
    notice = lease.notice_on is not None
    lease.period = period(lease.period.lower, end if notice else lease.end_before_notice)
    lease.state, lease.end_reason = LeaseState.ACTIVE, ""
    with french_refusals():
        lease.save(update_fields=["period", "state", "end_reason"])
    for stay in Occupancy.objects.select_for_update().filter(lease=lease, period__endswith=end):
        whole = stay.main_period == stay.period
        stay.period = period(stay.period.lower)
        if whole:
            stay.main_period = stay.period
        refuse_taken(stay)
        with french_refusals():
            stay.save(update_fields=["period", "main_period"])
    return _stays(lease, is_leaving=notice)


def _stays(lease: Lease, *, is_leaving: bool = False) -> Stays:
    """Tell the apps above. `is_leaving`: not today, but a notice still says so."""
    answers = [] if is_leaving else household_stays.send(sender=Lease, lease=lease)
    stays_changed.send(sender=Lease, lease_ids=[lease.pk])
    return Stays(lease, tuple(sentence for _, told in answers for sentence in told or ()))


@needs(Write(Data.LEASE))
@transaction.atomic
def end_lease(*, actor: Actor, lease: Lease, last_day: date, reason: str, still_occupied: bool = False) -> Lease:
    """The contract ended on `last_day` included, with its outcome (`EndReason`). The debt outlives it.

    The occupancy ends that day too, unless the household is still there: what is billed from the next day on is an
    occupation indemnity, until `leave`.
    """
    return end_leases(actor=actor, ends=[LeaseEnd(lease, last_day, reason, still_occupied)])[0]


@needs(Write(Data.LEASE))
@transaction.atomic
def end_leases(*, actor: Actor, ends: Sequence[LeaseEnd]) -> list[Lease]:
    """`end_lease` for many contracts, by a constant number of queries. All of them or none.

    Raises `InvalidInput` (`reason`, `last_day`).
    """
    locked = locked_all(end.lease for end in ends)
    must_know_home(actor, [lease.household_id for lease in locked.values()])
    rows = list(locked.values())
    # Loaded here at once: the check of each row would query it one by one.
    models.prefetch_related_objects(rows, "agreement", "bank_account")
    today = clock.today()
    for end in ends:
        lease = locked[end.lease.pk]
        LEASE_FLOW.check(lease.state, LeaseState.ENDED, message="Seul un bail en cours prend fin.")
        if not end.reason:
            raise InvalidInput("Indiquez l’issue du bail.", field="reason")
        if end.last_day > today:
            raise InvalidInput(
                "Cette date est à venir : enregistrez le congé, et terminez le bail ce jour-là.", field="last_day"
            )
        if lease.notice_on is None:
            lease.end_before_notice = lease.period.upper
        lease.period = _ended_period(lease, end.last_day)
        lease.end_reason = end.reason
        lease.state = LeaseState.ENDED
        checked(lease)
    with french_refusals(*rows):
        Lease.objects.bulk_update(rows, ["period", "end_reason", "end_before_notice", "state"], batch_size=500)
    left = {end.lease.pk: end.last_day for end in ends if not end.still_occupied}
    open_ones = Occupancy.objects.select_for_update().filter(lease__in=left).order_by("pk")
    _close([(row, left[row.lease_id]) for row in open_ones if contains(row.period, left[row.lease_id] + ONE_DAY)])
    stays_changed.send(sender=Lease, lease_ids=list(locked))
    return [locked[end.lease.pk] for end in ends]


@needs(Write(Data.LEASE))
@transaction.atomic
def leave(*, actor: Actor, occupancy: Occupancy, last_day: date) -> Occupancy:
    """The keys came back on `last_day`, the last day of the occupancy.

    Raises `InvalidInput` (`last_day`).
    """
    occupancy = Occupancy.objects.select_for_update().get(pk=occupancy.pk)
    must_know_home(actor, [occupancy.household_id])
    if last_day > clock.today():
        raise InvalidInput("Cette date est à venir : les clés se rendent un jour passé.", field="last_day")
    _close([(occupancy, last_day)])
    stays_changed.send(sender=Lease, lease_ids=[occupancy.lease_id])
    return occupancy


def _close(last_days: Sequence[tuple[Occupancy, date]]) -> None:
    """End each occupancy on its last day."""
    for occupancy, last_day in last_days:
        if not contains(occupancy.period, last_day):
            raise InvalidInput(
                f"Le logement n’est pas occupé le {last_day:%d/%m/%Y} : entrée le {occupancy.period.lower:%d/%m/%Y}.",
                field="last_day",
            )
        whole = occupancy.main_period == occupancy.period
        occupancy.period = period(occupancy.period.lower, last_day + ONE_DAY)
        if whole:
            occupancy.main_period = occupancy.period
        elif occupancy.main_period is not None:
            occupancy.main_period = overlap(occupancy.main_period, occupancy.period)
    with french_refusals():
        Occupancy.objects.bulk_update([row for row, _ in last_days], ["period", "main_period"], batch_size=500)


def _ended_period(lease: Lease, last_day: date) -> Any:
    if last_day < lease.period.lower:
        raise InvalidInput(f"Le bail commence le {lease.period.lower:%d/%m/%Y}.", field="last_day")
    return period(lease.period.lower, last_day + ONE_DAY)
