"""Points are ticked and taken back, furniture is listed with its money, and what stays open is a task."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AidScheme, Task
from office.tasks.codes import TaskState
from rent_ledger.models import AidFile, AidFileStep
from social_link.settling import services
from social_link.settling.codes import SettlingStep
from social_link.settling.models import FurnitureItem, SettlingTick
from social_link.settling.queries import settling_of
from tests.factories import make_household, make_let, make_organisation, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let(start=date(2026, 10, 1), name="Mme Fatou Sarr").household


@pytest.fixture
def worker(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def scheme() -> AidScheme:
    return AidScheme.objects.create(
        organisation=make_organisation(name="FSL"), name="FSL accès", needs=["OTHER"], gives="BOTH",
        from_day=date(2026, 1, 1), source="x",
    )  # fmt: skip


def tasks(household: Household) -> list[str]:
    return list(Task.objects.filter(kind="SETTLING", household_id=household.pk).values_list("state", flat=True))


def test_a_point_is_settled_once_corrected_and_taken_back(household: Household, worker: Actor) -> None:
    first = services.tick(household=household, step="ENERGY", on=date(2026, 10, 3), actor=worker)
    assert services.tick(household=household, step="ENERGY", on=date(2026, 10, 3), actor=worker) == first
    services.tick(household=household, step="ENERGY", on=TODAY, needless=True, actor=worker)
    for _ in range(2):
        services.untick(household=household, step="ENERGY", actor=worker)
    assert not SettlingTick.objects.exists()
    for _ in range(2):
        services.tick_again(household=household, step="ENERGY", actor=worker)
    row = SettlingTick.objects.get()
    assert (row.pk, row.on, row.is_needless) == (first.pk, TODAY, True)


def test_what_stays_open_after_a_month_is_a_task_of_the_referent(household: Household, worker: Actor) -> None:
    services.tick(household=household, step="ENERGY", on=TODAY, actor=worker)
    assert Task.objects.get(kind="SETTLING").assignee_id == worker.user_id
    for step in SettlingStep.values:
        services.tick(household=household, step=step, on=TODAY, actor=worker)
    assert tasks(household) == [TaskState.DONE]
    services.untick(household=household, step="MAIL", actor=worker)
    assert TaskState.TODO in tasks(household)


def test_within_its_first_month_nothing_is_asked(worker: Actor) -> None:
    late = make_let(start=date(2026, 10, 20)).household
    make_referent(household=late, user=worker.user)
    services.tick(household=late, step="ENERGY", on=TODAY, actor=worker)
    assert tasks(late) == []


def test_refusals(household: Household, worker: Actor, scheme: AidScheme) -> None:
    with pytest.raises(InvalidInput, match="jour passé"):
        services.tick(household=household, step="ENERGY", on=date(2026, 11, 6), actor=worker)
    with pytest.raises(NotAllowed, match="ne suivez pas"):
        services.tick(household=household, step="ENERGY", on=TODAY, actor=Actor.of(make_user(role=Role.SOCIAL_WORKER)))
    nowhere = make_household()
    make_referent(household=nowhere, user=worker.user)
    with pytest.raises(Conflict, match="pas de logement"):
        services.tick(household=nowhere, step="ENERGY", on=TODAY, actor=worker)
    with pytest.raises(InvalidInput, match="à quelle aide"):
        services.write_furniture(household=household, kind="BED", asked=Decimal(200), asked_on=TODAY, actor=worker)
    with pytest.raises(InvalidInput, match="arrive après"):
        services.write_furniture(
            household=household, kind="BED", scheme=scheme, asked=Decimal(200), asked_on=TODAY,
            received_on=date(2026, 11, 4), actor=worker,
        )  # fmt: skip
    file = AidFile.objects.create(household=nowhere, scheme=scheme, need="OTHER", opened_on=TODAY)
    with pytest.raises(InvalidInput, match="de ce ménage"):
        services.write_furniture(household=household, kind="BED", aid_file=file, actor=worker)


def test_furniture_counts_its_own_money_and_a_file_once(household: Household, worker: Actor, scheme: AidScheme) -> None:
    file = AidFile.objects.create(household=household, scheme=scheme, need="OTHER", opened_on=TODAY, asked=500)
    AidFileStep.objects.create(file=file, kind="GRANTED", on=TODAY, grant=450, loan=0)
    given = {"scheme": scheme, "asked": Decimal(120), "asked_on": TODAY, "obtained": Decimal(90)}
    bed = services.write_furniture(household=household, kind="BED", quantity=2, actor=worker, **given)
    assert services.write_furniture(household=household, kind="BED", quantity=2, actor=worker, **given) == bed
    for kind in ("FRIDGE", "HOB"):
        services.write_furniture(household=household, kind=kind, aid_file=file, actor=worker)
    found = settling_of(household, TODAY)
    assert found is not None
    assert (found.asked, found.obtained, found.to_come) == (Decimal(620), Decimal(540), 4)
    services.remove_furniture(household=household, item_id=bed.pk, actor=worker)
    services.bring_back_furniture(household=household, item_id=bed.pk, actor=worker)
    assert FurnitureItem.objects.get(pk=bed.pk).obtained == Decimal(90)
    AidFileStep.objects.all().delete()
    file.delete()  # taken back by who follows it: the furniture stays
    found = settling_of(household, TODAY)
    assert found is not None
    assert (found.asked, len(found.furniture)) == (Decimal(120), 3)


def test_the_page_settles_in_one_tap_and_the_household_shows_it(household: Household, worker: Actor) -> None:
    client: Client = signed_in(worker.user)
    page = reverse("social_link:settling", args=[household.pk])
    sent = client.post(reverse("social_link:settling_step", args=[household.pk, "WATER", "fait"]), {"on": "05/11/2026"})
    assert sent.status_code == 302
    assert "1 point réglé sur 9" in plain(client.get(page))
    assert "le 5 nov. 2026" in plain(client.get(page))
    shown = plain(client.get(reverse("desk:household_social", args=[household.pk])))
    assert "1 sur 9" in shown
    bad = client.post(reverse("social_link:settling_step", args=[household.pk, "MAIL", "fait"]), {"on": "40/11/2026"})
    assert bad.status_code == 422
    manager = signed_in(make_user(role=Role.RENTAL_MANAGER))
    assert manager.get(page).status_code == 403
    assert "Installation" not in plain(manager.get(reverse("desk:household_social", args=[household.pk])))
