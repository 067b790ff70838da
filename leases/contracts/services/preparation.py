"""A contract from its draft to the keys: points of the preparation, activation, entry."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from common import clock
from common.copy import draw_ids
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.periods import contains, overlap, period
from common.reasons import Reason
from common.typography import uncapitalised
from leases.contracts.codes import (
    ABOUT_LEASE,
    LEASE_FLOW,
    CheckItem,
    ClauseDelay,
    LeaseKind,
    LeaseQuestion,
    LeaseState,
    PartyRole,
)
from leases.contracts.models import Lease, LeaseCheck, Occupancy
from leases.contracts.queries import readiness
from leases.contracts.rules.families import AUTOMATIC, family_of, is_waivable
from leases.contracts.rules.references import payment_reference
from leases.contracts.services.locks import locked
from leases.contracts.services.parties import add_party
from leases.contracts.signals import lease_withdrawn, leases_began, signature_ends
from leases.households.models import Household, Person
from leases.households.perms import is_address_protected
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.house.codes import HeldFor
from office.models import BankAccount
from stock.agreements.codes import HeadAgreementKind
from stock.models import Dwelling, HeadAgreement, Unit

ONE_DAY = timedelta(days=1)
"""Woken where who is bound by a contract changes: the debtors of its account follow."""


@needs(Write(Data.LEASE))
@transaction.atomic
def create_lease(
    *,
    actor: Actor,
    kind: str,
    household: Household,
    unit: Unit,
    agreement: HeadAgreement | None = None,
    from_day: date,
    last_day: date | None = None,
    holder: Person | None = None,
    reference: str = "",
    bank_account: BankAccount | None = None,
    clause_delay: str = ClauseDelay.SIX_WEEKS,
    answers: Answers = NO_ANSWERS,
) -> Lease:
    """A contract in preparation, from `from_day` to `last_day` included, with its payment reference.

    `agreement` defaults to the one that gives the dwelling on `from_day`. Its kind must be allowed by the family of the
    contract, and it must hold the dwelling that day. It also decides for whom the rent is collected and, unless one is
    given, to which bank account. Without `reference`, one is made (`B00042`).

    Asked about where the home is another's on `from_day` as far as is known: somebody is about to leave
    (`LeaseQuestion`).
    """
    agreement = agreement or _giving(unit, from_day)
    (new_id,) = draw_ids(Lease, 1)
    lease = new_lease(
        new_id=new_id, kind=kind, household=household, unit=unit, agreement=agreement, from_day=from_day,
        last_day=last_day, reference=reference, clause_delay=clause_delay,
        bank_account=bank_account or bank_account_of(collected_for(kind, agreement), agreement),
    )  # fmt: skip
    if not agreement.lines.filter(dwelling_id=unit.dwelling_id, period__contains=from_day).exists():
        raise not_in_agreement(unit, agreement, from_day)
    answered = ask(_questions(lease), answers)
    checked(lease)
    with french_refusals(lease):
        lease.save(force_insert=True)
    keep(answered, about=ABOUT_LEASE, about_id=new_id, actor=actor)
    if holder is not None:
        add_party(actor=actor, lease=lease, person=holder, role=PartyRole.HOLDER)
    return lease


def new_lease(
    *,
    new_id: int,
    kind: str,
    household: Household,
    unit: Unit,
    agreement: HeadAgreement,
    from_day: date,
    last_day: date | None = None,
    reference: str = "",
    bank_account: BankAccount | None,
    clause_delay: str = ClauseDelay.SIX_WEEKS,
) -> Lease:
    """A contract in preparation, not saved: what `create_lease` and `intake.take_in` make."""
    family = family_of(kind)
    if agreement.kind not in family.head_kinds:
        kinds = (label for code, label in HeadAgreementKind.choices if code in family.head_kinds)
        allowed = ", ".join(uncapitalised(label) for label in kinds)
        raise InvalidInput(
            f"Un contrat « {family.label} » repose sur : {allowed}. La convention {agreement.reference} est d’un autre "
            "genre.",
            field="agreement",
        )
    if last_day is not None and last_day < from_day:
        raise InvalidInput("La date de fin précède celle de début.", field="last_day")
    held_for = collected_for(kind, agreement)
    if bank_account is not None and bank_account.held_for != held_for:
        raise InvalidInput(
            f"Ce loyer est encaissé pour : {uncapitalised(HeldFor(held_for).label)}. Le compte « {bank_account} » sert "
            "à autre chose.",
            field="bank_account",
        )
    reference = reference.strip() or f"B{new_id:05d}"
    return Lease(
        id=new_id,
        reference=reference,
        kind=kind,
        household=household,
        unit=unit,
        agreement=agreement,
        period=period(from_day, None if last_day is None else last_day + ONE_DAY),
        collected_for=held_for,
        bank_account=bank_account,
        payment_reference=_payment_reference(reference),
        clause_delay=clause_delay,
    )


def _questions(lease: Lease) -> list[Reason]:
    """Whether somebody lives there who, as far as is known, does not leave before the contract begins: an end that is
    written or a notice is known."""
    start = lease.period.lower
    stays = _others_in(entry_of(lease, start)).filter(period__contains=start).select_related("lease")
    taken = [
        stay
        for stay in stays
        if stay.lease.state == LeaseState.ENDED or stay.lease.period.upper is None or stay.lease.period.upper > start
    ]
    return [Reason(LeaseQuestion.OCCUPIED, {"on": start})] if taken else []


def collected_for(kind: str, agreement: HeadAgreement) -> str:
    """For whom we collect the rent of a contract of `kind` under `agreement`."""
    return HeldFor.MANDANTS if kind == LeaseKind.MANAGED else agreement.rent_collected_for


def not_in_agreement(unit: Unit, agreement: HeadAgreement, day: date) -> InvalidInput:
    return InvalidInput(
        f"Le logement {unit.dwelling.reference} n’est pas dans la convention {agreement.reference} le {day:%d/%m/%Y}.",
        field="agreement",
    )


def _giving(unit: Unit, day: date) -> HeadAgreement:
    """The agreement that gives the unit's dwelling on `day`."""
    found = HeadAgreement.objects.filter(
        lines__dwelling_id=unit.dwelling_id, lines__gives_title=True, lines__period__contains=day
    ).first()
    if found is None:
        raise InvalidInput(
            f"Aucune convention ne donne le logement {unit.dwelling.reference} à louer le {day:%d/%m/%Y}. "
            "Ajoutez-le d’abord à une convention.",
            field="agreement",
        )
    return found


def _payment_reference(reference: str) -> str:
    try:
        return payment_reference(reference)
    except ValueError as error:
        raise InvalidInput(
            "La référence du bail contient au moins une lettre ou un chiffre, et au plus 21.", field="reference"
        ) from error


def bank_account_of(held_for: str, agreement: HeadAgreement) -> BankAccount | None:
    """The account that serves the rents of `agreement` collected for `held_for`."""
    accounts = BankAccount.objects.filter(is_active=True, held_for=held_for)
    if held_for == HeldFor.PUBLIC_BODY:
        bodies = [body for body in (agreement.ordered_by_id, agreement.owner_id) if body]
        accounts = accounts.filter(organisation_id__in=bodies)
    return accounts.order_by("id").first()


@needs(Write(Data.LEASE))
@transaction.atomic
def take_back_lease(*, actor: Actor, lease: Lease) -> None:
    """A contract that was given the keys by mistake (a wrong household, dwelling, family or first day) never was.

    While nothing stands on it: no entry in its accounts, avis, right or message. `Conflict` otherwise: it ends, and
    another begins.
    """
    lease = locked(lease)
    if lease.state != LeaseState.ACTIVE:
        raise Conflict("Seul un bail en cours se reprend.", code="wrong_state")
    try:
        with transaction.atomic():
            signature_ends.send(sender=Lease, lease_id=lease.pk)
            lease_withdrawn.send(sender=Lease, lease_id=lease.pk)
            lease.occupancies.all().delete()
            _erase(lease)
    except ProtectedError as error:
        raise Conflict(
            "Une écriture, un avis ou une aide tient déjà à ce bail : terminez-le, puis préparez-en un autre.",
            code="in_use",
        ) from error


def _erase(lease: Lease) -> None:
    for rows in (lease.parties, lease.rent_terms, lease.due_terms, lease.checks, lease.paper_wishes):
        rows.all().delete()
    lease.delete()


@needs(Write(Data.LEASE))
@transaction.atomic
def discard_draft(*, actor: Actor, lease: Lease) -> None:
    """Delete a contract that never began."""
    lease = locked(lease)
    if lease.state != LeaseState.DRAFT:
        raise Conflict("Seul un bail en préparation peut être abandonné.")
    signature_ends.send(sender=Lease, lease_id=lease.pk)
    _erase(lease)


# -- preparation ----------------------------------------------------------------------------------------------------


@needs(Write(Data.LEASE))
@transaction.atomic
def tick_check(*, actor: Actor, lease: Lease, item: str, done_on: date | None = None, waiver: str = "") -> LeaseCheck:
    """Mark a point of the preparation as done on `done_on` (today), or waive it with a reason if the family allows it.

    « Contrat signé » also sets the lease's day of signature. Ticking twice returns the first tick.
    """
    lease = locked(lease)
    if lease.state != LeaseState.DRAFT:
        raise Conflict("La préparation de ce bail est terminée.")
    day = done_on or clock.today()
    refuse_check(lease.kind, item, day, waiver)
    check, _ = LeaseCheck.objects.get_or_create(
        lease=lease, item=item, defaults={"done_on": day, "author": actor.user, "waiver": waiver.strip()}
    )
    if item == CheckItem.CONTRACT_SIGNED:
        lease.signed_on = check.done_on
        lease.save(update_fields=["signed_on"])
    return check


def refuse_check(kind: str, item: str, day: date, waiver: str = "") -> None:
    """Raise `InvalidInput` if a person may not tick this point, or may not waive it, for a contract of `kind`."""
    label = CheckItem(item).label
    if item not in family_of(kind).checklist:
        raise InvalidInput(f"« {label} » n’est pas demandé pour ce genre de contrat.", field="item")
    if item in AUTOMATIC:
        raise InvalidInput(f"« {label} » se remplit de lui-même quand le bail le porte.", field="item")
    if waiver.strip() and not is_waivable(item):
        raise InvalidInput(f"« {label} » ne peut pas être dispensé.", field="waiver")
    if day > clock.today():
        raise InvalidInput("Cette date est à venir : cochez le point quand il est fait.", field="done_on")


@needs(Write(Data.LEASE))
@transaction.atomic
def untick_check(*, actor: Actor, lease: Lease, item: str) -> None:
    """Remove a tick made by mistake, while the lease is in preparation."""
    lease = locked(lease)
    if lease.state != LeaseState.DRAFT:
        raise Conflict("La préparation de ce bail est terminée.")
    lease.checks.filter(item=item).delete()
    if item == CheckItem.CONTRACT_SIGNED and lease.signed_on:
        signature_ends.send(sender=Lease, lease_id=lease.pk)
        lease.signed_on = None
        lease.save(update_fields=["signed_on"])


# -- life -----------------------------------------------------------------------------------------------------------


@needs(Write(Data.LEASE))
@transaction.atomic
def activate_lease(
    *,
    actor: Actor,
    lease: Lease,
    entry: date | None = None,
    overlap_until: date | None = None,
    overlap_reason: str = "",
) -> Occupancy:
    """Activate a lease whose preparation is complete: it bills, and the household has the keys on `entry` (its start).

    A household that moves may keep its former home for a while, as an explicit exception: the former home stays its
    main home up to `overlap_until` included, the new one becomes it the next day. `overlap_reason` says why.
    """
    dwelling_id = Unit.objects.values_list("dwelling_id", flat=True).get(pk=lease.unit_id)
    # Lock dwelling and household, always in this order: concurrent entries wait for each other without a deadlock.
    Dwelling.objects.select_for_update().get(pk=dwelling_id)
    Household.objects.select_for_update().get(pk=lease.household_id)
    lease = locked(lease)
    LEASE_FLOW.check(lease.state, LeaseState.ACTIVE, message="Ce bail est déjà activé.")
    missing = readiness(lease)
    if missing:
        raise not_ready([line.label for line in missing])
    day = entry or lease.period.lower
    if not contains(lease.period, day):
        raise InvalidInput(
            f"Les clés sont remises pendant le bail, qui commence le {lease.period.lower:%d/%m/%Y}.", field="entry"
        )
    lease.state = LeaseState.ACTIVE
    with french_refusals():
        lease.save(update_fields=["state"])
    occupancy = _enter(lease, day, overlap_until, overlap_reason.strip())
    leases_began.send(sender=Lease, lease_ids=[lease.pk])
    return occupancy


def not_ready(labels: Sequence[str]) -> InvalidInput:
    names = ", ".join(uncapitalised(label) for label in labels)
    return InvalidInput(f"Il manque avant le premier avis : {names}.", code="not_ready")


def _enter(lease: Lease, day: date, overlap_until: date | None, reason: str) -> Occupancy:
    if overlap_until is not None:
        if not reason:
            raise InvalidInput("Dites pourquoi les deux logements se chevauchent.", field="overlap_reason")
        if overlap_until < day:
            raise InvalidInput("La fin du chevauchement précède l’entrée.", field="overlap_until")
        main = period(overlap_until + ONE_DAY)
        for other in Occupancy.objects.select_for_update().filter(
            household_id=lease.household_id, main_period__overlap=main
        ):
            other.main_period = overlap(other.main_period, period(None, main.lower))
            other.overlap_reason = reason
            with french_refusals():
                other.save(update_fields=["main_period", "overlap_reason"])
    occupancy = entry_of(lease, day)
    if overlap_until is not None:
        occupancy.main_period, occupancy.overlap_reason = main, reason
    refuse_taken(occupancy)
    with french_refusals():
        occupancy.save()
    return occupancy


def entry_of(lease: Lease, day: date) -> Occupancy:
    """The occupancy, not saved, of a household that has the keys on `day` and lives there only."""
    return Occupancy(
        lease=lease,
        household_id=lease.household_id,
        unit_id=lease.unit_id,
        dwelling_id=lease.unit.dwelling_id,
        is_whole=lease.unit.is_whole,
        period=period(day),
        main_period=period(day),
    )


def _others_in(occupancy: Occupancy) -> QuerySet[Occupancy]:
    """Who has the unit, or the rest of its dwelling, during this stay."""
    rows = Occupancy.objects.filter(dwelling_id=occupancy.dwelling_id, period__overlap=occupancy.period)
    return rows.filter(Q(unit_id=occupancy.unit_id) | ~Q(is_whole=occupancy.is_whole)).exclude(pk=occupancy.pk)


def refuse_taken(occupancy: Occupancy) -> None:
    """Raise an error that names who occupies the unit, unless who lives there must not be found. The database
    constraint would refuse too, but name nobody."""
    taken = _others_in(occupancy).select_related("household", "unit__dwelling").first()
    if taken is None:
        return
    if taken.unit_id != occupancy.unit_id:
        raise Conflict("Ce logement est loué en entier ou par chambres, pas les deux à la fois.", code="unit_taken")
    until = taken.period.upper
    end = f" jusqu’au {until - ONE_DAY:%d/%m/%Y}" if until else ""
    if is_address_protected(taken.household):
        raise Conflict(f"{taken.unit} est occupé.", code="unit_taken")
    raise Conflict(
        f"{taken.unit} est occupé par {taken.household}{end}. Enregistrez d’abord sa sortie.", code="unit_taken"
    )
