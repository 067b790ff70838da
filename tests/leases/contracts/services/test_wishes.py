"""What a tenant asks for his papers."""

from datetime import date

import pytest

from common.errors import InvalidInput
from leases.contracts.codes import WishKind
from leases.contracts.queries import email_addresses, wanting
from leases.contracts.services.parties import add_party, end_party
from leases.contracts.services.wishes import record_wish, withdraw_wish
from leases.models import Lease, PaperWish, Person
from office.access.actor import Actor
from tests.factories import make_actor, make_lease

pytestmark = pytest.mark.django_db
EXPRESS = "Clause signée au bail"


def holder(lease: Lease, email: str = "sarr@menage.example") -> Person:
    person = lease.parties.get(role="HOLDER").person
    person.email = email
    person.save(update_fields=["email"])
    return person


def agreed(lease: Lease, *, actor: Actor | None = None, **given: object) -> PaperWish:
    facts = {"kind": WishKind.EMAIL, "person": holder(lease), "proof": EXPRESS} | given
    return record_wish(actor=actor or make_actor(), lease=lease, **facts)  # type: ignore[arg-type]


def test_an_agreement_says_who_gave_it_when_and_who_took_it() -> None:
    lease, manager = make_lease(), make_actor()
    wish = agreed(lease, actor=manager, given_on=date(2026, 11, 2))
    assert (wish.person.email, wish.given_on, wish.proof, wish.taken_by_id) == (
        "sarr@menage.example", date(2026, 11, 2), EXPRESS, manager.user_id,
    )  # fmt: skip
    assert email_addresses([lease.pk]) == {lease.pk: "sarr@menage.example"}


def test_asked_again_it_is_the_same_and_by_another_it_is_refused() -> None:
    lease = make_lease()
    wish = agreed(lease)
    assert agreed(lease) == wish
    other = Person.objects.create(first_name="Awa", last_name="Sarr", email="awa@menage.example")
    add_party(actor=Actor.system(), lease=lease, person=other, role="CO_HOLDER")
    with pytest.raises(InvalidInput, match="déjà notée"):
        agreed(lease, person=other)


def test_withdrawn_the_papers_are_letters_again_and_the_row_stays() -> None:
    lease, manager = make_lease(), make_actor()
    wish = withdraw_wish(actor=manager, wish=agreed(lease))
    assert (wish.withdrawn_by_id, email_addresses([lease.pk])) == (manager.user_id, {})
    assert withdraw_wish(actor=make_actor(), wish=wish).withdrawn_by_id == manager.user_id
    assert agreed(lease).pk != wish.pk


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"proof": "  "}, "exprès"),
        ({"given_on": date(2026, 11, 6)}, "pas encore venu"),
    ],
)
def test_what_is_no_agreement_is_refused(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        agreed(make_lease(), **given)


def test_only_who_owes_the_rent_asks_and_only_where_an_email_arrives() -> None:
    lease = make_lease()
    stranger = Person.objects.create(first_name="Awa", last_name="Sarr", email="awa@menage.example")
    with pytest.raises(InvalidInput, match="doit le loyer"):
        agreed(lease, person=stranger)
    with pytest.raises(InvalidInput, match="pas d’adresse"):
        agreed(lease, person=holder(lease, email=""))


def test_who_left_the_contract_speaks_for_it_no_more() -> None:
    lease = make_lease()
    other = Person.objects.create(first_name="Awa", last_name="Sarr", email="awa@menage.example")
    party = add_party(actor=Actor.system(), lease=lease, person=other, role="CO_HOLDER")
    agreed(lease, person=other)
    assert email_addresses([lease.pk]) == {lease.pk: "awa@menage.example"}
    end_party(actor=Actor.system(), party=party, last_day=date(2026, 11, 3))
    assert email_addresses([lease.pk]) == {}


def test_a_quittance_each_month_needs_no_email() -> None:
    lease = make_lease()
    record_wish(actor=make_actor(), lease=lease, kind=WishKind.MONTHLY_RECEIPT, person=holder(lease, email=""))
    assert set(wanting(WishKind.MONTHLY_RECEIPT, [lease.pk])) == {lease.pk}
    assert email_addresses([lease.pk]) == {}
