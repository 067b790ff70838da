"""For whom a request is opened: who must not know where somebody lives learns it from no request, from no refusal."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import InvalidInput
from leases.models import Household, Lease, Person
from maintenance.models import Ticket, WeakSignal
from maintenance.rounds.queries import job_of
from maintenance.tickets.services import tickets as services
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from tests.api import Api
from tests.factories import make_let, make_user

pytestmark = pytest.mark.django_db

KNOW_NOT = [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER]


@pytest.fixture
def secret() -> Lease:
    lease = make_let(name="Mme Jeanne Hernandez")
    Person.objects.filter(memberships__household=lease.household).update(is_address_protected=True)
    return lease


def opened(user: User, **given: Any) -> Ticket:
    given = {"dwelling": None, "household": None} | given
    return services.open_ticket(trade="", problem="LEAK", actor=Actor.of(user), request_key=uuid4(), **given)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", KNOW_NOT)
def test_a_request_by_the_dwelling_is_no_way_to_who_lives_there_protected(secret: Lease, role: Role) -> None:
    user = make_user(role=role)
    made = opened(user, dwelling=secret.unit.dwelling)
    assert made.household is None
    found = client_of(user).get(reverse("maintenance:tickets"), {"etat": "toutes", "q": "hernandez"})
    assert list(found.context["page"]) == []
    assert Api(user).get("/tickets", q="hernandez", state="all")["items"] == []
    # The dwelling is not empty, and says no more.
    page = client_of(user).get(reverse("maintenance:ticket", args=[made.pk])).content.decode()
    assert "Occupant non précisé" in page
    assert "Logement vide" not in page


@pytest.mark.parametrize("role", KNOW_NOT)
def test_who_names_both_learns_nothing_of_whether_they_belong_together(secret: Lease, role: Role) -> None:
    user, elsewhere = make_user(role=role), make_let()
    said = set()
    for dwelling in (secret.unit.dwelling, elsewhere.unit.dwelling):
        with pytest.raises(InvalidInput) as refusal:
            opened(user, dwelling=dwelling, household=secret.household)
        said.add((refusal.value.message, refusal.value.field))
        Api(user).refused(
            "/tickets",
            {"dwelling_id": dwelling.pk, "household_id": secret.household_id, "trade": "PLUMBING", "title": "x"},
            status=422, code="invalid",
        )  # fmt: skip
    assert len(said) == 1
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("role", KNOW_NOT)
def test_by_the_household_its_request_is_opened_and_its_dwelling_is_not_told(secret: Lease, role: Role) -> None:
    user = make_user(role=role)
    assert opened(user, household=secret.household).dwelling == secret.unit.dwelling
    shown = Api(user).post(
        "/tickets", {"household_id": secret.household_id, "trade": "PLUMBING", "title": "Fuite"}, status=201
    )
    assert (shown["dwelling"], shown["household"]) == (None, None)
    # On the page too, whatever is chosen there: « Aucun » would show the dwelling.
    page = reverse("maintenance:ticket_new") + f"?menage={secret.household_id}"
    for chosen in ("", str(secret.household_id)):
        sent = {"problem": "TAP", "request_key": uuid4(), "source": "DESK", "household": chosen}
        text = client_of(user).post(page, sent, follow=True).content.decode()
        assert secret.unit.dwelling.reference not in text
        assert secret.unit.dwelling.building.street not in text
    assert Ticket.objects.filter(household=secret.household, dwelling=secret.unit.dwelling).count() == 4


def test_who_is_in_charge_names_the_dwelling_or_the_household(secret: Lease) -> None:
    boss, head = make_user(role=Role.RENTAL_MANAGER), make_user(role=Role.HEAD_OF_SOCIAL)
    Household.objects.filter(pk=secret.household_id).update(manager=boss)
    secret.refresh_from_db()
    for user in (boss, head):
        for given in (
            {"dwelling": secret.unit.dwelling},
            {"household": secret.household},
            {"dwelling": secret.unit.dwelling, "household": secret.household},
        ):
            assert opened(user, **given).household == secret.household


@pytest.mark.parametrize("role", [*KNOW_NOT, Role.HEAD_OF_SOCIAL])
def test_nobody_has_a_request_where_he_does_not_live(role: Role) -> None:
    user, home, elsewhere = make_user(role=role), make_let(name="Mme Awa Diop"), make_let()
    with pytest.raises(InvalidInput, match="n’habite pas ce logement") as refusal:
        opened(user, dwelling=elsewhere.unit.dwelling, household=home.household)
    assert refusal.value.field == "household"
    Api(user).refused(
        "/tickets",
        {"dwelling_id": elsewhere.unit.dwelling_id, "household_id": home.household_id, "trade": "OTHER", "title": "x"},
        status=422, code="invalid",
    )  # fmt: skip
    assert not Ticket.objects.exists()


def test_without_a_home_the_dwelling_is_asked_for() -> None:
    user, gone = make_user(), make_let(start=clock.today().replace(year=2025), end=clock.today().replace(month=10))
    with pytest.raises(InvalidInput, match="n’a pas de logement aujourd’hui") as refusal:
        opened(user, household=gone.household)
    assert refusal.value.field == "dwelling"
    with pytest.raises(InvalidInput, match="Choisissez le logement"):
        opened(user)


def test_who_works_there_reads_that_somebody_lives_there_and_may_signal(secret: Lease) -> None:
    """The signal is about who lives there; the technician is told no name."""
    yann = make_user(role=Role.TECHNICIAN)
    ticket = opened(make_user(), dwelling=secret.unit.dwelling)
    services.plan(ticket=ticket, on=clock.today(), to=yann, actor=Actor.of(make_user()))
    job = job_of(ticket.pk, Actor.of(yann))
    assert job is not None
    assert (job.who, job.has_occupant) == ("Occupant non précisé", True)
    page = client_of(yann).get(reverse("maintenance:job", args=[ticket.pk])).content.decode()
    assert "J’ai vu quelque chose" in page
    client_of(yann).post(
        reverse("maintenance:job_signal", args=[ticket.pk]), {"kind": "DANGER", "request_key": uuid4()}
    )
    assert WeakSignal.objects.get().household == secret.household
    assert "Hernandez" not in client_of(yann).get(reverse("maintenance:job", args=[ticket.pk])).content.decode()
