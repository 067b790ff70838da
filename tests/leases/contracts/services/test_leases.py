"""Contracts: preparation, activation, transfer, notice, end, keys; and two people at once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Asked, Conflict, DomainError, InvalidInput, NotAllowed
from common.periods import period
from leases.contracts.queries import (
    checklist,
    current_occupancy,
    readiness,
)
from leases.contracts.services.ending import (
    LeaseEnd,
    Notice,
    end_lease,
    end_leases,
    leave,
    record_notice,
    record_notices,
    undo_end,
    withdraw_notice,
)
from leases.contracts.services.parties import add_party, end_party
from leases.contracts.services.preparation import (
    activate_lease,
    create_lease,
    discard_draft,
    take_back_lease,
    tick_check,
    untick_check,
)
from leases.contracts.services.terms import set_rent_term
from leases.models import Lease, Occupancy, Person
from office.access.actor import Actor
from stock.agreements.services import remove_dwelling
from tests.factories import (
    ANYWAY,
    make_actor,
    make_agreement,
    make_bank_account,
    make_dwelling,
    make_household,
    make_lease,
    make_let,
    make_organisation,
    owe,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
START = date(2025, 1, 1)


def missing(lease: Lease) -> set[str]:
    return {line.item for line in readiness(Lease.objects.get(pk=lease.pk))}


def bare(kind: str = "SUBLEASE", head: str = "PROVISION", **facts) -> Lease:
    unit = make_dwelling().units.get()
    agreement = make_agreement(kind=head, dwellings=[unit.dwelling])
    made = {"kind": kind, "household": make_household(), "unit": unit, "agreement": agreement, "from_day": START}
    return create_lease(actor=SYSTEM, **made | facts)


# -- draft ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("SUBLEASE", {"HOLDER", "TERMS", "DUE_RULE", "CONTRACT", "INVENTORY", "INSURANCE", "SUPPORT"}),
        ("SLIDING", {"HOLDER", "TERMS", "DUE_RULE", "CONTRACT", "INVENTORY", "INSURANCE", "SUPPORT", "TRIPARTITE"}),
        ("MANAGED", {"HOLDER", "TERMS", "DUE_RULE", "CONTRACT", "INVENTORY", "INSURANCE"}),
        ("OCCUPANCY", {"HOLDER", "TERMS", "DUE_RULE", "CONTRACT", "INVENTORY", "SUPPORT"}),
    ],
)
def test_a_new_contract_misses_all_that_its_family_asks(kind, points):
    head = {"SUBLEASE": "PROVISION", "SLIDING": "HEAD_LEASE", "MANAGED": "MANDATE", "OCCUPANCY": "PROVISION"}[kind]
    lease = bare(kind, head)
    assert missing(lease) == points
    assert (lease.state, lease.payment_reference[:2]) == ("DRAFT", "RF")
    assert lease.collected_for == ("MANDANTS" if kind == "MANAGED" else "ITSELF")


def test_a_family_stands_only_on_its_kinds_of_agreement():
    with pytest.raises(InvalidInput, match="repose sur : bail principal") as refused:
        bare("SLIDING", "PROVISION")
    assert refused.value.field == "agreement"


def test_the_agreement_holds_the_dwelling_on_the_first_day():
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling])
    remove_dwelling(actor=SYSTEM, line=agreement.lines.get(), last_day=START - timedelta(days=1))
    with pytest.raises(InvalidInput, match="n’est pas dans la convention"):
        create_lease(
            actor=SYSTEM, kind="SUBLEASE", household=make_household(), unit=unit, agreement=agreement, from_day=START
        )


def test_without_a_named_agreement_the_one_that_gives_the_dwelling_serves():
    unit = make_dwelling().units.get()
    facts = {"actor": SYSTEM, "kind": "SUBLEASE", "household": make_household(), "unit": unit, "from_day": START}
    with pytest.raises(InvalidInput, match="Aucune convention ne donne le logement"):
        create_lease(**facts)
    make_agreement(kind="SERVICE", dwellings=[unit.dwelling])
    title = make_agreement(kind="HEAD_LEASE", dwellings=[unit.dwelling])
    assert create_lease(**facts).agreement == title


def test_the_rent_goes_to_the_account_held_for_whom_it_is_collected():
    ccas = make_organisation(kinds=["CCAS"])
    ours = make_bank_account()
    make_bank_account(held_for="PUBLIC_BODY")
    theirs = make_bank_account(held_for="PUBLIC_BODY", organisation=ccas)
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling], owner=ccas, rent_collected_for="PUBLIC_BODY")
    lease = create_lease(
        actor=SYSTEM, kind="OCCUPANCY", household=make_household(), unit=unit, agreement=agreement, from_day=START
    )
    assert (lease.collected_for, lease.bank_account) == ("PUBLIC_BODY", theirs)
    assert bare().bank_account == ours


def test_a_draft_is_discarded_and_a_running_lease_is_not():
    draft, running = make_lease(active=False), make_lease()
    discard_draft(actor=SYSTEM, lease=draft)
    with pytest.raises(Conflict):
        discard_draft(actor=SYSTEM, lease=running)
    assert list(Lease.objects.all()) == [running]


# -- preparation ----------------------------------------------------------------------------------------------------


def test_a_point_is_ticked_once_waived_with_a_reason_and_unticked():
    lease = make_lease(active=False, ready=False)
    first = tick_check(actor=SYSTEM, lease=lease, item="CONTRACT", done_on=date(2026, 11, 2))
    assert tick_check(actor=SYSTEM, lease=lease, item="CONTRACT", done_on=date(2026, 11, 4)) == first
    lease.refresh_from_db()
    assert lease.signed_on == date(2026, 11, 2)
    tick_check(actor=SYSTEM, lease=lease, item="SUPPORT", waiver="Signature le 20")
    assert missing(lease) == {"INVENTORY", "INSURANCE"}
    assert next(line for line in checklist(lease) if line.item == "SUPPORT").is_waived
    untick_check(actor=SYSTEM, lease=lease, item="CONTRACT")
    lease.refresh_from_db()
    assert lease.signed_on is None
    assert "CONTRACT" in missing(lease)


@pytest.mark.parametrize(
    ("item", "options", "said"),
    [
        ("TRIPARTITE", {}, "n’est pas demandé"),
        ("TERMS", {}, "se remplit de lui-même"),
        ("CONTRACT", {"waiver": "plus tard"}, "ne peut pas être dispensé"),
        ("INSURANCE", {"done_on": date(2026, 11, 6)}, "à venir"),
    ],
)
def test_a_point_that_can_t_be_ticked_says_why(item, options, said):
    lease = make_lease(active=False, ready=False)
    with pytest.raises(InvalidInput, match=said):
        tick_check(actor=SYSTEM, lease=lease, item=item, **options)


def test_automatic_points_follow_the_lease():
    lease = bare()
    add_party(actor=SYSTEM, lease=lease, person=Person.objects.first(), role="HOLDER")
    set_rent_term(actor=SYSTEM, lease=lease, nature="RENT", amount=Decimal(400), from_day=date(2025, 2, 1))
    assert "HOLDER" not in missing(lease)
    # The amount begins after the lease: nothing says what the first month costs.
    assert "TERMS" in missing(lease)
    set_rent_term(actor=SYSTEM, lease=lease, nature="RENT", amount=Decimal(380))
    assert "TERMS" not in missing(lease)


# -- activation -----------------------------------------------------------------------------------------------------


def test_a_lease_bills_only_when_all_is_green():
    lease = make_lease(active=False, ready=False)
    with pytest.raises(InvalidInput, match="contrat signé, état des lieux") as refused:
        activate_lease(actor=SYSTEM, lease=lease)
    assert refused.value.code == "not_ready"
    assert not Occupancy.objects.exists()


def test_activation_opens_the_occupancy_on_the_day_of_the_keys():
    lease = make_lease(active=False)
    occupancy = activate_lease(actor=SYSTEM, lease=lease, entry=date(2025, 1, 15))
    lease.refresh_from_db()
    assert lease.state == "ACTIVE"
    assert occupancy.period == occupancy.main_period == period(date(2025, 1, 15))
    assert (occupancy.is_whole, occupancy.dwelling_id) == (True, lease.unit.dwelling_id)
    with pytest.raises(Conflict, match="déjà activé"):
        activate_lease(actor=SYSTEM, lease=lease)


def test_keys_are_handed_over_during_the_lease():
    with pytest.raises(InvalidInput, match="pendant le bail"):
        activate_lease(actor=SYSTEM, lease=make_lease(active=False), entry=START - timedelta(days=1))


def test_a_unit_that_is_held_names_who_holds_it():
    first = make_lease()
    second = make_lease(unit=first.unit, agreement=first.agreement, active=False, from_day=date(2026, 1, 1))
    with pytest.raises(Conflict, match=first.household.name):
        activate_lease(actor=SYSTEM, lease=second)
    assert Lease.objects.get(pk=second.pk).state == "DRAFT"


def test_a_dwelling_is_let_whole_or_by_rooms():
    dwelling = make_dwelling(rooms_to_let=2)
    agreement = make_agreement(dwellings=[dwelling])
    one, two = dwelling.units.filter(kind="ROOM").order_by("label")
    make_lease(unit=one, agreement=agreement)
    make_lease(unit=two, agreement=agreement)
    whole = make_lease(unit=dwelling.units.get(kind="WHOLE"), agreement=agreement, active=False)
    with pytest.raises(Conflict, match="en entier ou par chambres"):
        activate_lease(actor=SYSTEM, lease=whole)


def test_a_household_has_one_main_home_and_a_transfer_overlaps_by_exception_only():
    household = make_household()
    old = make_lease(household=household)
    new = make_lease(household=household, active=False, from_day=date(2026, 11, 1))
    with pytest.raises(Conflict, match="indiquez jusqu’à quand et pourquoi"):
        activate_lease(actor=SYSTEM, lease=new)
    with pytest.raises(InvalidInput, match="Dites pourquoi"):
        activate_lease(actor=SYSTEM, lease=new, overlap_until=date(2026, 11, 15))
    with pytest.raises(InvalidInput, match="précède l’entrée"):
        activate_lease(actor=SYSTEM, lease=new, overlap_until=date(2026, 10, 1), overlap_reason="Travaux")
    occupancy = activate_lease(actor=SYSTEM, lease=new, overlap_until=date(2026, 11, 15), overlap_reason="Travaux")
    former = old.occupancies.get()
    assert former.main_period == period(START, date(2026, 11, 16))
    assert occupancy.main_period == period(date(2026, 11, 16))
    assert current_occupancy(household, date(2026, 11, 10)) == former
    assert current_occupancy(household, date(2026, 11, 20)) == occupancy
    end_lease(actor=SYSTEM, lease=old, last_day=date(2026, 11, 4), reason="TRANSFER")
    former.refresh_from_db()
    assert former.period == former.main_period == period(START, date(2026, 11, 5))


# -- end ------------------------------------------------------------------------------------------------------------


def test_the_end_closes_the_occupancy_and_leaves_the_parties_bound():
    lease = make_lease()
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")
    lease.refresh_from_db()
    assert (lease.state, lease.end_reason, lease.period.upper) == ("ENDED", "SOCIAL", date(2026, 11, 1))
    assert lease.occupancies.get().period.upper == date(2026, 11, 1)
    assert lease.parties.get(period__contains=date(2026, 11, 5)).role == "HOLDER"


def test_the_household_that_stays_keeps_the_keys_until_it_gives_them_back():
    lease = make_lease()
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 9, 30), reason="EVICTION", still_occupied=True)
    occupancy = lease.occupancies.get()
    assert occupancy.period.upper is None
    leave(actor=SYSTEM, occupancy=occupancy, last_day=date(2026, 10, 31))
    occupancy.refresh_from_db()
    assert occupancy.period.upper == date(2026, 11, 1)


def test_a_notice_writes_the_end_and_the_lease_bills_until_then():
    lease = make_lease()
    record_notice(actor=SYSTEM, lease=lease, received_on=date(2026, 11, 2), last_day=date(2026, 12, 2))
    lease.refresh_from_db()
    assert (lease.state, lease.notice_on, lease.period.upper) == ("ACTIVE", date(2026, 11, 2), date(2026, 12, 3))
    with pytest.raises(InvalidInput, match="à venir"):
        end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 12, 2), reason="SOCIAL")
    with pytest.raises(InvalidInput, match="avant la réception"):
        record_notice(actor=SYSTEM, lease=lease, received_on=date(2026, 11, 2), last_day=date(2026, 11, 1))


# -- what is prepared by mistake ------------------------------------------------------------------------------------


def test_a_rent_goes_to_an_account_that_serves_whom_it_is_collected_for():
    with pytest.raises(InvalidInput) as refused:
        bare(bank_account=make_bank_account(held_for="MANDANTS"))
    assert refused.value.field == "bank_account"
    assert bare(bank_account=make_bank_account()).bank_account is not None


def test_the_holder_is_of_the_household():
    stranger = make_household().memberships.get().person
    with pytest.raises(InvalidInput) as refused:
        bare(holder=stranger)
    assert refused.value.field == "holder"
    alone = Person.objects.create(first_name="Ali", last_name="Roche")
    assert bare(holder=alone).parties.get().person == alone


@pytest.mark.parametrize("announced", [True, False])
def test_a_home_that_is_occupied_is_prepared_for_another_once_somebody_leaves(announced):
    lease = make_lease()
    if announced:
        record_notice(actor=SYSTEM, lease=lease, received_on=date(2026, 11, 2), last_day=date(2026, 12, 2))
    made = {
        "actor": SYSTEM, "kind": "SUBLEASE", "household": make_household(), "unit": lease.unit,
        "agreement": lease.agreement, "from_day": date(2026, 12, 3),
    }  # fmt: skip
    if not announced:
        with pytest.raises(Asked) as refused:
            create_lease(**made)
        assert (refused.value.field, refused.value.code) == ("because", "occupied")
        made["answers"] = ANYWAY
    assert create_lease(**made).state == "DRAFT"


def test_a_contract_given_by_mistake_never_was():
    lease = make_lease()
    take_back_lease(actor=SYSTEM, lease=lease)
    assert not Lease.objects.exists()
    assert not Occupancy.objects.exists()
    with pytest.raises(Conflict):
        take_back_lease(actor=SYSTEM, lease=make_lease(active=False))


def test_a_contract_that_has_an_account_is_not_taken_back():
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1))
    with pytest.raises(Conflict) as refused:
        take_back_lease(actor=SYSTEM, lease=lease)
    assert refused.value.code == "in_use"
    lease.refresh_from_db()
    assert (lease.state, lease.occupancies.count(), lease.parties.count() > 0) == ("ACTIVE", 1, True)


# -- notices and ends ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "last_day", "is_short"),
    [
        # One month from 2 November; three for a contract under mandate.
        ("SUBLEASE", date(2026, 11, 30), True),
        ("SUBLEASE", date(2026, 12, 1), False),
        ("SUBLEASE", date(2026, 12, 2), False),
        ("MANAGED", date(2026, 12, 2), True),
        ("MANAGED", date(2027, 2, 2), False),
    ],
)
def test_a_short_notice_is_taken_with_its_reason(kind, last_day, is_short):
    lease = make_lease(kind=kind)
    given = {"actor": SYSTEM, "lease": lease, "received_on": date(2026, 11, 2), "last_day": last_day}
    if is_short:
        with pytest.raises(InvalidInput) as refused:
            record_notice(**given)
        assert (refused.value.field, refused.value.code) == ("short_reason", "short_notice")
    record_notice(**given, short_reason=" Zone tendue ")
    lease.refresh_from_db()
    assert lease.notice_reason == ("Zone tendue" if is_short else "")


@pytest.mark.parametrize("end", [None, date(2027, 6, 30)])
def test_a_notice_taken_back_leaves_the_end_that_was_written(end):
    lease = make_lease(last_day=end)
    before = lease.period.upper
    for last in (date(2026, 12, 2), date(2026, 12, 31)):  # corrected once
        record_notice(actor=SYSTEM, lease=lease, received_on=date(2026, 11, 2), last_day=last)
    withdraw_notice(actor=SYSTEM, lease=lease)
    lease.refresh_from_db()
    assert (lease.period.upper, lease.notice_on, lease.notice_reason) == (before, None, "")
    with pytest.raises(Conflict):
        withdraw_notice(actor=SYSTEM, lease=lease)


@pytest.mark.parametrize("still_occupied", [True, False])
def test_an_end_by_mistake_is_undone(still_occupied):
    lease = make_lease()
    before = (lease.period, lease.occupancies.get().period)
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL", still_occupied=still_occupied)
    undo_end(actor=SYSTEM, lease=lease)
    lease.refresh_from_db()
    stay = lease.occupancies.get()
    assert (lease.state, lease.end_reason, lease.period, stay.period) == ("ACTIVE", "", *before)
    assert stay.main_period == stay.period
    with pytest.raises(Conflict):
        undo_end(actor=SYSTEM, lease=lease)


def test_an_end_is_undone_while_nobody_else_has_the_home_and_for_a_month():
    old = make_lease()
    end_lease(actor=SYSTEM, lease=old, last_day=date(2026, 10, 3), reason="SOCIAL")
    with pytest.raises(Conflict, match="plus d’un mois"):
        undo_end(actor=SYSTEM, lease=old)
    lease = make_lease()
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")
    make_lease(unit=lease.unit, agreement=lease.agreement, from_day=date(2026, 11, 2))
    with pytest.raises(Conflict) as refused:
        undo_end(actor=SYSTEM, lease=lease)
    assert refused.value.code == "unit_taken"
    lease.refresh_from_db()
    assert lease.state == "ENDED"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"last_day": date(2024, 12, 31), "reason": "SOCIAL"}, "commence le 01/01/2025"),
        ({"last_day": date(2026, 10, 31), "reason": ""}, "l’issue du bail"),
        ({"last_day": date(2026, 10, 31), "reason": "AUTRE"}, "AUTRE"),
    ],
)
def test_an_end_that_can_t_be_is_refused(options, said):
    with pytest.raises(InvalidInput, match=said):
        end_lease(actor=SYSTEM, lease=make_lease(), **options)


def test_a_lease_ends_once():
    lease = make_lease()
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")
    with pytest.raises(Conflict, match="Seul un bail en cours"):
        end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")


def test_many_contracts_end_by_as_many_queries_as_two():
    def ended(count: int) -> tuple[int, int]:
        leases = [make_lease() for _ in range(count)]
        stays = leases[-1]
        last = date(2026, 11, 4)
        with CaptureQueriesContext(connection) as told:
            record_notices(actor=SYSTEM, notices=[Notice(lease, date(2026, 11, 2), last) for lease in leases])
        ends = [LeaseEnd(lease, last, "SOCIAL", still_occupied=lease == stays) for lease in leases]
        with CaptureQueriesContext(connection) as seen:
            made = end_leases(actor=SYSTEM, ends=ends)
        assert made == leases
        for lease in leases:
            lease.refresh_from_db()
            assert (lease.state, lease.end_reason, lease.period.upper) == ("ENDED", "SOCIAL", date(2026, 11, 5))
            assert lease.notice_on == date(2026, 11, 2)
            assert lease.occupancies.get().period.upper == (None if lease == stays else date(2026, 11, 5))
        return len(told), len(seen)

    assert ended(2) == ended(5)


def test_contracts_that_end_together_all_end_or_none():
    one, two = make_lease(), make_lease()
    last = date(2026, 10, 31)
    with pytest.raises(InvalidInput, match="l’issue du bail"):
        end_leases(actor=SYSTEM, ends=[LeaseEnd(one, last, "SOCIAL"), LeaseEnd(two, last, "")])
    with pytest.raises(Conflict, match="Seul un bail en cours"):
        end_leases(actor=SYSTEM, ends=[LeaseEnd(one, last, "SOCIAL"), LeaseEnd(one, last, "SOCIAL")])
    one.refresh_from_db()
    assert one.state == "ACTIVE"
    assert end_leases(actor=SYSTEM, ends=[]) == record_notices(actor=SYSTEM, notices=[]) == []


def test_a_co_holder_comes_and_goes_and_stays_dated():
    lease = make_lease(household=make_household(adults=2))
    second = lease.household.memberships.order_by("id")[1].person
    party = add_party(actor=SYSTEM, lease=lease, person=second, role="CO_HOLDER", from_day=date(2025, 6, 1))
    end_party(actor=SYSTEM, party=party, last_day=date(2026, 5, 31))
    roles = [
        [party.role for party in lease.parties.filter(period__contains=day).order_by("id")]
        for day in (date(2025, 5, 31), date(2026, 5, 31), date(2026, 6, 1))
    ]
    assert roles == [["HOLDER"], ["HOLDER", "CO_HOLDER"], ["HOLDER"]]
    with pytest.raises(InvalidInput, match="n’est pas partie au bail"):
        end_party(actor=SYSTEM, party=party, last_day=date(2027, 1, 1))
    with pytest.raises(InvalidInput, match="déjà un titulaire"):
        add_party(
            actor=SYSTEM, lease=lease, person=Person.objects.create(last_name="Roche", first_name="Ali"), role="HOLDER"
        )
    with pytest.raises(InvalidInput, match="Le bail commence"):
        add_party(actor=SYSTEM, lease=lease, person=second, role="GUARANTOR", from_day=date(2024, 1, 1))


@pytest.mark.parametrize("role", ["SOCIAL_WORKER", "TECHNICIAN", "DIRECTOR", "FUNDER", "ADMINISTRATOR"])
def test_only_the_rental_manager_changes_a_lease(role):
    lease = make_lease()
    actor = make_actor(role=role)
    calls: list[Callable[[], object]] = [
        lambda: end_lease(actor=actor, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL"),
        lambda: set_rent_term(actor=actor, lease=lease, nature="RENT", amount=Decimal(1)),
        lambda: leave(actor=actor, occupancy=lease.occupancies.get(), last_day=date(2026, 10, 31)),
        lambda: tick_check(actor=actor, lease=lease, item="CONTRACT"),
    ]
    for call in calls:
        with pytest.raises(NotAllowed):
            call()


# -- two at once ----------------------------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run the calls in threads, each on its own connection; what each ended with."""
    ends: list[str] = []
    barrier = threading.Barrier(len(calls))

    def work(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            call()
            ends.append("done")
        except DomainError as refusal:
            ends.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends, key=lambda end: end != "done")


@pytest.mark.django_db(transaction=True)
def test_two_households_enter_one_unit_at_once_and_one_is_told():
    first = make_lease(active=False)
    second = make_lease(unit=first.unit, agreement=first.agreement, active=False)
    ends = at_once(*(lambda lease=lease: activate_lease(actor=SYSTEM, lease=lease) for lease in (first, second)))
    assert ends[0] == "done"
    assert "est occupé par" in ends[1]
    assert Occupancy.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_household_enters_two_dwellings_at_once_and_has_one_home():
    household = make_household()
    leases = [make_lease(household=household, active=False) for _ in range(2)]
    ends = at_once(*(lambda lease=lease: activate_lease(actor=SYSTEM, lease=lease) for lease in leases))
    assert ends[0] == "done"
    assert "occupe déjà un logement" in ends[1]
    assert Occupancy.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_whole_and_a_room_at_once_and_one_is_told():
    dwelling = make_dwelling(rooms_to_let=1)
    agreement = make_agreement(dwellings=[dwelling])
    leases = [make_lease(unit=unit, agreement=agreement, active=False) for unit in dwelling.units.all()]
    ends = at_once(*(lambda lease=lease: activate_lease(actor=SYSTEM, lease=lease) for lease in leases))
    assert ends[0] == "done"
    assert "en entier ou par chambres" in ends[1]


@pytest.mark.django_db(transaction=True)
def test_one_lease_activated_twice_at_once_has_one_occupancy():
    lease = make_lease(active=False)
    ends = at_once(*(lambda: activate_lease(actor=SYSTEM, lease=lease) for _ in range(2)))
    assert ends == ["done", "Ce bail est déjà activé."]
    assert Occupancy.objects.count() == 1


def test_the_end_of_the_last_who_is_bound_is_asked_about():
    lease = make_lease(household=make_household(adults=2))
    holder = lease.parties.get()
    with pytest.raises(Asked, match="Personne ne sera tenu") as asked:
        end_party(actor=SYSTEM, party=holder, last_day=date(2026, 5, 31))
    assert (asked.value.field, asked.value.code) == ("because", "nobody_bound")
    guarantor = Person.objects.create(last_name="Roche", first_name="Ali")
    add_party(actor=SYSTEM, lease=lease, person=guarantor, role="GUARANTOR")
    with pytest.raises(Asked, match="Personne ne sera tenu"):
        end_party(actor=SYSTEM, party=holder, last_day=date(2026, 5, 31))
    end_party(actor=SYSTEM, party=holder, last_day=date(2026, 5, 31), answers=ANYWAY)
    second = lease.household.memberships.order_by("id")[1].person
    assert add_party(actor=SYSTEM, lease=lease, person=second, role="HOLDER", from_day=date(2026, 6, 1))
