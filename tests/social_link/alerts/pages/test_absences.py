"""« Absence de …, du … au … » : what will move is shown before, and what was done is taken back."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.contacts.services import plan_contact
from social_link.models import Absence, Alert, Referent, StandIn
from tests.factories import make_alert, make_let, make_referent, make_user
from tests.pages import signed_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]
NEW = "social_link:absence_new"


@pytest.fixture
def malo() -> User:
    """He has two households, an alert and a visit."""
    user = make_user(role=Role.SOCIAL_WORKER, first_name="Malo", last_name="Riou")
    for name in ("Mme Awa Sarr", "M. Jean Petit"):
        make_referent(household=make_let(name=name).household, user=user)
    household = user.caseload.get(household__name="Mme Awa Sarr").household
    make_alert(household=household, to=user)
    plan_contact(household=household, kind="VISIT", day=date(2026, 11, 10), request_key=uuid4(), actor=Actor.of(user))
    return user


@pytest.fixture
def camille() -> User:
    return make_user(role=Role.SOCIAL_WORKER, first_name="Camille", last_name="Ferrand")


@pytest.fixture
def head() -> User:
    return make_user(role=Role.HEAD_OF_SOCIAL)


def said(response: object) -> str:
    return text(response).replace("\u00a0", " ")


def test_what_will_move_is_shown(malo: User, head: User) -> None:
    page = said(signed_in(head).get(reverse(NEW), {"user": malo.pk}))
    assert "2 ménages" in page
    assert "1 alerte ouverte" in page
    assert "1 visite prévue" in page
    assert "M. Jean Petit" in page


def test_what_moves_is_of_the_chosen_days(malo: User, head: User) -> None:
    """Today's figures were shown for an absence of next month."""
    Referent.objects.filter(household__name="M. Jean Petit").update(period=period(date(2026, 1, 1), date(2026, 11, 20)))
    client = signed_in(head)

    def carried(**days: str) -> tuple[int, int, int]:
        found = client.get(reverse(NEW), {"user": malo.pk, **days}).context["carried"]
        return len(found.households), len(found.visits), found.kept

    assert carried(first="09/11/2026", last="10/11/2026") == (2, 1, 0)
    assert carried(first="11/11/2026", last="13/11/2026") == (2, 0, 1)
    assert carried(first="23/11/2026", last="27/11/2026") == (1, 0, 1)
    # What can't be read, or can't be, is as if nothing was typed.
    for days in ({"first": "demain"}, {"first": "01/11/2026"}, {"first": "09/11/2026", "last": "06/11/2026"}):
        assert carried(**days) == (2, 1, 0)
    page = client.get(reverse(NEW), {"user": malo.pk, "first": "11/11/2026", "last": "13/11/2026"})
    assert "1 visite d’un autre jour reste la sienne" in said(page)
    assert 'value="13/11/2026"' in page.content.decode()


def test_it_is_given_taken_back_and_resumed(malo: User, camille: User, head: User) -> None:
    client, other = signed_in(head), make_user(role=Role.SOCIAL_WORKER)
    petit = malo.caseload.get(household__name="M. Jean Petit").household
    sent = {
        "user": malo.pk, "first": "05/11/2026", "last": "13/11/2026", "stand_in": camille.pk,
        f"menage_{petit.pk}": other.pk,
    }  # fmt: skip
    page = said(client.post(reverse(NEW), sent, follow=True))
    assert "Passent aujourd’hui : 1 alerte, 1 visite prévue." in page
    assert "Terminer l’absence" in page
    assert StandIn.objects.get().user == other
    assert Alert.objects.get().assignee == camille
    pk = Absence.objects.get().pk
    page = said(client.post(reverse("social_link:absence_end", args=[pk]), follow=True))
    assert "Lui reviennent aujourd’hui : 1 alerte, 1 visite prévue." in page
    assert "Personne n’est absent" in page
    assert Alert.objects.get().assignee == malo
    client.post(reverse("social_link:absence_resume", args=[pk]))
    assert Alert.objects.get().assignee == camille


def test_what_is_refused_stands_at_its_field(malo: User, head: User) -> None:
    sent = {"user": malo.pk, "first": "05/11/2026", "last": "13/11/2026", "stand_in": malo.pk}
    answer = signed_in(head).post(reverse(NEW), sent)
    assert answer.status_code == 422
    assert "ne peut pas se remplacer" in answer.context["form"].errors["stand_in"][0]


def test_homes_say_who_stands_in(malo: User, camille: User, head: User) -> None:
    sent = {"user": malo.pk, "first": "05/11/2026", "last": "13/11/2026", "stand_in": camille.pk}
    signed_in(head).post(reverse(NEW), sent)
    assert "Vous remplacez Malo Riou" in said(signed_in(camille).get(reverse("desk:home")))
    assert "Camille Ferrand vous remplace" in said(signed_in(malo).get(reverse("desk:home")))
    assert reverse("social_link:absences") in signed_in(head).get(reverse("desk:home")).content.decode()


def test_the_household_says_who_follows_it_meanwhile(malo: User, camille: User, head: User) -> None:
    sarr, petit = (malo.caseload.get(household__name=name).household for name in ("Mme Awa Sarr", "M. Jean Petit"))
    sent = {
        "user": malo.pk, "first": "05/11/2026", "last": "13/11/2026", "stand_in": camille.pk,
        f"menage_{petit.pk}": head.pk,
    }  # fmt: skip
    page = reverse("desk:household_social", args=[sarr.pk])
    assert "pendant son absence" not in said(signed_in(head).get(page))
    signed_in(head).post(reverse(NEW), sent)
    words = "Suivi pendant son absence par {}, jusqu’au 13 nov. 2026"
    assert words.format("Camille Ferrand") in said(signed_in(camille).get(page))
    other = reverse("desk:household_social", args=[petit.pk])
    assert words.format(head.get_full_name()) in said(signed_in(malo).get(other))
    User.objects.filter(pk=camille.pk).update(is_active=False)
    assert "Absence jusqu’au 13 nov. 2026, et personne ne remplace" in said(signed_in(malo).get(page))


def test_the_menu_of_the_head_marks_it_and_nobody_else_has_it() -> None:
    address = reverse("social_link:absences")
    page = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(address).content.decode()
    assert [tag for tag in re.findall(r"<a[^>]*>", page) if f'href="{address}"' in tag and 'aria-current="page"' in tag]
    other = signed_in(make_user(role=Role.SOCIAL_WORKER)).get(reverse("desk:home")).content.decode()
    assert f'href="{address}"' not in other
