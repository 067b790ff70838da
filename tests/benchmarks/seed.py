"""A stock of N leases for measurement, made by COPY: what matters here is their number, not their lives."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from stdnum.iso7064 import mod_97_10

from common import clock
from common.copy import copy_rows, draw_ids
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.models import DueTerms, Household, Lease, LeaseParty, Membership, Occupancy, Person, RentTerm
from office.access.actor import Actor
from office.house.codes import OrganisationKind
from office.models import Association, BankAccount, Organisation, OrganisationRole
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import bank_ledger_account, benefit_accounts, tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.models import BenefitRight, RentDemand, RentRun
from stock.models import AgreementDwelling, Building, Dwelling, HeadAgreement, Unit

START = date(2020, 1, 1)
IBAN = "FR7630001007941234567890185"


def reference(n: int) -> str:
    """The ISO 11649 reference of lease `n`."""
    body = f"L{n:08d}"
    return "RF" + mod_97_10.calc_check_digits(body + "RF") + body


def leases(n: int, *, analyzed: bool = True) -> BankAccount:
    """`n` active leases (two thirds with benefit), one landlord, one bank account, all since 2020. `analyzed`: the
    planner knows how many they are."""
    Association.objects.get_or_create(
        id=1, defaults={"name": "Mesure", "short_name": "Mesure", "siret": "73282932000074", "address": "Nantes"}
    )
    bank = BankAccount.objects.create(label="Courant", iban=IBAN)
    owner = Organisation.objects.create(name="Bailleur de mesure")
    caf = Organisation.objects.create(name="CAF de mesure")
    OrganisationRole.objects.create(organisation=owner, kind=OrganisationKind.LANDLORD)
    OrganisationRole.objects.create(organisation=caf, kind=OrganisationKind.BENEFIT_PAYER)
    agreement = HeadAgreement.objects.create(
        kind="HEAD_LEASE", reference="BP-MESURE", title="Bail principal", owner=owner, period=period(START)
    )
    building = Building.objects.create(street="1 rue de la Mesure", postcode="44000", city="Nantes", commune="44109")
    since = f"[{START},)"
    ids = {
        model: draw_ids(model, n)
        for model in (Dwelling, Unit, Household, Person, Lease, RentTerm, Membership, LeaseParty, Occupancy, DueTerms)
    }
    numbers = range(n)
    now = clock.now()
    copy_rows(
        "stock_dwelling",
        ("id", "reference", "building_id", "rooms", "stock_type", "construction", "dpe_number", "energy_class",
         "climate_class", "door", "stairwell", "financing", "is_qpv", "access_notes", "safety_notice"),
        ((ids[Dwelling][i], f"M-{i:06d}", building.pk, 2, "DIFFUSE", "C", "", "", "", "", "", "", False, "", "")
         for i in numbers),
    )  # fmt: skip
    copy_rows(
        "stock_unit", ("id", "dwelling_id", "kind", "label"),
        ((ids[Unit][i], ids[Dwelling][i], "WHOLE", "") for i in numbers),
    )  # fmt: skip
    AgreementDwelling.objects.bulk_create(
        AgreementDwelling(agreement=agreement, dwelling_id=d, period=period(START)) for d in ids[Dwelling]
    )
    Household.objects.bulk_create(
        Household(id=ids[Household][i], reference=f"MEN-{i:06d}", name=f"Mme Prenom{i % 97} Nom{i}") for i in numbers
    )
    Person.objects.bulk_create(
        Person(id=ids[Person][i], civility="MME", first_name=f"Prenom{i % 97}", last_name=f"Nom{i}") for i in numbers
    )
    copy_rows(
        "leases_membership", ("id", "household_id", "person_id", "role", "period"),
        ((ids[Membership][i], ids[Household][i], ids[Person][i], "ADULT", since) for i in numbers),
    )  # fmt: skip
    Lease.objects.bulk_create(
        Lease(
            id=ids[Lease][i], reference=f"BAIL-{i:06d}", kind="SUBLEASE", household_id=ids[Household][i],
            unit_id=ids[Unit][i], agreement=agreement, state="ACTIVE", period=period(START), signed_on=START,
            bank_account=bank, payment_reference=reference(i), created_at=now,
        )
        for i in numbers
    )  # fmt: skip
    copy_rows(
        "leases_leaseparty", ("id", "lease_id", "person_id", "role", "period"),
        ((ids[LeaseParty][i], ids[Lease][i], ids[Person][i], "HOLDER", since) for i in numbers),
    )  # fmt: skip
    copy_rows(
        "leases_occupancy",
        ("id", "lease_id", "household_id", "unit_id", "dwelling_id", "is_whole", "period", "main_period",
         "overlap_reason"),
        ((ids[Occupancy][i], ids[Lease][i], ids[Household][i], ids[Unit][i], ids[Dwelling][i], True, since, since, "")
         for i in numbers),
    )  # fmt: skip
    RentTerm.objects.bulk_create(
        RentTerm(lease_id=lease, nature=nature, mode=mode, amount=amount, period=period(START))
        for i, lease in enumerate(ids[Lease])
        for nature, mode, amount in (
            ("RENT", "", Decimal(350 + i % 150)), ("CHARGES", "PROVISION", Decimal(60 + i % 40)),
        )
    )  # fmt: skip
    DueTerms.objects.bulk_create(
        DueTerms(lease_id=lease, due_rule="ADVANCE", due_day=1, period=period(START)) for lease in ids[Lease]
    )
    BenefitRight.objects.bulk_create(
        BenefitRight(
            lease_id=lease, payer=caf, kind="APL", beneficiary_number=f"{i:07d}", amount=Decimal(180 + i % 90),
            period=period(START),
        )
        for i, lease in enumerate(ids[Lease])
        if i % 3
    )  # fmt: skip
    # As the services that this stands for do it.
    tenant_accounts(ids[Lease])
    benefit_accounts(list(BenefitRight.objects.values_list("lease_id", "payer_id")))
    if analyzed:
        analyze()
    return bank


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def run(month: Month) -> RentRun:
    """One rent run of all leases, in chunks as a worker does them."""
    made = RentRun.objects.create(month=month.first)
    ids = list(Lease.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 1000):
        produce(run=made, lease_ids=ids[start : start + 1000], actor=Actor.system())
    RentRun.objects.filter(pk=made.pk).update(state="DONE")
    return made


def pay_late(first: Month, last: Month) -> None:
    """One account in ten paid these months 70 days later: what a policy is played on. All of it is paid since, so no
    state of today changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            """
            UPDATE rent_ledger_posting SET effective_on = effective_on + 70
            WHERE nature = 'PAYMENT' AND credit_id %% 10 = 0 AND effective_on BETWEEN %s AND %s
            """,
            [first.first, last.day(28)],
        )


def pay(month: Month, bank: BankAccount, *, late: int = 20, but: Collection[int] = ()) -> None:
    """Everybody pays the month on the 3rd, but one in `late` and the demands `but`; the CAF pays what was awaited."""
    account = bank_ledger_account(bank)
    on = month.day(3)
    entries = []
    for pk, tenant, net in RentDemand.objects.filter(month=month.first).values_list("pk", "account_id", "net"):
        if net > 0 and pk % late and pk not in but:
            posting = NewPosting(account, tenant, net, Nature.PAYMENT, on)
            entries.append(NewEntry(EntryKind.PAYMENT, f"bench:{pk}", on, (posting,)))
    expected = """
        SELECT p.id, p.debit_id, p.amount FROM rent_ledger_posting p JOIN rent_ledger_account a ON a.id = p.debit_id
        WHERE a.kind = 'BENEFIT' AND p.for_month = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(expected, [month.first])
        for pk, aid, amount in cursor.fetchall():
            posting = NewPosting(General.BENEFIT_TRANSIT, aid, amount, Nature.BENEFIT, month.day(25), month.first)
            entries.append(NewEntry(EntryKind.BENEFIT_RECEIVED, f"bench-aid:{pk}", month.day(25), (posting,)))
    for start in range(0, len(entries), 5000):
        post(entries=entries[start : start + 5000], actor=Actor.system())
