"""Who is bound by a contract: added, ended, and taken back."""

from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY, add_months, contains, period
from common.reasons import Reason
from leases.contracts.codes import ABOUT_LEASE, LeaseQuestion, PartyRole
from leases.contracts.models import Lease, LeaseParty
from leases.contracts.queries import leaves_nobody
from leases.contracts.services.locks import locked
from leases.households.models import Person
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.jobs.wake import wake

PARTIES = "parties_changed"


@needs(Write(Data.LEASE))
@transaction.atomic
def add_party(
    *,
    actor: Actor,
    lease: Lease,
    person: Person,
    role: str,
    from_day: date | None = None,
    last_day: date | None = None,
) -> LeaseParty:
    """Bind a person to the contract from `from_day` (its start by default). A guarantor is asked to pay last."""
    lease = locked(lease)
    start = from_day or lease.period.lower
    if start < lease.period.lower:
        raise InvalidInput(f"Le bail commence le {lease.period.lower:%d/%m/%Y}.", field="from_day")
    if last_day is not None and last_day < start:
        raise InvalidInput("La date de fin précède celle de début.", field="last_day")
    if role == PartyRole.HOLDER:
        _refuse_stranger(lease, person, start)
    party = LeaseParty(
        lease=lease, person=person, role=role, period=period(start, None if last_day is None else last_day + ONE_DAY)
    )
    checked(party)
    with french_refusals(party):
        party.save()
    wake(PARTIES)
    return party


def _refuse_stranger(lease: Lease, person: Person, day: date) -> None:
    """The holder lives in the household that the contract houses."""
    homes = set(person.memberships.filter(period__overlap=period(day)).values_list("household", flat=True))
    if homes and lease.household_id not in homes:
        raise InvalidInput(
            f"{person} fait partie d’un autre ménage. Le titulaire du bail est du ménage qui y habite.", field="holder"
        )


@needs(Write(Data.LEASE))
@transaction.atomic
def end_party(*, actor: Actor, party: LeaseParty, last_day: date, answers: Answers = NO_ANSWERS) -> LeaseParty:
    """The person is bound until `last_day` included, and still owes what fell due before.

    A co-holder who leaves stays bound for a time (loi 89-462, art. 8-1 VI): `last_day` ends that time. Asked
    about where nobody is bound afterwards by a contract that goes on (`LeaseQuestion`). `InvalidInput` (`last_day`).
    """
    # The contract first: two who leave at once would each see the other stay.
    lease = locked(party.lease)
    party = LeaseParty.objects.select_for_update(of=("self",)).select_related("person").get(pk=party.pk)
    if not contains(party.period, last_day):
        raise InvalidInput(
            f"{party.person} n’est pas partie au bail le {last_day:%d/%m/%Y}. Choisissez un jour de son engagement.",
            field="last_day",
        )
    is_last = leaves_nobody(party, lease, last_day + ONE_DAY)
    answered = ask([Reason(LeaseQuestion.NOBODY_BOUND, {"on": last_day})] if is_last else [], answers)
    party.period = period(party.period.lower, last_day + ONE_DAY)
    with french_refusals():
        party.save(update_fields=["period"])
    keep(answered, about=ABOUT_LEASE, about_id=lease.pk, actor=actor)
    wake(PARTIES)
    return party


@needs(Write(Data.LEASE))
@transaction.atomic
def bind_again(*, actor: Actor, party: LeaseParty) -> LeaseParty:
    """An end that was noted by mistake: the person is bound as before it. Again changes nothing.

    `Conflict` where another holder is bound since.
    """
    locked(party.lease)
    party = LeaseParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
    if party.period.upper is None:
        return party
    events = party.events.exclude(period=party.period)  # type: ignore[attr-defined]
    before = events.order_by("-pgh_id").first()
    party.period = period(party.period.lower, before.period.upper if before else None)
    with french_refusals(party):
        party.save(update_fields=["period"])
    wake(PARTIES)
    return party


@needs(Write(Data.LEASE))
@transaction.atomic
def remove_party(*, actor: Actor, party: LeaseParty) -> None:
    """A person who was added by mistake is no party; the history keeps it. Taken out already: nothing changes.

    `Conflict` a month after it was noted, and where nobody would be bound by a contract in force.
    """
    lease = locked(party.lease)
    found = LeaseParty.objects.select_for_update(of=("self",)).select_related("person").filter(pk=party.pk).first()
    if found is None:
        return
    noted, today = found.recorded_at, clock.today()
    if noted is None or add_months(noted.astimezone(clock.PARIS).date(), 1) < today:
        raise Conflict(
            f"{found.person} est partie au bail depuis plus d’un mois : notez la fin de son engagement.",
            code="too_late",
        )
    if leaves_nobody(found, lease, max(today, lease.period.lower)):
        raise Conflict(
            f"Sans {found.person}, personne ne serait tenu par ce bail : ajoutez d’abord un autre titulaire.",
            code="in_use",
        )
    found.delete()
    wake(PARTIES)
