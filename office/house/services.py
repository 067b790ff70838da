"""The association's identity, its bank accounts, the outside organisations."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from common.db import checked, french_refusals
from common.errors import Conflict
from common.identifiers import compact
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.codes import HeldFor, OrganisationKind
from office.house.models import Association, BankAccount, Organisation, OrganisationRole


@needs(Write(Data.HOUSE))
@transaction.atomic
def save_association(
    *,
    actor: Actor,
    name: str,
    short_name: str,
    siret: str,
    address: str,
    ics: str = "",
    phone: str = "",
    email: str = "",
    approval_ends_on: date | None = None,
) -> Association:
    """Set the identity printed on every paper made from now on."""
    association = Association(
        id=1,
        name=name.strip(),
        short_name=short_name.strip(),
        siret=compact(siret),
        ics=compact(ics),
        address=address.strip(),
        phone=phone.strip(),
        email=email.strip(),
        approval_ends_on=approval_ends_on,
    )
    association._state.adding = not Association.objects.select_for_update().filter(pk=1).exists()
    checked(association)
    with french_refusals(association):
        association.save()
    return association


@needs(Write(Data.HOUSE))
@transaction.atomic
def save_bank_account(
    *,
    actor: Actor,
    label: str,
    iban: str,
    bic: str = "",
    held_for: str = HeldFor.ITSELF,
    organisation: Organisation | None = None,
    is_active: bool = True,
    bank_account_id: int | None = None,
) -> BankAccount:
    """Create or change a bank account. Its IBAN and `held_for` never change: bank statements depend on them."""
    if bank_account_id is None:
        account = BankAccount(iban=compact(iban), held_for=HeldFor(held_for), organisation=organisation)
    else:
        account = BankAccount.objects.select_for_update().get(pk=bank_account_id)
        same = (account.iban, account.held_for, account.organisation_id)
        if same != (compact(iban), held_for, organisation.pk if organisation else None):
            raise Conflict(
                "L’IBAN et le détenteur d’un compte ne changent pas : désactivez ce compte et créez-en un autre.",
                field="iban",
            )
    account.label, account.bic, account.is_active = label.strip(), compact(bic), is_active
    checked(account)
    with french_refusals(account):
        account.save()
    return account


@needs(Write(Data.ORGANISATION))
@transaction.atomic
def save_organisation(
    *,
    actor: Actor,
    name: str,
    kinds: Iterable[str],
    siret: str = "",
    is_person: bool = False,
    is_family_company: bool = False,
    address: str = "",
    phone: str = "",
    email: str = "",
    iban: str = "",
    organisation_id: int | None = None,
) -> Organisation:
    """Create or change an organisation and the roles that it plays."""
    body = Organisation.objects.select_for_update().get(pk=organisation_id) if organisation_id else Organisation()
    body.name, body.is_person, body.siret = name.strip(), is_person, compact(siret) or None
    body.is_family_company = is_family_company
    body.address, body.phone, body.email, body.iban = address.strip(), phone.strip(), email.strip(), compact(iban)
    checked(body)
    with french_refusals(body):
        body.save()
    wanted = {OrganisationKind(kind) for kind in kinds}
    body.roles.exclude(kind__in=wanted).delete()
    OrganisationRole.objects.bulk_create(
        [OrganisationRole(organisation=body, kind=kind) for kind in sorted(wanted)], ignore_conflicts=True
    )
    return body
