"""The association's identity, its bank accounts, the outside organisations.

Where money goes changes by two people: an IBAN of an organisation, and an account of ours that tenants may pay to, wait
for a second person, where there is one (`IbanChange`).
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, NotAllowed
from common.identifiers import compact
from office.access.actor import Actor
from office.access.matrix import Data, Write, can
from office.access.people import witnesses_of
from office.access.permissions import needs
from office.house.codes import HeldFor, OrganisationKind
from office.house.models import Association, BankAccount, IbanChange, Organisation, OrganisationRole
from office.house.notices import ASKED, DECIDED
from office.notices.services import NewNotice, notify, over

NO_SECOND = (
    "C’est à une autre personne de confirmer : ni à qui l’a demandé, ni à qui lui a ouvert son compte sans deuxième "
    "personne, ou le tient d’elle."
)


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
    """Create or change a bank account. Its IBAN and `held_for` never change: bank statements depend on them.

    One that is opened, or opened again, is not used until a second person confirms it.

    Raises `Conflict` (`iban`).
    """
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
    opens = is_active and (bank_account_id is None or not account.is_active)
    account.label, account.bic, account.is_active = label.strip(), compact(bic), is_active and not opens
    checked(account)
    with french_refusals(account):
        account.save()
    if opens:
        _ask(IbanChange(bank_account=account, iban=account.iban), actor)
    elif not is_active:
        _give_up(IbanChange.objects.waiting().filter(bank_account=account), actor)
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
    body: str | None = "",
    address: str = "",
    phone: str = "",
    email: str = "",
    iban: str = "",
    organisation_id: int | None = None,
) -> Organisation:
    """Create or change an organisation and the roles that it plays.

    Another IBAN than its own waits for a second person: the one that serves stays until then.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation_id) if organisation_id else Organisation()
    row.name, row.is_person, row.siret = name.strip(), is_person, compact(siret) or None
    row.is_family_company, row.body = is_family_company, body or ""
    former, row.iban = row.iban, compact(iban)
    row.address, row.phone, row.email = address.strip(), phone.strip(), email.strip()
    checked(row)
    wanted, row.iban = row.iban, former
    with french_refusals(row):
        row.save()
    roles = {OrganisationKind(kind) for kind in kinds}
    row.roles.exclude(kind__in=roles).delete()
    OrganisationRole.objects.bulk_create(
        [OrganisationRole(organisation=row, kind=kind) for kind in sorted(roles)], ignore_conflicts=True
    )
    if wanted != former:
        _ask(IbanChange(organisation=row, former=former, iban=wanted), actor)
    return row


# -- the second person -------------------------------------------------------------------------------------------------


def _ask(change: IbanChange, actor: Actor) -> None:
    """Write what waits for a second person, in place of what was asked before; without one, it takes effect at once.

    The caller holds the lock of the organisation or account. What waits is never rewritten: who confirms a change
    confirms what he read.
    """
    waiting = IbanChange.objects.waiting().filter(
        organisation=change.organisation, bank_account=change.bank_account, payee_id=change.payee_id
    )
    people = witnesses_of(actor.user_id, Write(Data.IBAN_SECOND))
    if waiting.filter(iban=change.iban, asked_by=actor.user).exists() and people.exists():
        return
    _give_up(waiting, actor)
    change.asked_by = actor.user
    if actor.is_system or not people.exists():
        change.decided_at, change.is_granted = clock.now(), True
    with french_refusals(change):
        change.save()
    if change.is_granted:
        _apply(change)
        return
    notify(
        new=[
            NewNotice(ASKED, pk, change.pk, str(change.pk), is_urgent=True)
            for pk in people.values_list("pk", flat=True)
        ],
        actor=actor,
    )


@needs(Write(Data.PAYMENT))
@transaction.atomic
def ask_refund_iban(*, payee_id: int, payee: str, iban: str, actor: Actor) -> None:
    """A refund of the account `payee_id` is to go to `iban`, from which nothing came: a second person confirms, as of
    where an organisation is paid. `payee`: the reference of the account. The caller holds the lock of the account."""
    _ask(IbanChange(payee_id=payee_id, payee=payee, iban=iban), actor)


@needs(Write(Data.PAYMENT))
@transaction.atomic
def give_up_refund_iban(*, payee_id: int, actor: Actor) -> None:
    """The refund of the account `payee_id` is decided no more: nobody has to confirm where it went."""
    _give_up(IbanChange.objects.waiting().filter(payee_id=payee_id), actor)


def _give_up(waiting: QuerySet[IbanChange], actor: Actor) -> None:
    over(ASKED, about_ids=list(waiting.values_list("pk", flat=True)))
    waiting.update(decided_by=actor.user, decided_at=clock.now(), is_granted=False)


def _apply(change: IbanChange) -> None:
    """What was confirmed takes effect."""
    if change.organisation is not None:
        change.organisation.iban = change.iban
        change.organisation.save(update_fields=["iban"])
    if change.bank_account is not None:
        change.bank_account.is_active = True
        change.bank_account.save(update_fields=["is_active"])


def _waiting(change_id: int) -> IbanChange:
    """The change, with the lock of what it is of and its own, in the order of those who ask."""
    change = IbanChange.objects.get(pk=change_id)
    Organisation.objects.select_for_update(of=("self",)).filter(iban_changes=change).first()
    BankAccount.objects.select_for_update(of=("self",)).filter(iban_changes=change).first()
    change = IbanChange.objects.select_for_update().get(pk=change_id)
    if change.decided_at is not None:
        raise Conflict("C’est déjà décidé, ou remplacé par une autre demande. Relisez la page.", code="wrong_state")
    return change


@needs(Write(Data.IBAN_SECOND))
@transaction.atomic
def decide_iban(*, change_id: int, is_granted: bool, actor: Actor) -> IbanChange:
    """The second person confirms, and the IBAN (or the account of ours) serves from now on; or refuses, and nothing
    changes. Who asked is told.

    Raises `NotAllowed`.
    """
    change = _waiting(change_id)
    if not IbanChange.objects.visible_to(actor).filter(pk=change.pk).exists():
        raise NotAllowed(NO_SECOND)
    change.decided_by, change.decided_at, change.is_granted = actor.user, clock.now(), is_granted
    change.save(update_fields=["decided_by", "decided_at", "is_granted"])
    if is_granted:
        _apply(change)
    over(ASKED, about_ids=[change.pk])
    if change.asked_by_id:
        notify(new=[NewNotice(DECIDED, change.asked_by_id, change.pk, str(change.pk))], actor=actor)
    return change


@needs(Write(Data.ORGANISATION))
@transaction.atomic
def take_back_iban(*, change_id: int, actor: Actor) -> IbanChange:
    """Give up what waits for a second person: what served serves still.

    Raises `NotAllowed`.
    """
    change = _waiting(change_id)
    if change.bank_account_id and not can(actor, Write(Data.HOUSE)):
        raise NotAllowed("Les comptes de l’association sont tenus par l’administration.")
    _give_up(IbanChange.objects.filter(pk=change.pk), actor)
    return change
