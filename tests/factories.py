"""Makers of rows for tests: small, keyword-only, valid by default. Append yours; say what a default stands for."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.db.models import Case, When
from PIL import Image
from stdnum import iso7064

from common import clock
from common.periods import Month, period
from common.reasons import Reason
from leases.contracts.codes import LeaseQuestion
from leases.contracts.queries import readiness
from leases.contracts.services.preparation import activate_lease, create_lease, tick_check
from leases.contracts.services.terms import set_due_terms, set_rent_term
from leases.households.codes import LeavingQuestion
from leases.households.services import NewPerson, create_household
from leases.models import DueTerms, Household, Lease, LeaseParty, Membership, Occupancy, Person, RentTerm
from maintenance.models import Ticket
from maintenance.tickets.services.tickets import assign, open_ticket, plan
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import HeldFor, OrganisationKind
from office.models import Association, BankAccount, Blob, Organisation, OrganisationRole, RoleGrant, Team, User
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.letter_holds import NewHold, hold_letters_of
from rent_ledger.billing.codes import RunQuestion
from rent_ledger.books.codes import General
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.models import (
    ArrearsCase,
    BankFile,
    BankStatement,
    BenefitRight,
    DemandLine,
    LetterHold,
    Posting,
    RentDemand,
    RentRun,
)
from rent_ledger.payments.codes import PaymentQuestion
from social_link.alerts.codes import AlertWhy
from social_link.alerts.duties import ANSWER, FOLLOW_UP, TAKE
from social_link.contacts.services import keep_notes
from social_link.models import Alert, AlertFact, Note, Referent
from stock.agreements.services import add_dwelling, create_agreement
from stock.dwellings.services import add_room, create_dwelling
from stock.models import AgreementDwelling, Building, Dwelling, HeadAgreement, Unit

_numbers = count(1)
ALERT_TASKS = (TAKE, ANSWER, FOLLOW_UP)
LONG_AGO = date(2020, 1, 1)
ANYWAY = dict.fromkeys(
    (q.lower() for asked in (PaymentQuestion, RunQuestion, LeaseQuestion, LeavingQuestion) for q in asked),
    "Vu avec le ménage",
)
"""A reason for whatever is asked before it is done."""


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


def hold_letters(
    *, case: ArrearsCase, until: date, source: str, reason: str = "", actor: Actor, from_day: date | None = None
) -> LetterHold:
    """The hold of one case."""
    [hold] = hold_letters_of(holds=[NewHold(case, until, reason, from_day)], source=source, actor=actor)
    return hold


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
    state: str = "ACTIVE",
) -> Lease:
    """A lease, active as a rule, with its dwelling, household, holder, occupancy, rent and charges, due on the 1st."""
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
        reference=f"BAIL-{n}", kind=kind, household=household, unit=unit, agreement=agreement, state=state,
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


# -- repairs --------------------------------------------------------------------------------------------------------


def make_ticket(
    *,
    lease: Lease | None = None,
    technician: User | None = None,
    planned_on: date | None = None,
    problem: str = "LEAK",
    manager: User | None = None,
) -> Ticket:
    """A leak at a new household's, opened at the desk; assigned to `technician` (and planned) if given."""
    lease = lease or make_let()
    actor = Actor.of(manager or make_user())
    # Of a protected address, whoever asks names no dwelling.
    secret = Membership.objects.filter(household=lease.household, person__is_address_protected=True).exists()
    ticket = open_ticket(
        dwelling=None if secret else lease.unit.dwelling, household=lease.household, trade="", problem=problem,
        actor=actor, request_key=uuid4(),
    )  # fmt: skip
    if technician and planned_on:
        return plan(ticket=ticket, to=technician, on=planned_on, actor=actor)
    return assign(ticket=ticket, to=technician, actor=actor) if technician else ticket


def make_picture(*, side: int = 40, kind: str = "JPEG", place: bool = True) -> BytesIO:
    """A picture as a phone takes it: turned by its EXIF, with the place where it was taken and a comment."""
    image = Image.new("RGB", (side * 2, side), "teal")
    exif = Image.Exif()
    if place:
        exif[0x0112] = 6
        exif[0x010F] = "TelephoneDuTechnicien"
        exif.get_ifd(0x8825)[2] = (47.0, 13.0, 6.0)
    out = BytesIO()
    image.save(out, kind, exif=exif.tobytes())
    out.seek(0)
    return out


def make_blob(*, seed: str = "") -> Blob:
    """The row of a picture whose bytes nobody stored."""
    digest = sha256((seed or str(number())).encode()).hexdigest()
    return Blob.objects.create(sha256=digest, type="image/jpeg", size=3, width=4, height=3)


# -- debts and what the bank is known to say ------------------------------------------------------------------------


def owe(*, lease: Lease, due_on: date, amount: str = "213.00", nature: str = "RENT") -> int:
    """A debt of the lease's tenant account, posted as a demand would be. Returns the account's id."""
    account = tenant_accounts([lease.pk])[lease.pk]
    line = NewPosting(account, General.RENT_INCOME, Decimal(amount), nature, due_on, due_on.replace(day=1))
    entry = NewEntry(kind="DEMAND", key=f"owe:{number()}", effective_on=due_on, postings=(line,))
    post(entries=[entry], actor=Actor.system())
    return account


def pay(*, account: int, on: date, amount: str = "213.00", designate: tuple[int, ...] = ()) -> int:
    """Cash received on an account, for the debts that it designates. Returns the entry's id."""
    line = NewPosting(General.CASH, account, Decimal(amount), "PAYMENT", on)
    entry = NewEntry(kind="PAYMENT", key=f"pay:{number()}", effective_on=on, postings=(line,), designate=designate)
    return post(entries=[entry], actor=Actor.system())[0].id


def make_bank_known(*, until: date, bank_account: BankAccount | None = None, state: str = "ACCEPTED") -> BankStatement:
    """A statement of one of our accounts that ends on `until`."""
    file = BankFile.objects.create(name="releve.xml", sha256=f"{number():064x}", format="camt.053", size=1)
    return BankStatement.objects.create(
        file=file, bank_account=bank_account or make_bank_account(), first_day=until, last_day=until, entries=0,
        state=state,
    )  # fmt: skip


# -- stock and leases, through their services -----------------------------------------------------------------------


def make_building(*, street: str = "", city: str = "Nantes", name: str = "") -> Building:
    return Building.objects.create(
        name=name, street=street or f"{number()} rue des Cordiers", postcode="44000", city=city, commune="44109"
    )


def make_dwelling(
    *,
    building: Building | None = None,
    rooms: int = 3,
    surface: str | None = "58.00",
    rooms_to_let: int = 0,
    **facts: Any,
) -> Dwelling:
    """A dwelling with its whole unit, and `rooms_to_let` rooms called « Chambre 1 »…; in no agreement."""
    dwelling = create_dwelling(
        actor=Actor.system(),
        building=building or make_building(),
        rooms=rooms,
        surface=None if surface is None else Decimal(surface),
        **facts,
    )
    for n in range(1, rooms_to_let + 1):
        add_room(actor=Actor.system(), dwelling=dwelling, label=f"Chambre {n}")
    return dwelling


def make_agreement(
    *,
    kind: str = "PROVISION",
    dwellings: Sequence[Dwelling] = (),
    from_day: date = LONG_AGO,
    last_day: date | None = None,
    **facts: Any,
) -> HeadAgreement:
    """An agreement with an owner, since 2020, that holds `dwellings` from its start to its end."""
    agreement = create_agreement(
        actor=Actor.system(),
        kind=kind,
        reference=facts.pop("reference", f"CONV-{number()}"),
        title=facts.pop("title", "Logements du centre"),
        owner=facts.pop("owner", None) or make_organisation(),
        from_day=from_day,
        last_day=last_day,
        **facts,
    )
    for dwelling in dwellings:
        add_dwelling(actor=Actor.system(), agreement=agreement, dwelling=dwelling)
    return agreement


def make_household(
    *,
    adults: int = 1,
    children: int = 0,
    name: str = "",
    protected: bool = False,
    from_day: date = LONG_AGO,
    **facts: Any,
) -> Household:
    """A household of `adults` (born in 1985) and `children` (born in 2018), together since 2020."""
    n = number()
    people = [
        NewPerson(
            civility="MME" if i == 0 else "M",
            first_name="Fatou" if i == 0 else "Issa",
            last_name=f"Sarr {n}",
            birth_date=date(1985, 4, 12),
            phone="0612345678",
            is_address_protected=protected and i == 0,
        )
        for i in range(adults)
    ] + [
        NewPerson(first_name=f"Enfant {i + 1}", last_name=f"Sarr {n}", birth_date=date(2018, 2, 28), role="CHILD")
        for i in range(children)
    ]
    return create_household(actor=Actor.system(), name=name, people=people, from_day=from_day, **facts)


def make_lease(
    *,
    kind: str = "SUBLEASE",
    household: Household | None = None,
    unit: Unit | None = None,
    agreement: HeadAgreement | None = None,
    from_day: date = date(2025, 1, 1),
    last_day: date | None = None,
    rent: str = "412.60",
    charges: str = "86.40",
    due_rule: str = "ADVANCE",
    due_day: int = 5,
    ready: bool = True,
    active: bool = True,
) -> Lease:
    """A lease whose holder is the household's first adult. `active`: ticked, activated, occupied since `from_day`;
    else in preparation, ticked or not (`ready`)."""
    system = Actor.system()
    if unit is None:
        unit = make_dwelling().units.get()
    if agreement is None:
        head_kind = {"SUBLEASE": "PROVISION", "SLIDING": "HEAD_LEASE", "MANAGED": "MANDATE", "OCCUPANCY": "PROVISION"}
        agreement = make_agreement(kind=head_kind[kind], dwellings=[unit.dwelling])
    household = household or make_household()
    adults = household.memberships.filter(role="ADULT").order_by("id")
    lease = create_lease(
        actor=system,
        kind=kind,
        household=household,
        unit=unit,
        agreement=agreement,
        from_day=from_day,
        last_day=last_day,
        holder=adults[0].person if adults else None,
        answers=ANYWAY,
    )
    set_rent_term(actor=system, lease=lease, nature="RENT", amount=Decimal(rent))
    set_rent_term(actor=system, lease=lease, nature="CHARGES", amount=Decimal(charges), mode="PROVISION")
    set_due_terms(actor=system, lease=lease, due_rule=due_rule, due_day=due_day)
    if ready or active:
        for line in readiness(lease):
            tick_check(actor=system, lease=lease, item=line.item, done_on=min(from_day, clock.today()))
    if active:
        activate_lease(actor=system, lease=lease)
    lease.refresh_from_db()
    return lease


# -- social service -------------------------------------------------------------------------------------------------


def make_demand(*, lease: Lease, month: date, net: str = "213.00", account: int) -> RentDemand:
    """A demand as the ledger knows it: what was asked for a month. Its entry is the first that `owe` made of it."""
    owed = Posting.objects.filter(debit=account, entry__kind="DEMAND", entry__demand=None)
    entry = owed.order_by(Case(When(for_month=month, then=0), default=1), "pk").values_list("entry", flat=True)[0]
    run, _ = RentRun.objects.get_or_create(month=month, state="DONE")
    demand = RentDemand.objects.create(
        run=run, lease=lease, account_id=account, entry_id=entry, month=month, number=number(), due_on=month,
        billed_from=month, billed_to=Month.of(month).plus(1).first, gross=Decimal(net), benefit=Decimal(0),
        net=Decimal(net),
    )  # fmt: skip
    DemandLine.objects.create(
        demand=demand, position=0, source="TERMS", nature="RENT", amount=Decimal(net), for_month=month
    )
    return demand


def make_arrears(
    *, lease: Lease | None = None, dues: Sequence[date] = (date(2026, 11, 1),), amount: str = "213.00", paid: str = ""
) -> ArrearsCase:
    """An open case: `amount` asked on each of `dues`, `paid` received, found on the played day.

    The contract made for it asks for `amount` a month.
    """
    lease = lease or make_let(rent=str(Decimal(amount) - 80), charges="80.00", start=date(2024, 3, 15))
    for due in dues:
        account = owe(lease=lease, due_on=due, amount=amount)
        make_demand(lease=lease, month=due.replace(day=1), net=amount, account=account)
    if paid:
        pay(account=account, on=dues[0] + timedelta(days=1), amount=paid)
    detect_arrears(day=clock.today(), actor=Actor.system())
    return ArrearsCase.objects.get(account_id=account)


def make_referent(*, household: Household, user: User | None = None, from_day: date = LONG_AGO) -> User:
    """The household's named social worker since 2020."""
    user = user or make_user(role=Role.SOCIAL_WORKER)
    Referent.objects.create(household=household, user=user, period=period(from_day))
    return user


def make_note(*, author: User, household: Household | None = None, text: str = "Venue seule", **given: Any) -> Note:
    """A note as its service keeps it, without what the service asks of the author. `given`: level, contact."""
    [note] = keep_notes([(Note(household=household or make_household(), author=author, **given), text)])
    return note


def make_alert(*, household: Household | None = None, to: User | None = None, level: str = "NORMAL") -> Alert:
    """An open alert with one fact, given to the household's referent or to `to`."""
    household = household or make_let().household
    today = clock.today()
    alert = Alert.objects.create(
        household=household, rule="R9", level=level, assignee=to or make_referent(household=household),
        ack_due_on=today + timedelta(days=7), answer_due_on=today + timedelta(days=21),
    )  # fmt: skip
    said = Reason(AlertWhy.AS_WRITTEN, {"text": "Absent deux fois"})
    AlertFact.objects.create(alert=alert, rule="R9", key=f"R9:H{household.pk}:T{number()}", reasons=[said.to_json()])
    refresh_tasks(*ALERT_TASKS, ids=[alert.pk], actor=Actor.system())
    return alert
