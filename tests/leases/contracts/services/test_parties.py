"""Who is bound by a contract, typed by mistake and taken back."""

from datetime import date, timedelta

import pytest

from common import clock
from common.errors import Conflict
from leases.contracts.services.parties import add_party, bind_again, end_party, remove_party
from leases.models import LeaseParty, Person
from office.access.actor import Actor
from tests.factories import ANYWAY, make_let

SYSTEM = Actor.system()
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-20")]


def person(name: str = "Diop") -> Person:
    return Person.objects.create(civility="MME", first_name="Awa", last_name=name)


def test_who_was_added_by_mistake_is_taken_out_and_the_history_keeps_it():
    lease = make_let()
    party = add_party(actor=SYSTEM, lease=lease, person=person(), role="GUARANTOR")
    pk = party.pk
    remove_party(actor=SYSTEM, party=LeaseParty.objects.get(pk=pk))
    assert not LeaseParty.objects.filter(pk=pk).exists()
    events = LeaseParty.pgh_event_models["insert"].objects.filter(pgh_obj_id=pk)
    assert [event.pgh_label for event in events.order_by("pgh_id")] == ["insert", "delete"]
    remove_party(actor=SYSTEM, party=party_of(pk, lease))  # again: nothing


def party_of(pk: int, lease) -> LeaseParty:
    return LeaseParty(pk=pk, lease=lease)


def test_the_only_one_who_owes_is_not_taken_out():
    lease = make_let()
    holder = lease.parties.get()
    with pytest.raises(Conflict, match="personne ne serait tenu") as refused:
        remove_party(actor=SYSTEM, party=holder)
    assert refused.value.code == "in_use"


def test_after_a_month_an_end_is_noted_instead():
    lease = make_let()
    party = add_party(actor=SYSTEM, lease=lease, person=person(), role="CO_HOLDER")
    with clock.travel(clock.now() + timedelta(days=40)), pytest.raises(Conflict, match="notez la fin") as refused:
        remove_party(actor=SYSTEM, party=party)
    assert refused.value.code == "too_late"


@pytest.mark.parametrize("end", [None, date(2027, 6, 30)])
def test_an_end_by_mistake_is_taken_back(end):
    lease = make_let()
    party = add_party(actor=SYSTEM, lease=lease, person=person(), role="CO_HOLDER", last_day=end)
    before = party.period
    end_party(actor=SYSTEM, party=party, last_day=date(2026, 11, 10))
    assert bind_again(actor=SYSTEM, party=party).period == before
    party.refresh_from_db()
    assert party.period == before
    # An end that was moved twice goes back to what was before the last move.
    assert bind_again(actor=SYSTEM, party=party).period.lower == before.lower


def test_another_holder_since_refuses_it_in_words():
    lease = make_let()
    holder = lease.parties.get()
    end_party(actor=SYSTEM, party=holder, last_day=date(2026, 11, 10), answers=ANYWAY)
    heir = person("Sow")
    add_party(actor=SYSTEM, lease=lease, person=heir, role="HOLDER", from_day=date(2026, 11, 11))
    with pytest.raises(Exception, match="déjà un titulaire"):
        bind_again(actor=SYSTEM, party=holder)
    holder.refresh_from_db()
    assert holder.period.upper == date(2026, 11, 11)
