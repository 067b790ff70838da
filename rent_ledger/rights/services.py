"""Rights to housing benefit: what the payer should pay us directly, from when to when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput
from common.money import refuse_slip
from common.periods import contains, period
from common.typography import euros
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.books.services import projections
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.rights.codes import BenefitKind, Follows
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.queries import month_of_departure, with_departure

# What a right says of the departure.
_OF_THE_STAY = ("is_followed", "ends_with_stay", "end_before_stay")


@dataclass(frozen=True, slots=True)
class NewRight:
    """A right of a lease from `start` to `end` (first day without it)."""

    lease: Lease
    kind: str
    beneficiary_number: str
    amount: Decimal
    start: date
    end: date | None = None
    is_direct: bool = True
    reason: str = ""
    follows: str = ""


@needs(Write(Data.BENEFIT))
@transaction.atomic
def set_right(
    *,
    lease: Lease,
    payer: Organisation,
    kind: str,
    beneficiary_number: str,
    amount: Decimal,
    start: date,
    end: date | None = None,
    is_direct: bool = True,
    reason: str = "",
    follows: str = "",
    actor: Actor,
) -> BenefitRight:
    """A right from `start` to `end` (first day without it). The one in force on `start` ends there: a change is a row.

    `follows`: why the month of entry is due too (`Follows`), if it is. Refused: a payer that is none, a right that
    begins on or after `start`. One that ends with the stay hands this on to the new right of the same end.
    """
    new = NewRight(lease, kind, beneficiary_number, amount, start, end, is_direct, reason, follows)
    [right] = set_rights(payer=payer, rights=[new], actor=actor)
    return right


@needs(Write(Data.BENEFIT))
@transaction.atomic
def set_rights(*, payer: Organisation, rights: Sequence[NewRight], actor: Actor) -> list[BenefitRight]:
    """`set_right` for many leases of one payer, one right each. All of them or none.

    Raises `InvalidInput` (`payer`, `amount`, `kind`, `follows`, `end`) and `Conflict`.
    """
    for new in rights:
        if new.amount <= 0:
            raise InvalidInput("Le montant de l’aide doit être supérieur à zéro.", field="amount")
        refuse_slip(new.amount)
        if new.kind not in BenefitKind.values:
            raise InvalidInput("L’aide est une APL, une ALF ou une ALS.", field="kind")
        if new.follows and new.follows not in Follows.values:
            raise InvalidInput("Dites pourquoi l’aide est due dès le mois d’entrée.", field="follows")
        if new.end is not None and new.end <= new.start:
            raise InvalidInput("La fin du droit doit suivre son début.", field="end")
    if not payer.roles.filter(kind=OrganisationKind.BENEFIT_PAYER).exists():
        raise InvalidInput(f"{payer} n’est pas un organisme payeur (CAF ou MSA).", field="payer")
    starts = {new.lease.pk: new.start for new in rights}
    ends = {new.lease.pk: new.end for new in rights}
    kept: dict[int, dict[str, Any]] = {}
    for current in BenefitRight.objects.select_for_update().filter(lease__in=starts).order_by("pk"):
        start = starts[current.lease_id]
        if not contains(current.period, start):
            continue
        if current.period.lower == start:
            raise Conflict("Un droit commence déjà ce jour-là. Terminez-le, ou choisissez un autre mois.")
        if current.period.upper == ends[current.lease_id]:
            kept[current.lease_id] = {name: getattr(current, name) for name in _OF_THE_STAY}
        current.period = period(current.period.lower, start)
        current.is_followed, current.ends_with_stay, current.end_before_stay = False, False, None
        current.save(update_fields=["period", *_OF_THE_STAY])
    rows = [
        BenefitRight(
            lease=new.lease, payer=payer, kind=new.kind, amount=new.amount, is_direct=new.is_direct,
            beneficiary_number="".join(new.beneficiary_number.split()).upper()[:15],
            period=period(new.start, new.end), reason=new.reason.strip()[:120], follows=new.follows,
            **kept.get(new.lease.pk, {}),
        )
        for new in rights
    ]  # fmt: skip
    try:
        with transaction.atomic():
            made = BenefitRight.objects.bulk_create(rows)
    except IntegrityError as error:
        if "benefit_right_no_overlap" in str(error):
            raise Conflict("Un droit couvre déjà une partie de cette période : indiquez une date de fin.") from error
        raise
    benefit_accounts([(right.lease_id, right.payer_id) for right in made if right.is_direct])
    projections.follow_leases(starts)
    return made


@needs(Write(Data.BENEFIT))
@transaction.atomic
def end_right(*, right_id: int, on: date, reason: str = "", actor: Actor) -> BenefitRight:
    """End a right: `on` is the first day without it."""
    return end_rights(right_ids=[right_id], on=on, reason=reason, actor=actor)[0]


@needs(Write(Data.BENEFIT))
@transaction.atomic
def end_rights(*, right_ids: Collection[int], on: date, reason: str = "", actor: Actor) -> list[BenefitRight]:
    """`end_right` for many rights that end on one day, by a constant number of queries. All of them or none. One that
    ends with the stay has the end that it had before when the household stays after all (`restore_rights`).

    Raises `InvalidInput` (`on`) and `Conflict`.
    """
    locked = BenefitRight.objects.select_for_update(of=("self",)).filter(pk__in=right_ids).order_by("pk")
    rights = list(with_departure(locked))
    if len(rights) != len(right_ids):
        raise InvalidInput("Ce droit n’existe pas.")
    for right in rights:
        lower, upper = right.period.lower, right.period.upper
        if upper is not None and upper <= on:
            raise Conflict(f"Ce droit se termine déjà le {upper:%d/%m/%Y}.")
        if lower is not None and on <= lower:
            raise InvalidInput(f"Ce droit commence le {lower:%d/%m/%Y} : sa fin doit venir après.", field="on")
        if right.is_followed:
            raise Conflict(
                "Ce droit dit qu’un autre logement aidé suit : annulez-le d’abord, puis changez la fin du droit."
            )
        left = month_of_departure(right)
        if left is not None and not right.ends_with_stay and left.first <= on <= left.plus(1).first:
            right.ends_with_stay, right.end_before_stay = True, upper
        right.period = period(lower, on)
        right.reason = reason.strip()[:120] or right.reason
    BenefitRight.objects.bulk_update(rights, ["period", "reason", "ends_with_stay", "end_before_stay"], batch_size=500)
    projections.follow_leases({right.lease_id for right in rights})
    return rights


def restore_rights(lease: Lease) -> list[str]:
    """The household stays after all: the rights that ended with its stay have the end that they had before. Returns
    what happened, in French sentences. In the transaction of who says that it stays.

    A right that another one has taken the place of stays as it is.
    """
    told = []
    ended = BenefitRight.objects.select_for_update().filter(lease=lease, ends_with_stay=True)
    for right in ended.order_by("pk"):
        what = f"Le droit à l’aide ({right.kind}, {euros(right.amount)})"
        whole = period(right.period.lower, right.end_before_stay)
        if BenefitRight.objects.filter(lease=lease, period__overlap=whole).exclude(pk=right.pk).exists():
            told.append(f"{what} reste arrêté : un autre droit a été enregistré depuis.")
            continue
        right.period = whole
        right.is_followed, right.ends_with_stay, right.end_before_stay = False, False, None
        right.save(update_fields=["period", *_OF_THE_STAY])
        told.append(f"{what} reprend.")
    return told
