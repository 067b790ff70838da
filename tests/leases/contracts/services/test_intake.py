"""Running contracts taken in at once: what one contract made step by step has, and its refusals."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.contracts.queries import current_occupancy, readiness, terms_on
from leases.contracts.services.intake import NewTerm, RunningLease, take_in
from leases.households.queries import composition_on
from leases.households.services import NewHousehold, NewPerson
from leases.models import Household, Lease, Person
from office.access.actor import Actor
from office.access.codes import Role
from tests.factories import make_actor, make_agreement, make_dwelling

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
START = date(2025, 3, 10)
CHECKS = dict.fromkeys(("CONTRACT", "INVENTORY", "INSURANCE", "SUPPORT"), START)


def running(**changes) -> RunningLease:
    unit = make_dwelling().units.get()
    people = (
        NewPerson("Awa", "Sarr", civility="MME", birth_date=date(1988, 5, 4)),
        NewPerson("Moussa", "Sarr", civility="M"),
        NewPerson("Fatou", "Sarr", birth_date=date(2019, 1, 2), role="CHILD"),
    )
    new = RunningLease(
        household=NewHousehold(people=people, support_type="T1", from_day=START),
        kind="SUBLEASE",
        unit=unit,
        agreement=make_agreement(dwellings=[unit.dwelling]),
        from_day=START,
        terms=(NewTerm("RENT", Decimal("412.30")), NewTerm("CHARGES", Decimal(60), "PROVISION")),
        due_rule="ADVANCE",
        due_day=5,
        checks=CHECKS,
    )
    return replace(new, **changes)


def test_a_contract_taken_in_runs_like_any_other():
    [lease] = take_in(actor=SYSTEM, leases=[running()])
    lease = Lease.objects.get(pk=lease.pk)
    assert (lease.state, lease.signed_on, lease.collected_for) == ("ACTIVE", START, "ITSELF")
    assert (lease.reference, lease.payment_reference[:2]) == (f"B{lease.pk:05d}", "RF")
    assert readiness(lease) == []
    assert [(p.role, p.person.first_name) for p in lease.parties.filter(period__contains=START).order_by("id")] == [
        ("HOLDER", "Awa"),
        ("CO_HOLDER", "Moussa"),
    ]
    assert [(t.nature, t.amount) for t in terms_on(lease, START)] == [
        ("RENT", Decimal("412.30")),
        ("CHARGES", Decimal("60.00")),
    ]
    assert composition_on(lease.household, START).words == "2\u00a0adultes, 1\u00a0enfant"
    assert lease.household.name == "M. et Mme Sarr"
    home = current_occupancy(lease.household, START)
    assert home is not None
    assert (home.lease_id, home.unit_id, home.period.lower) == (lease.pk, lease.unit_id, START)


def test_many_contracts_take_as_many_statements_as_two():
    def statements(count: int) -> int:
        units = [make_dwelling().units.get() for _ in range(count)]
        agreement = make_agreement(dwellings=[unit.dwelling for unit in units])
        leases = [replace(new, unit=unit, agreement=agreement) for unit in units]
        with CaptureQueriesContext(connection) as captured:
            take_in(actor=SYSTEM, leases=leases)
        return len(captured)

    new = running()
    assert statements(12) == statements(2)


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"checks": {"CONTRACT": START}}, "Il manque avant le premier avis : état des lieux", None),
        ({"terms": ()}, "Il manque avant le premier avis", None),
        ({"kind": "SLIDING"}, "repose sur : bail principal", "agreement"),
        ({"from_day": date(2001, 1, 1)}, "n’est pas dans la convention", "agreement"),
        ({"checks": {**CHECKS, "TRIPARTITE": START}}, "n’est pas demandé pour ce genre de contrat", "item"),
        ({"terms": (NewTerm("RENT", Decimal(-1)),)}, "n’est pas négatif", None),
        ({"due_day": 32}, "entre 1 et 31", None),
        ({"household": NewHousehold()}, "Donnez le nom d’usage du ménage", "name"),
        ({"household": NewHousehold(name="Sans adulte")}, "titulaire désigné", None),
    ],
)
def test_one_bad_contract_refuses_all_of_them(changes, sentence, field):
    with pytest.raises(InvalidInput, match=sentence) as refused:
        take_in(actor=SYSTEM, leases=[running(), running(**changes)])
    assert refused.value.field == field
    assert not Household.objects.exists()
    assert not Person.objects.exists()


def test_a_tick_to_come_is_refused():
    checks = CHECKS | {"INSURANCE": clock.today() + timedelta(days=1)}
    with pytest.raises(InvalidInput, match="Cette date est à venir"):
        take_in(actor=SYSTEM, leases=[running(checks=checks)])


def test_a_home_that_is_taken_is_refused_by_the_name_of_who_lives_there():
    new = running()
    [lease] = take_in(actor=SYSTEM, leases=[new])
    with pytest.raises(Conflict, match=f"est occupé par {lease.household.name}"):
        take_in(actor=SYSTEM, leases=[replace(new, reference="AUTRE")])


def test_two_of_one_list_for_the_same_home_are_refused_by_the_database():
    new = running()
    with pytest.raises(Conflict, match="déjà occupé"):
        take_in(actor=SYSTEM, leases=[new, new])


def test_only_who_writes_leases_takes_them_in():
    with pytest.raises(NotAllowed):
        take_in(actor=make_actor(role=Role.SOCIAL_WORKER), leases=[running()])
