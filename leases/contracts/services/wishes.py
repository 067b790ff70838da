"""What a tenant asks for his papers: taken down, and taken back by a gesture."""

from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import InvalidInput
from leases.contracts.codes import DEBTOR_ROLES, WishKind
from leases.contracts.models import Lease, PaperWish
from leases.households.models import Person
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs


@needs(Write(Data.LEASE))
@transaction.atomic
def record_wish(
    *, actor: Actor, lease: Lease, kind: str, person: Person, given_on: date | None = None, proof: str = ""
) -> PaperWish:
    """`person`, who owes the rent of `lease`, asks for e-mails or for a quittance each month, since `given_on` (today).

    Asked again by the same person, it is the wish that stands. `InvalidInput` for who is not bound by the contract, has
    no e-mail, or gave no express agreement (`proof` says how it was given).
    """
    day = given_on or clock.today()
    if day > clock.today():
        raise InvalidInput("Ce jour n’est pas encore venu.", field="given_on")
    if not lease.parties.filter(person=person, role__in=DEBTOR_ROLES).exists():
        raise InvalidInput("Seule une personne qui doit le loyer de ce bail le demande.", field="person")
    if kind == WishKind.EMAIL and not person.email:
        raise InvalidInput(f"{person} n’a pas d’adresse de courriel : notez-la d’abord sur sa fiche.", field="person")
    if kind == WishKind.EMAIL and not proof.strip():
        raise InvalidInput("Dites comment l’accord a été donné : il doit être exprès.", field="proof")
    standing = PaperWish.objects.filter(lease=lease, kind=kind, withdrawn_at=None).first()
    if standing is not None and standing.person_id == person.pk:
        return standing
    wish = PaperWish(
        lease=lease, kind=kind, person=person, given_on=day, proof=proof.strip(), taken_by_id=actor.user_id
    )
    checked(wish)
    with french_refusals(wish):
        wish.save(force_insert=True)
    return wish


@needs(Write(Data.LEASE))
@transaction.atomic
def withdraw_wish(*, actor: Actor, wish: PaperWish) -> PaperWish:
    """The wish stands no more: the next papers are letters, or are kept until somebody asks. Again changes nothing."""
    wish = PaperWish.objects.select_for_update(of=("self",)).get(pk=wish.pk)
    if wish.withdrawn_at is None:
        wish.withdrawn_at, wish.withdrawn_by_id = clock.now(), actor.user_id
        wish.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return wish
