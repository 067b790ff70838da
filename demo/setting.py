"""The association itself: its identity, its bank accounts, the bodies around it, its team. All through the office's
services, as an administrator would type them."""

from dataclasses import dataclass
from datetime import date

from demo import names
from demo.people import PASSWORD, TEAM
from demo.stock import iban
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import BodyKind, HeldFor, OrganisationKind
from office.house.services import save_association, save_bank_account, save_organisation
from office.models import BankAccount, Organisation, User
from office.staff.services import first_person, grant_role, save_team, save_user

LONG_AGO = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class House:
    """What the rest of the demo needs of the association. `actors` by key of `people.TEAM`, `bodies` by name."""

    users: dict[str, User]
    actors: dict[str, Actor]
    own: BankAccount
    mandants: BankAccount
    ccas: Organisation
    caf: Organisation
    landlords: tuple[Organisation, Organisation]
    owners: list[Organisation]
    bodies: dict[str, Organisation]


def build() -> House:
    """Make the house. Its people hold their roles since 2019."""
    boss = next(c for c in TEAM if c.role == Role.ADMINISTRATOR)
    admin_user = first_person(email=boss.email, first_name=boss.first_name, last_name=boss.last_name, password=PASSWORD)
    admin = Actor.of(admin_user)
    save_association(
        actor=admin,
        name="Association Rive Neuve",
        short_name="Rive Neuve",
        siret="73282932000074",
        ics="FR72ZZZ123456",
        address="12 quai d’Alsace, 11100 Narbonne",
        phone="04 68 00 00 00",
        email="accueil@rive-neuve.example",
        approval_ends_on=date(2028, 6, 30),
    )
    own = save_bank_account(actor=admin, label="Gestion locative", iban=iban(4417), held_for=HeldFor.ITSELF)
    mandants = save_bank_account(actor=admin, label="Mandants", iban=iban(9032), held_for=HeldFor.MANDANTS)

    bodies: dict[str, Organisation] = {}

    def body(
        name: str,
        *kinds: str,
        is_person: bool = False,
        is_family_company: bool = False,
        nature: str = "",
        address: str = "",
    ) -> Organisation:
        made = bodies[name] = save_organisation(
            actor=admin, name=name, kinds=kinds, is_person=is_person, is_family_company=is_family_company,
            body=nature, address=address,
        )  # fmt: skip
        return made

    ccas = body(
        "CCAS du Grand-Étang",
        OrganisationKind.CCAS,
        OrganisationKind.LANDLORD,
        OrganisationKind.FUNDER,
        nature=BodyKind.PUBLIC,
    )
    caf = body("CAF de l’Aude", OrganisationKind.BENEFIT_PAYER, OrganisationKind.REFERRER, OrganisationKind.FUNDER)
    body("MSA Grand Sud", OrganisationKind.BENEFIT_PAYER)
    body("Département de l’Aude, FSL", OrganisationKind.FUNDER, OrganisationKind.GUARANTOR)
    body("Département de l’Aude", OrganisationKind.FUNDER, OrganisationKind.REFERRER, nature=BodyKind.PUBLIC)
    body("Action Logement", OrganisationKind.GUARANTOR, address="66 avenue du Maine\n75014 Paris")
    body("DDETS de l’Aude", OrganisationKind.FUNDER)
    landlords = (
        body(
            "Habitat du Littoral",
            OrganisationKind.LANDLORD,
            nature=BodyKind.HLM,
            address="3 quai Vallière, 11100 Narbonne",
        ),
        body(
            "Corbières Habitat",
            OrganisationKind.LANDLORD,
            nature=BodyKind.SEM,
            address="18 rue Barbès, 11000 Carcassonne",
        ),
    )
    companies = {name: name.startswith("SCI") for name in names.OWNERS}
    owners = [
        body(name, OrganisationKind.LANDLORD, is_person=not company, is_family_company=company)
        for name, company in companies.items()
    ]
    users = {boss.key: admin_user}
    for colleague in TEAM:
        if colleague.key == boss.key:
            continue
        user = save_user(
            actor=Actor.system(),  # As if each had a second person: who lets in alone is no witness with them.
            email=colleague.email,
            first_name=colleague.first_name,
            last_name=colleague.last_name,
            job_title=colleague.job_title,
        )
        user.password = admin_user.password  # All have the same password: hash it once, because hashing is slow.
        user.save(update_fields=["password"])
        grant_role(
            user_id=user.pk, role=colleague.role, since=LONG_AGO, actor=Actor.system(),
            organisation=ccas if colleague.role == Role.FUNDER else None,
        )  # fmt: skip
        users[colleague.key] = user
    social = [users[c.key].pk for c in TEAM if c.role in (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)]
    save_team(name="Service social", member_ids=social, actor=admin)
    return House(
        users=users,
        actors={key: Actor.of(user) for key, user in users.items()},
        own=own,
        mandants=mandants,
        ccas=ccas,
        caf=caf,
        landlords=landlords,
        owners=owners,
        bodies=bodies,
    )
