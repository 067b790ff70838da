"""Measures on screen: own ones, their bounds, opening and closing; totals for the director."""

from datetime import date

import pytest
from django.urls import reverse

from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.measures.services.measures import open_measure
from social_link.models import Measure, Referent
from tests.factories import make_let, make_referent, make_user
from tests.pages import signed_in, words
from tests.pages import text as page_text

pytestmark = pytest.mark.django_db


def make_measure(*, household: Household | None = None, end: date = date(2026, 11, 14)) -> tuple[Measure, User]:
    household = household or make_let().household
    referent = make_referent(household=household)
    measure = open_measure(
        household=household, kind="ASLL", start=date(2026, 5, 15), planned_end=end, referent=referent,
        actor=Actor.of(referent),
    )  # fmt: skip
    return measure, referent


def test_the_list_of_own_measures() -> None:
    mine, referent = make_measure()
    make_measure()
    client = signed_in(referent)
    page = client.get(reverse("social_link:measures"))
    assert [m.pk for m in page.context["page"]] == [mine.pk]
    assert [m.pk for m in client.get(reverse("social_link:measures"), {"etat": "finissent"}).context["page"]] == [
        mine.pk
    ]
    assert not client.get(reverse("social_link:measures"), {"etat": "terminees"}).context["page"].object_list
    assert not client.get(reverse("social_link:measures"), {"mesure": "IML"}).context["page"].object_list
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    assert len(head.get(reverse("social_link:measures")).context["page"]) == 2


@pytest.mark.parametrize("count", [2, 10])
def test_the_list_costs_a_constant_number_of_queries(count: int, django_assert_max_num_queries) -> None:
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    for _ in range(count):
        make_measure()
    with django_assert_max_num_queries(14):
        assert head.get(reverse("social_link:measures")).status_code == 200


def test_the_page_shows_where_it_stands() -> None:
    measure, referent = make_measure()
    text = page_text(signed_in(referent).get(reverse("social_link:measure", args=[measure.pk])))
    assert "5 mois faits" in text.replace("\u00a0", " ")
    assert "Finit bientôt" in text
    assert "3 à 6 mois par contrat, 24 mois au plus en tout" in text


@pytest.mark.parametrize(
    ("kind", "label", "said", "never"),
    [
        ("T1", "Horizon de sortie", "à régulariser depuis le 31", "à revoir"),
        ("T2", "Revue", "à revoir depuis le 31", "régulariser depuis"),
        ("SIMPLE", "Fin prévue", "à régulariser depuis le 31", "à revoir"),
    ],
)
def test_the_term_of_type_1_is_an_exit_in_view_and_that_of_type_2_a_review(
    kind: str, label: str, said: str, never: str
) -> None:
    """S0-05: type 1 has an exit horizon, type 2 has a review date and no exit alarm."""
    household = make_let().household
    referent = make_referent(household=household)
    measure = open_measure(
        household=household, kind=kind, start=date(2026, 1, 1), planned_end=date(2026, 10, 31), referent=referent,
        actor=Actor.of(referent),
    )  # fmt: skip
    client = signed_in(referent)
    page = page_text(client.get(reverse("social_link:measure", args=[measure.pk])))
    assert label in page
    assert ("La revue était prévue" in page) is (kind == "T2")
    listed = page_text(client.get(reverse("social_link:measures"), {"etat": "finissent"})).replace("\u00a0", " ")
    assert said in listed
    assert never not in listed
    shown = client.get(reverse("desk:household_social", args=[household.pk])).content.decode()
    assert ("à revoir" in shown) is (kind == "T2")


def test_open_out_of_bounds_then_within() -> None:
    household = make_let().household
    referent = make_referent(household=household)
    client = signed_in(referent)
    address = reverse("social_link:measure_new", args=[household.pk])
    sent = {"kind": "ASLL", "start": "05/11/2026", "referent": referent.pk, "is_lead": "on"}
    unanswered = client.post(address, sent | {"planned_end": "04/05/2027"})
    assert "Dites si le ménage est dans un de ces cas" in unanswered.content.decode()
    shown = page_text(unanswered)
    assert "reste 24 mois" in shown
    assert "accord préalable d’abord" in shown
    sent |= {"exclusions": "aucune"}
    refused = client.post(address, sent | {"planned_end": "05/12/2026"})
    assert refused.status_code == 422
    assert "3 mois au moins" in refused.content.decode()
    assert client.post(address, sent | {"planned_end": "04/05/2027", "aims": ["MOON"]}).status_code == 422
    made = client.post(address, sent | {"planned_end": "04/05/2027", "aims": ["FITTING", "INSERT"]})
    assert made.url == reverse("social_link:measure", args=[Measure.objects.get().pk])
    aims = "Buts Insertion durable dans le logement, Un logement décent, adapté au budget"
    assert aims in words(client.get(made.url))
    second = client.post(address, sent | {"kind": "SIMPLE", "planned_end": "04/05/2027"})
    assert second.status_code == 422
    assert "déjà un accompagnement principal" in second.content.decode()


def test_close() -> None:
    measure, referent = make_measure()
    client = signed_in(referent)
    address = reverse("social_link:measure_close", args=[measure.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"on": "30/11/2026", "reason": "GOALS"}).status_code == 422
    client.post(address, {"on": "31/10/2026", "reason": "GOALS"})
    measure.refresh_from_db()
    assert (measure.ended_on, measure.end_reason) == (date(2026, 10, 31), "GOALS")
    page = client.get(reverse("social_link:measure", args=[measure.pk])).content.decode()
    assert "Terminée" in page
    assert "Clore…" not in page


def test_the_measure_of_another_does_not_exist() -> None:
    measure, _ = make_measure()
    stranger = signed_in(make_user(role=Role.SOCIAL_WORKER))
    for name in ("measure", "measure_close"):
        assert stranger.get(reverse(f"social_link:{name}", args=[measure.pk])).status_code == 404
    assert stranger.get(reverse("social_link:measure_new", args=[measure.household_id])).status_code == 404


def test_a_director_sees_totals_without_names() -> None:
    measure, _ = make_measure()
    director = signed_in(make_user(role=Role.DIRECTOR))
    text = director.get(reverse("social_link:measures")).content.decode()
    assert "ASLL" in text
    assert measure.household.name not in text
    assert director.get(reverse("social_link:measure", args=[measure.pk])).status_code == 403


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR])
def test_who_has_no_page(role: str) -> None:
    measure, _ = make_measure()
    client = signed_in(make_user(role=role))
    assert client.get(reverse("social_link:measures")).status_code == 403
    for name in ("measure", "measure_close"):
        assert client.get(reverse(f"social_link:{name}", args=[measure.pk])).status_code == 403
    for name in ("measure_new", "referent"):
        assert client.get(reverse(f"social_link:{name}", args=[measure.household_id])).status_code == 403


def test_the_head_names_a_referent() -> None:
    household = make_let().household
    worker, head = make_user(role=Role.SOCIAL_WORKER), signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address = reverse("social_link:referent", args=[household.pk])
    assert "Personne encore" in head.get(address).content.decode()
    text = head.post(address, {"user": worker.pk, "from_day": "05/11/2026"}, follow=True).content.decode()
    assert f"{worker} accompagne" in text
    assert Referent.objects.get().user == worker
    outsider = make_user(role=Role.TECHNICIAN)
    assert head.post(address, {"user": outsider.pk, "from_day": "05/11/2026"}).status_code == 422
    assert signed_in(worker).get(address).status_code == 403


def test_the_head_ends_what_a_referent_does() -> None:
    household = make_let().household
    worker = make_referent(household=household)
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address, back = (reverse(f"social_link:{name}", args=[household.pk]) for name in ("referent_end", "referent"))
    assert address in head.get(back).content.decode()
    assert "iront au responsable" in head.get(address).content.decode()
    began = Referent.objects.get().period.lower
    assert head.post(address, {"on": f"{began:%d/%m/%Y}"}).status_code == 422
    text = head.post(address, {"on": "05/11/2026"}, follow=True).content.decode()
    assert "Plus personne n’accompagne" in text
    assert address not in text
    assert Referent.objects.get().period.upper == date(2026, 11, 5)
    assert signed_in(worker).get(address).status_code == 403


def test_who_accompanied_until_when_is_said_by_the_last_day() -> None:
    household = make_let().household
    before = make_user(role=Role.SOCIAL_WORKER, first_name="Paul", last_name="Renard")
    Referent.objects.create(household=household, user=before, period=period(date(2025, 1, 2), date(2026, 3, 3)))
    make_referent(household=household, from_day=date(2026, 3, 3))
    page = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(reverse("social_link:referent", args=[household.pk]))
    shown = page.content.decode().replace("\u00a0", " ")
    assert "du 2 janv. 2025 au 2 mars 2026" in shown
    assert "depuis le 3 mars 2026" in shown


def test_a_measure_to_come_is_moved_given_withdrawn_and_brought_back() -> None:
    household = make_let().household
    referent = make_referent(household=household)
    measure = open_measure(
        household=household, kind="SIMPLE", start=date(2026, 12, 1), planned_end=date(2027, 5, 31), referent=referent,
        actor=Actor.of(referent),
    )  # fmt: skip
    client = signed_in(referent)

    def address(name: str) -> str:
        return reverse(f"social_link:measure_{name}", args=[measure.pk])

    page = client.get(reverse("social_link:measure", args=[measure.pk])).content.decode()
    assert address("close") not in page
    for name in ("move", "give", "withdraw"):
        assert address(name) in page
    moved = client.post(address("move"), {"start": "15/11/2026", "planned_end": "14/05/2027"})
    assert moved.status_code == 302
    measure.refresh_from_db()
    assert measure.period.lower == date(2026, 11, 15)
    assert client.post(address("move"), {"start": "15/11/2026", "planned_end": "14/11/2026"}).status_code == 422
    listed = client.post(address("withdraw"), follow=True).content.decode()
    assert address("back") in listed
    assert not Measure.objects.exists()
    assert address("back") not in client.get(reverse("social_link:measures")).content.decode()
    assert client.post(address("back")).status_code == 302
    assert Measure.objects.get() == measure
    other = make_user(role=Role.SOCIAL_WORKER)
    assert client.post(address("give"), {"to": other.pk}, follow=True).status_code == 200
    assert Measure.objects.get().referent == other
    stranger = signed_in(make_user(role=Role.SOCIAL_WORKER))
    for name in ("move", "give", "withdraw", "back"):
        assert stranger.post(address(name), {}).status_code == 404
    signed_in(other).post(address("withdraw"))
    assert stranger.post(address("back")).status_code == 404
    assert not Measure.objects.exists()


def test_the_months_stop_at_the_term() -> None:
    household = make_let().household
    referent = make_referent(household=household)
    measure = open_measure(
        household=household, kind="IML", start=date(2025, 10, 1), planned_end=date(2026, 9, 30), referent=referent,
        agreed_on=date(2025, 9, 1), actor=Actor.of(referent),
    )  # fmt: skip
    client, close = signed_in(referent), reverse("social_link:measure_close", args=[measure.pk])
    refused = client.post(close, {"on": "05/11/2026", "reason": "GOALS"})
    assert refused.status_code == 422
    assert "au plus tard à son terme, le 30/09/2026" in refused.content.decode()
    page = page_text(client.post(close, {"on": "30/09/2026", "reason": "GOALS"}, follow=True))
    assert "12 mois faits" in page.replace("\u00a0", " ")


def test_a_measure_is_renewed_decided_and_changes_its_type_on_screen() -> None:
    measure, referent = make_measure()
    client = signed_in(referent)
    page, renew = (reverse(f"social_link:{name}", args=[measure.pk]) for name in ("measure", "measure_renew"))
    assert renew in client.get(page).content.decode()
    assert "Service instructeur" in client.get(renew).content.decode()
    sent = {"last": "14/05/2027", "proposed_by": "INSTRUCT", "proposed_on": "05/11/2026", "progress": "ON_WAY"}
    assert client.post(renew, sent | {"last": "14/12/2026"}).status_code == 422
    assert "attend" not in page_text(client.post(renew, sent, follow=True))
    renewal = measure.renewals.get()
    decide, back = (reverse(f"social_link:{name}", args=[renewal.pk]) for name in ("renewal_decide", "renewal_back"))
    shown = client.get(page).content.decode()
    assert decide in shown
    assert reverse("social_link:measure_withdraw", args=[measure.pk]) not in shown
    told = page_text(client.post(decide, {"decision": "GRANTED", "decided_on": "05/11/2026"}, follow=True))
    assert "renouvelée jusqu’au 14 mai 2027" in told.replace("\u00a0", " ")
    assert "premier contrat" in told
    client.post(decide, {"signed_on": "05/11/2026"})
    assert measure.renewals.get().signed_on == date(2026, 11, 5)
    stranger = signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert stranger.get(decide).status_code == stranger.post(back).status_code == 404
    client.post(back)
    assert not measure.renewals.exists()
    simple = open_measure(
        household=measure.household, kind="SIMPLE", start=date(2026, 10, 1), planned_end=date(2027, 3, 31),
        referent=referent, is_lead=False, actor=Actor.of(referent),
    )  # fmt: skip
    kind = reverse("social_link:measure_kind", args=[simple.pk])
    listed = client.post(kind, {"kind": "RENF", "from_day": "05/11/2026"}, follow=True).content.decode()
    undo = reverse("social_link:kind_back", args=[simple.pk, simple.formers.get().pk])
    assert undo in listed
    client.post(undo)
    simple.refresh_from_db()
    assert simple.kind == "SIMPLE"
