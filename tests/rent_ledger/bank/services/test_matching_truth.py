"""A generated statement whose truth is known: right, wrong, left to a person. Wrong is none."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from common.periods import period
from leases.models import LeaseParty, Person
from rent_ledger.bank.codes import LineState
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.models import BankLine, KnownIban, RentDemand, RentRun
from tests.factories import make_bank_account, make_let
from tests.rent_ledger.banking import MANAGER, camt, cfonb, drop, movement, payer_iban, written

NOV_1 = date(2026, 11, 1)
LAST = ["Martin", "Benali", "Nguyen", "Ferreira", "Sarr", "Le Goff", "Kaboré", "Cissé", "Morel", "Moreau"]
FIRST = ["Paul", "Inès", "Karim", "Fatou", "Lina", "João", "Mariama", "Anne", "Jean", "Jeanne"]


def households(count: int, chance: random.Random):
    """Leases of people with common names (homonyms among them) and equal rents, billed for November."""
    leases = []
    for _ in range(count):
        lease = make_let(rent=chance.choice(["400.00", "410.00"]), charges="80.00")
        Person.objects.filter(pk=lease.parties.get().person_id).update(
            last_name=chance.choice(LAST), first_name=chance.choice(FIRST)
        )
        leases.append(lease)
    produce(run=RentRun.objects.create(month=NOV_1), lease_ids=[lease.pk for lease in leases], actor=MANAGER)
    return leases


def spoilt(text: str, chance: random.Random) -> str:
    """`text` with one character changed, as fingers do."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("0123456789") + text[place + 1 :]


def payment(lease, others, chance: random.Random, demands, ibans):
    """One payment for `lease`, told the bank in one of the ways that payers have, good and bad."""
    person = LeaseParty.objects.select_related("person").get(lease=lease).person
    name = f"{person.last_name} {person.first_name}".upper()
    stranger = LeaseParty.objects.select_related("person").get(lease=chance.choice(others)).person
    amount = str(demands[lease.pk].net) if chance.random() < 0.7 else f"{chance.randrange(50, 900)}.00"
    iban = ibans[lease.pk]
    way = chance.randrange(12)
    reference, avis = lease.payment_reference, demands[lease.pk].reference
    facts = [
        {"reference": reference, "name": name, "iban": iban},
        {"label": f"LOYER {reference}", "name": name},
        {"label": f"REGLEMENT {avis}", "name": name, "iban": iban},
        {"label": f"REGLEMENT {spoilt(avis, chance)}", "name": name},  # may be another household's avis
        {"reference": spoilt(reference, chance), "name": name, "iban": iban},
        {"label": "LOYER", "name": name, "iban": iban},
        {"label": "LOYER", "name": name},
        {"label": "LOYER", "name": f"{person.last_name} {person.first_name[0]}".upper()},
        {"label": f"LOYER DE {name}", "name": f"{stranger.last_name} {stranger.first_name}".upper(),
         "iban": ibans[others[0].pk]},  # paid by another household
        {"label": "AIDE", "name": "UDAF 44", "iban": payer_iban(999)},
        {"label": f"LOYER {demands[others[0].pk].reference}", "name": name},  # the neighbour's avis copied
        {"label": "VIREMENT"},
    ][way]  # fmt: skip
    return movement(amount, end_to_end=f"T{lease.pk}", **({"label": "VIR"} | facts))


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "write"), [(1, camt), (2, cfonb), (3, camt), (4, cfonb)])
def test_no_sure_match_is_wrong(seed, write):
    chance = random.Random(seed)
    leases = households(40, chance)
    accounts = tenant_accounts([lease.pk for lease in leases])
    demands = {d.lease_id: d for d in RentDemand.objects.all()}
    ibans = {lease.pk: payer_iban(100 + i) for i, lease in enumerate(leases)}
    KnownIban.objects.bulk_create(
        KnownIban(iban=ibans[lease.pk], account_id=accounts[lease.pk], since=NOV_1) for lease in leases[:30]
    )
    entries = []
    for lease in chance.choices(leases, k=160):
        others = [other for other in leases if other != lease]
        chance.shuffle(others)
        entries.append(payment(lease, others, chance, demands, ibans))
    drop(write(written(make_bank_account(), *entries)))
    truth = {account: lease for lease, account in accounts.items()}
    found: Counter[str] = Counter()
    wrong = []
    for line in BankLine.objects.prefetch_related("matches"):
        if line.state != LineState.SURE:
            found["left"] += 1
            continue
        [match] = line.matches.all()
        right = line.end_to_end == f"T{truth[match.account_id]}"
        found["right" if right else "wrong"] += 1
        if not right:
            wrong.append((line.label, line.counterparty_name, line.end_to_end, match.account_id, match.reasons))
    print(f"right {found['right']}, wrong {found['wrong']}, left to a person {found['left']}")
    assert wrong == []
    assert found["right"] >= 30
    assert found["right"] + found["left"] == len(entries)


@pytest.mark.django_db
def test_a_person_known_by_two_leases_is_left_to_a_person():
    """The same person on two leases: the name alone chooses neither for sure."""
    one, two = make_let(), make_let()
    person = one.parties.get().person
    LeaseParty.objects.create(lease=two, person=person, role="CO_HOLDER", period=period(NOV_1))
    tenant_accounts([one.pk, two.pk])
    drop(camt(written(make_bank_account(), movement("480.00", name=f"{person.last_name} {person.first_name}"))))
    assert BankLine.objects.get().state != LineState.SURE
    assert BankLine.objects.get().amount == Decimal("480.00")
