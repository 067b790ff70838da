"""Makers of rows for tests: small, keyword-only, valid by default. Append yours; say what a default stands for."""

from datetime import date
from itertools import count

from common.periods import period
from office.actor import Actor
from office.enums import HeldFor, OrganisationKind, Role
from office.models import Association, BankAccount, Organisation, OrganisationRole, RoleGrant, Team, User

_numbers = count(1)
LONG_AGO = date(2020, 1, 1)


def number() -> int:
    """A number that no other row of this run has."""
    return next(_numbers)


# -- office ---------------------------------------------------------------------------------------------------------


def make_user(
    *,
    role: str | None = Role.RENTAL_MANAGER,
    roles: tuple[str, ...] = (),
    team: Team | None = None,
    organisation: Organisation | None = None,
    email: str = "",
    first_name: str = "Camille",
    last_name: str = "",
    password: str | None = None,
) -> User:
    """Someone with `role` (or `roles`, or none at all with `role=None`) since 2020; a funder gets an organisation."""
    n = number()
    user = User.objects.create_user(
        email or f"personne{n}@ancrage.test", password, first_name=first_name, last_name=last_name or f"Martin {n}"
    )
    for held in roles or ((role,) if role else ()):
        body = organisation or (make_organisation(kinds=[OrganisationKind.FUNDER]) if held == Role.FUNDER else None)
        RoleGrant.objects.create(user=user, role=held, organisation=body, period=period(LONG_AGO))
    if team:
        team.members.add(user)
    return user


def actor_of(user: User) -> Actor:
    """The actor of a user, with the roles in force on the played day."""
    return Actor.of(user)


def make_actor(*, role: str | None = Role.RENTAL_MANAGER, roles: tuple[str, ...] = ()) -> Actor:
    """The actor of a new user."""
    return Actor.of(make_user(role=role, roles=roles))


def make_team(*, name: str = "") -> Team:
    return Team.objects.create(name=name or f"Équipe {number()}")


def make_association(*, name: str = "Association Le Ponton") -> Association:
    """The association: there is one."""
    association, _ = Association.objects.update_or_create(
        id=1,
        defaults={
            "name": name,
            "short_name": "Le Ponton",
            "siret": "73282932000074",
            "ics": "FR72ZZZ123456",
            "address": "12 rue des Quais\n44000 Nantes",
            "phone": "0240000000",
            "email": "contact@ponton.test",
        },
    )
    return association


def make_iban(*, number: int) -> str:
    """A French IBAN with right keys: bank 30001, branch 00001, account `number`."""
    account = f"{number:011d}"
    key = 97 - (89 * 30001 + 15 * 1 + 3 * int(account)) % 97
    bban = f"3000100001{account}{key:02d}"
    return f"FR{98 - int(bban + '152700') % 97:02d}{bban}"


def make_bank_account(
    *, held_for: str = HeldFor.ITSELF, label: str = "Compte courant", organisation: Organisation | None = None
) -> BankAccount:
    """A bank account of the association; for a public body, of a new CCAS unless given."""
    if held_for == HeldFor.PUBLIC_BODY and organisation is None:
        organisation = make_organisation(kinds=[OrganisationKind.CCAS])
    return BankAccount.objects.create(
        label=label, iban=make_iban(number=number()), held_for=held_for, organisation=organisation
    )


def make_organisation(*, kinds: list[str] | None = None, name: str = "") -> Organisation:
    """An organisation with the roles `kinds` (a landlord by default)."""
    body = Organisation.objects.create(name=name or f"Organisme {number()}")
    OrganisationRole.objects.bulk_create(
        OrganisationRole(organisation=body, kind=kind) for kind in kinds or [OrganisationKind.LANDLORD]
    )
    return body
