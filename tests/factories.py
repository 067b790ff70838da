"""Makers of rows for tests: small, keyword-only, valid by default. Append yours; say what a default stands for."""

from datetime import date
from decimal import Decimal
from itertools import count

from stdnum import iso7064

from common.periods import period
from leases.models import DueTerms, Household, Lease, LeaseParty, Membership, Occupancy, Person, RentTerm
from office.actor import Actor
from office.enums import HeldFor, OrganisationKind, Role
from office.models import Association, BankAccount, Organisation, OrganisationRole, RoleGrant, Team, User
from rent_ledger.models import BenefitRight
from stock.models import AgreementDwelling, Building, Dwelling, HeadAgreement, Unit

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


# -- a household that rents, ready to be billed ---------------------------------------------------------------------


def make_let(
    *,
    rent: str = "400.00",
    charges: str = "80.00",
    start: date = date(2026, 1, 1),
    end: date | None = None,
    due_rule: str = "ADVANCE",
    due_day: int = 1,
    kind: str = "SUBLEASE",
    name: str = "",
) -> Lease:
    """An active lease with its dwelling, household, holder, occupancy, rent and charges, due on the 1st."""
    n = number()
    owner = make_organisation(kinds=[OrganisationKind.LANDLORD])
    agreement = HeadAgreement.objects.create(
        kind="HEAD_LEASE", reference=f"BP-{n}", title="Bail principal", owner=owner, period=period(LONG_AGO)
    )
    building = Building.objects.create(
        name=f"Immeuble {n}", street=f"{n} rue des Essais", postcode="44000", city="Nantes", commune="44109"
    )
    dwelling = Dwelling.objects.create(reference=f"LOG-{n}", building=building, rooms=2)
    unit = Unit.objects.create(dwelling=dwelling)
    AgreementDwelling.objects.create(agreement=agreement, dwelling=dwelling, period=period(LONG_AGO))
    household = Household.objects.create(reference=f"MEN-{n}", name=name or f"Mme Essai {n}")
    person = Person.objects.create(civility="MME", first_name="Alix", last_name=f"Essai {n}")
    Membership.objects.create(household=household, person=person, period=period(start))
    lease = Lease.objects.create(
        reference=f"BAIL-{n}", kind=kind, household=household, unit=unit, agreement=agreement, state="ACTIVE",
        period=period(start, end), signed_on=start, payment_reference=iso11649_reference(f"B{n:06d}"),
    )  # fmt: skip
    LeaseParty.objects.create(lease=lease, person=person, role="HOLDER", period=period(start))
    Occupancy.objects.create(
        lease=lease, household=household, unit=unit, dwelling=dwelling, is_whole=True, period=period(start, end),
        main_period=period(start, end),
    )  # fmt: skip
    RentTerm.objects.create(lease=lease, nature="RENT", amount=Decimal(rent), period=period(start))
    if Decimal(charges):
        RentTerm.objects.create(
            lease=lease, nature="CHARGES", mode="PROVISION", amount=Decimal(charges), period=period(start)
        )
    DueTerms.objects.create(lease=lease, due_rule=due_rule, due_day=due_day, period=period(start))
    return lease


def iso11649_reference(body: str) -> str:
    """`RF` + check digits + body."""
    return "RF" + iso7064.mod_97_10.calc_check_digits(body + "RF") + body


def make_payer(*, name: str = "") -> Organisation:
    """A CAF."""
    return make_organisation(kinds=[OrganisationKind.BENEFIT_PAYER], name=name or f"CAF {number()}")


def make_right(
    *, lease: Lease, amount: str = "250.00", start: date, end: date | None = None, payer: Organisation | None = None
) -> BenefitRight:
    """An APL paid to us."""
    return BenefitRight.objects.create(
        lease=lease, payer=payer or make_payer(), kind="APL", beneficiary_number=f"{number():07d}",
        amount=Decimal(amount), period=period(start, end),
    )  # fmt: skip
