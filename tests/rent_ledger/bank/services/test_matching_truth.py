"""A generated statement whose truth is known: right, wrong, left to a person. Wrong is none."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from common.periods import period
from common.text import sort_key
from leases.models import Lease, LeaseParty, Person
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.inbox import place_line
from rent_ledger.billing.services.runs import produce
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.models import BankLine, KnownIban, RentDemand, RentRun
from tests.factories import make_bank_account, make_let, owe
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


# -- traps ----------------------------------------------------------------------------------------------------------

NAMED = [
    ("Morel", "Paul"), ("Cissé", "Mariama"), ("Cissé", "Didier"), ("Cissé", "Louise"), ("Le Gac", "Yann"),
    ("d’Almeida", "José"), ("Lê", "Kim"), ("Avril", "Jean"), ("Martin-Dupont", "Jeanne"), ("N’Diaye", "Fatou"),
    ("Morvan", "Pierre"), ("Morvan", "Hugo"), ("Sarr", "Awa"), ("Sarr", "Awa"), ("Petit", "Anne"), ("Benali", "Karim"),
    ("Ferreira", "Lina"), ("Nguyen", "Inès"), ("Kaboré", "Jean"), ("Le Goff", "Jeanne"),
]  # fmt: skip


def key(text: str) -> str:
    return sort_key(text).upper()


def ways_to_write(last: str, first: str) -> list[str]:
    """How a bank or a payer writes somebody who is not the payer."""
    words = [w for w in key(last).split() if len(w) > 2] or [key(last)]
    return [
        key(last), f"{key(last)} {key(first)}", f"{key(last)} {key(first)[0]}", f"{key(first)} {key(last)}",
        key(last).replace(" ", ""), f"{words[0]} {key(first)}", words[-1],
    ]  # fmt: skip


class World:
    """Twenty households with one rent, billed for November, one of them with a former lease that owes 12 €."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.leases = [make_let() for _ in NAMED]
        self.names = {lease.pk: name for lease, name in zip(self.leases, NAMED, strict=True)}
        for lease, (last, first) in zip(self.leases, NAMED, strict=True):
            Person.objects.filter(pk=lease.parties.get().person_id).update(last_name=last, first_name=first)
        self.former = make_let(end=date(2026, 9, 30))
        housed = self.leases[14]
        Lease.objects.filter(pk=self.former.pk).update(
            household=housed.household_id, state="ENDED", end_reason="TRANSFER"
        )
        LeaseParty.objects.filter(lease=self.former).update(person=housed.parties.get().person_id)
        owe(lease=self.former, due_on=date(2026, 9, 1), amount="12.00")
        produce(run=RentRun.objects.create(month=NOV_1), lease_ids=[x.pk for x in self.leases], actor=MANAGER)
        self.accounts = tenant_accounts([x.pk for x in (*self.leases, self.former)])
        self.demands = {d.lease_id: d for d in RentDemand.objects.all()}
        self.bank = make_bank_account()
        self.ibans = {lease.pk: payer_iban(200 + i) for i, lease in enumerate(self.leases)}
        KnownIban.objects.bulk_create(
            KnownIban(iban=self.ibans[x.pk], account_id=self.accounts[x.pk], since=NOV_1) for x in self.leases
        )

    def full(self, lease) -> str:
        last, first = self.names[lease.pk]
        return f"{key(last)} {key(first)}"

    def pair(self):
        """A payer, and another household of another last name."""
        one, other = self.chance.sample(self.leases, 2)
        while self.names[one.pk][0] == self.names[other.pk][0]:
            one, other = self.chance.sample(self.leases, 2)
        return one, other

    def plain(self):
        """A payment as most payers make it, with whom it is for."""
        lease = self.chance.choice(self.leases)
        name, iban = self.full(lease), self.ibans[lease.pk]
        last, first = self.names[lease.pk]
        facts = self.chance.choice([
            {"reference": lease.payment_reference, "name": name},
            {"label": f"LOYER {lease.payment_reference}", "name": name, "iban": iban},
            {"label": f"LOYER NOVEMBRE {lease.payment_reference}", "name": f"M OU MME {name}"},
            {"label": "LOYER NOVEMBRE 2026", "name": name, "iban": iban},
            {"label": f"VIR {name} LOYER", "iban": iban},
            {"label": "LOYER", "iban": iban, "name": f"{key(last)} {key(first)[0]}"},
            {"label": f"REGLEMENT {self.demands[lease.pk].reference}", "name": name},
            {"label": "VIREMENT LOYER", "iban": iban},
            {"label": "LOYER", "name": name},
            {"label": f"VIR {name}"},
        ])  # fmt: skip
        return lease, "480.00", facts

    def trap(self):
        """A payment that seems to be for one household. Whom it is for, None where only a person can tell."""
        lease, other = self.pair()
        name, iban = self.full(lease), self.ibans[lease.pk]
        written_other = self.chance.choice(ways_to_write(*self.names[other.pk]))
        reference, housed = lease.payment_reference, self.leases[14]
        father, son = self.leases[10], self.leases[11]
        return self.chance.choice([
            (other, "480.00", {"label": f"LOYER {written_other}", "name": name, "iban": iban}),
            (other, "480.00", {"label": f"LOYER DE {written_other}", "iban": iban}),
            (other, "480.00", {"label": f"VIR POUR {written_other}", "name": "UDAF 44", "iban": iban}),
            (None, "480.00", {"label": f"LOYER {reference}", "name": written_other}),
            (None, "480.00", {"label": f"LOYER {reference} POUR {written_other}", "name": name}),
            (None, "960.00", {"label": f"{reference} ET {written_other}", "name": name}),
            (None, "960.00", {"label": f"{reference} {written_other}", "name": "ASSOCIATION SOLIDARITE"}),
            (None, "960.00", {"label": f"LOYERS {written_other}", "name": name, "iban": iban}),
            (housed, "480.00", {"label": f"LOYER {self.former.payment_reference}", "name": self.full(housed)}),
            (None, "480.00", {"label": "LOYER", "name": "M MORVAN", "iban": self.ibans[son.pk]}),
            (father, "480.00", {"label": "LOYER", "name": "MORVAN PIERRE", "iban": self.ibans[son.pk]}),
            (None, "480.00", {"label": "LOYER", "name": "SARR AWA"}),
        ])  # fmt: skip

    def drop(self, cases, write):
        """Import them all. How many lines are right, wrong, left; and the wrong ones."""
        entries = [
            movement(amount, end_to_end=f"T{i}", **({"label": "VIR"} | facts))
            for i, (_, amount, facts) in enumerate(cases)
        ]
        drop(write(written(self.bank, *entries)))
        found: Counter[str] = Counter()
        wrong = []
        for line in BankLine.objects.filter(amount__gt=0).prefetch_related("matches"):
            lease, _, facts = cases[int(line.end_to_end[1:])]
            sure = line.state == LineState.SURE
            if not sure:
                found["left"] += 1
            elif lease is not None and line.matches.get().account_id == self.accounts[lease.pk]:
                found["right"] += 1
            else:
                wrong.append((facts, line.matches.get().account_id, line.reasons))
        return found, wrong


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "write"), [(11, camt), (12, cfonb), (13, camt)])
def test_of_plain_payments_six_of_ten_are_placed_and_none_wrong(seed, write):
    world = World(seed)
    found, wrong = world.drop([world.plain() for _ in range(200)], write)
    print(f"plain: right {found['right']}, wrong {len(wrong)}, left {found['left']}")
    assert wrong == []
    assert found["right"] >= 120


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "write"), [(21, camt), (22, cfonb), (23, camt), (24, cfonb)])
def test_no_trap_is_placed_on_the_wrong_household(seed, write):
    world = World(seed)
    found, wrong = world.drop([world.trap() for _ in range(200)], write)
    print(f"traps: right {found['right']}, wrong {len(wrong)}, left {found['left']}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "label", ["REJET VIR", "CHEQUE IMPAYE", "REMBOURSEMENT TROP PERCU", "VIR RETOURNE IMPAYE", "VIR"]
)
def test_no_debit_that_names_a_household_is_left_outside_the_rents(label):
    world = World(31)
    debits = [movement("-480.00", label=f"{label} {w}") for n in set(NAMED) for w in ways_to_write(*n)]
    drop(camt(written(world.bank, *debits)))
    assert set(BankLine.objects.values_list("state", flat=True)) == {LineState.TO_PLACE}


@pytest.mark.django_db
def test_an_iban_that_a_person_placed_once_proves_nothing_against_a_name():
    """An unnamed payer, placed by a person; then another unnamed payment of the same amount that names a household."""
    world = World(41)
    lease, iban = world.leases[0], payer_iban(999)
    drop(camt(written(world.bank, movement("480.00", iban=iban, label="X", day=date(2026, 11, 3)), closing_day=NOV_1)))
    line = BankLine.objects.get()
    place_line(line_id=line.pk, shares=[(world.accounts[lease.pk], Decimal("480.00"))], actor=MANAGER)
    owe(lease=lease, due_on=NOV_1, amount="480.00")
    labels = [f"LOYER {w}" for last, first in NAMED[1:] for w in ways_to_write(last, first)]
    entries = [movement("480.00", iban=iban, label=text) for text in dict.fromkeys(labels)]
    drop(camt(written(world.bank, *entries, opening="1480.00", sequence=2)))
    states = set(BankLine.objects.exclude(pk=line.pk).values_list("state", flat=True))
    assert states == {LineState.PROPOSED}


@pytest.mark.django_db
def test_an_iban_is_learnt_from_its_own_name_only():
    world = World(51)
    KnownIban.objects.all().delete()
    father, son = world.leases[10], world.leases[11]
    names = [("MORVAN HUGO", 1), ("MORVAN PIERRE", 2), ("M MORVAN", 3), ("UDAF 44", 4), ("", 5)]
    entries = [
        movement("20.00", reference=son.payment_reference, name=name, iban=payer_iban(n), label="LOYER")
        for name, n in names
    ]
    drop(camt(written(world.bank, *entries)))
    learnt = KnownIban.objects.filter(account_id=world.accounts[son.pk]).values_list("iban", flat=True)
    assert list(learnt) == [payer_iban(1)]
    assert not KnownIban.objects.filter(account_id=world.accounts[father.pk]).exists()


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
