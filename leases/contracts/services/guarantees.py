"""The guarantees of a contract: added, corrected, ended, taken back; the deeds filed with them."""

from datetime import date
from decimal import Decimal
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY, contains, period
from common.reasons import Reason
from leases.contracts.codes import (
    ABOUT_LEASE,
    SURETIES,
    GuaranteeCover,
    GuaranteeKind,
    LeaseKind,
    LeaseQuestion,
    PartyRole,
)
from leases.contracts.guarantees import Guarantee, GuaranteeDeed
from leases.contracts.models import Lease
from leases.contracts.services.locks import locked
from leases.households.models import Person
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from office.house.codes import OrganisationKind
from office.models import Organisation

NO_PERSON = "Dites qui se porte caution : une personne notée « Garant » parmi les parties au bail."
NO_BODY = "Dites quel organisme garantit. S’il manque, ajoutez-le dans Organismes avec le rôle « Garant »."
GONE = "Cette garantie a été retirée. Rechargez la page."
IN_USE = "Cette garantie a déjà servi : notez sa fin au lieu de la retirer."
HAS_DEEDS = "Un acte est gardé avec cette garantie : retirez-le d’abord, ou notez la fin de la garantie."


@needs(Write(Data.LEASE))
@transaction.atomic
def add_guarantee(
    *,
    lease: Lease,
    kind: str,
    from_day: date,
    actor: Actor,
    person: Person | None = None,
    body: Organisation | None = None,
    reference: str = "",
    last_day: date | None = None,
    ceiling: Decimal | None = None,
    ceiling_months: int | None = None,
    covers: str = GuaranteeCover.RENT,
    address: str = "",
    answers: Answers = NO_ANSWERS,
) -> Guarantee:
    """Who answers for the rent that falls due from `from_day` to `last_day` included. The same again is the first.

    A person is surety: asked why, where the landlord is a legal person (`LeaseQuestion`). `InvalidInput` [kind,
    guarantor, reference, last_day, ceiling]; `Conflict` where it overlaps another one.
    """
    lease = locked(lease)
    row = Guarantee(lease=lease, author_id=actor.user_id)
    _fill(row, kind, person, body, reference, from_day, last_day, ceiling, ceiling_months, covers, address)
    same = Guarantee.objects.filter(
        lease=lease, kind=row.kind, person=row.person, body=row.body, period=row.period, reference=row.reference,
        ceiling=ceiling, ceiling_months=ceiling_months, covers=covers,
    ).first()  # fmt: skip
    if same is not None:
        return same
    # A house that sub-lets is the landlord of the household (loi 89-462, art. 22-1).
    asked = [Reason(LeaseQuestion.SURETY)] if row.is_surety and not _is_of_a_person(lease) else []
    answered = ask(asked, answers)
    with french_refusals(row):
        row.save()
    keep(answered, about=ABOUT_LEASE, about_id=lease.pk, actor=actor)
    return row


@needs(Write(Data.LEASE))
@transaction.atomic
def correct_guarantee(
    *,
    guarantee: Guarantee,
    actor: Actor,
    reference: str,
    from_day: date,
    last_day: date | None,
    ceiling: Decimal | None,
    ceiling_months: int | None,
    covers: str,
    address: str = "",
) -> Guarantee:
    """What was typed wrong; who guarantees stays. The history keeps what was there. `InvalidInput` as for a new one."""
    row = _locked(guarantee)
    if row is None:
        raise Conflict(GONE, code="gone")
    _fill(row, row.kind, row.person, row.body, reference, from_day, last_day, ceiling, ceiling_months, covers, address)
    with french_refusals(row):
        row.save()
    return row


@needs(Write(Data.LEASE))
@transaction.atomic
def end_guarantee(*, guarantee: Guarantee, last_day: date, actor: Actor) -> Guarantee:
    """It covers what falls due until `last_day` included. `InvalidInput` (`last_day`)."""
    row = _locked(guarantee)
    if row is None:
        raise Conflict(GONE, code="gone")
    if not contains(row.period, last_day):
        raise InvalidInput(
            f"La garantie ne court pas le {last_day:%d/%m/%Y}. Choisissez un de ses jours.", field="last_day"
        )
    row.period = period(row.period.lower, last_day + ONE_DAY)
    row.save(update_fields=["period"])
    return row


@needs(Write(Data.LEASE))
@transaction.atomic
def resume_guarantee(*, guarantee: Guarantee, actor: Actor) -> Guarantee:
    """An end that was noted by mistake: it runs as before. Again changes nothing. `Conflict` where another one runs."""
    row = _locked(guarantee)
    if row is None:
        raise Conflict(GONE, code="gone")
    events = row.events.exclude(period=row.period)  # type: ignore[attr-defined]
    before, now = events.order_by("-pgh_id").first(), row.period.upper
    # Only an end is taken back: the period before it was longer.
    if before is None or now is None or (before.period.upper is not None and before.period.upper <= now):
        return row
    row.period = period(row.period.lower, before.period.upper)
    with french_refusals(row):
        row.save(update_fields=["period"])
    return row


@needs(Write(Data.LEASE))
@transaction.atomic
def remove_guarantee(*, guarantee: Guarantee, actor: Actor) -> None:
    """Noted by mistake: it is none; the history keeps it. Taken back already: nothing changes.

    `Conflict` once something was asked of it (`in_use`), or while a deed is filed with it (`has_deeds`).
    """
    row = _locked(guarantee)
    if row is None:
        return
    if row.deeds.exists():
        raise Conflict(HAS_DEEDS, code="has_deeds")
    try:
        row.delete()
    except ProtectedError as error:
        raise Conflict(IN_USE, code="in_use") from error


@needs(Write(Data.LEASE))
def add_deed(*, guarantee: Guarantee, file: BinaryIO, actor: Actor) -> GuaranteeDeed:
    """File the deed: a picture or a PDF. The same file again is the first.

    `InvalidInput` (`deeds`): what it is, or one too many. `Conflict` where the guarantee was taken back.
    """
    # Read before the row is locked: it takes time.
    clean = clean_file(file, GuaranteeDeed.kind, field="deeds")
    with transaction.atomic():
        row = _locked(guarantee)
        if row is None:
            raise Conflict(GONE, code="gone")
        return keep_file(GuaranteeDeed, clean, actor=actor, field="deeds", of="garantie", guarantee=row)


@needs(Write(Data.LEASE))
@transaction.atomic
def remove_deed(*, guarantee: Guarantee, deed: UUID, actor: Actor) -> None:
    """Take a deed back. One that is gone already stays gone."""
    locked_row = _locked(guarantee)
    row = locked_row.deeds.filter(uuid=deed).first() if locked_row else None
    drop_file(row)


def _locked(guarantee: Guarantee) -> Guarantee | None:
    """The contract, then the guarantee; None where it was taken back."""
    locked(guarantee.lease)
    rows = Guarantee.objects.select_for_update(of=("self",)).select_related("lease", "person", "body")
    return rows.filter(pk=guarantee.pk).first()


def _is_of_a_person(lease: Lease) -> bool:
    """The owner is a person, or a family company, for whom we manage (`office.house.codes.OwnerKind`)."""
    owner = Lease.objects.select_related("agreement__owner").get(pk=lease.pk).agreement.owner
    return lease.kind == LeaseKind.MANAGED and (owner.is_person or owner.is_family_company)


def _fill(
    row: Guarantee,
    kind: str,
    person: Person | None,
    body: Organisation | None,
    reference: str,
    from_day: date,
    last_day: date | None,
    ceiling: Decimal | None,
    ceiling_months: int | None,
    covers: str,
    address: str,
) -> None:
    if kind not in GuaranteeKind.values:
        raise InvalidInput("Dites quelle garantie c’est.", field="kind")
    if last_day is not None and last_day < from_day:
        raise InvalidInput("La date de fin précède celle de début.", field="last_day")
    if kind in SURETIES:
        bound = row.lease.parties.filter(person=person, role=PartyRole.GUARANTOR) if person else None
        if bound is None or not bound.exists():
            raise InvalidInput(NO_PERSON, field="guarantor")
        body = None
    elif body is None or not body.roles.filter(kind=OrganisationKind.GUARANTOR).exists():
        raise InvalidInput(NO_BODY, field="guarantor")
    else:
        person = None
    if kind == GuaranteeKind.VISALE and not reference.strip():
        raise InvalidInput("Recopiez le numéro du visa.", field="reference")
    if ceiling is not None and ceiling_months is not None:
        raise InvalidInput("Le plafond est en euros ou en mois : laissez l’autre vide.", field="ceiling")
    row.kind, row.person, row.body, row.reference = kind, person, body, " ".join(reference.split())
    row.period = period(from_day, None if last_day is None else last_day + ONE_DAY)
    row.ceiling, row.ceiling_months, row.covers = ceiling, ceiling_months, covers
    row.address = address.strip() if kind in SURETIES else ""
    checked(row)
