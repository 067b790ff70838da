"""What the pages of the staff show and do."""

from datetime import date
from typing import Any

import pytest

from office.access.codes import Role
from office.models import Team, User
from tests.factories import actor_of, make_user
from tests.office.browsing import text_of, url_of

pytestmark = pytest.mark.django_db


def test_somebody_arrives(admin: Any) -> None:
    data = {"first_name": "Nadège", "last_name": "Prigent", "email": "n.prigent@ponton.test"}
    assert "Compte créé pour Nadège Prigent." in text_of(admin.post(url_of("staff_new"), data, follow=True))
    user = User.objects.get(email="n.prigent@ponton.test")
    assert "Aucun rôle" in text_of(admin.get(url_of("staff_member", user.pk)))
    admin.post(url_of("staff_role", user.pk), {"role": "RENTAL_MANAGER", "since": "05/11/2026"})
    assert actor_of(user).roles == {Role.RENTAL_MANAGER}
    answer = admin.post(url_of("staff_link", user.pk))
    assert "http://testserver/compte/password/reset/key/" in text_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "reset/key" not in text_of(admin.get(url_of("staff_member", user.pk)))


def test_somebody_leaves(admin: Any) -> None:
    user = make_user(role=Role.TECHNICIAN, last_name="Le Bris")
    grant = user.grants.get()
    assert "31/13/2026" not in text_of(
        admin.post(url_of("staff_role_end", grant.pk), {"last_day": "31/13/2026"}, follow=True)
    )
    admin.post(url_of("staff_role_end", grant.pk), {"last_day": "05/11/2026"})
    grant.refresh_from_db()
    assert grant.period.upper == date(2026, 11, 6)
    admin.post(url_of("staff_active", user.pk), {"active": "0"})
    user.refresh_from_db()
    assert not user.is_active
    text = text_of(admin.get(url_of("staff")))
    assert "Le Bris" in text
    assert "fermé" in text


def test_a_refusal_of_a_role_is_said_in_its_form(admin: Any) -> None:
    user = make_user(role=Role.TECHNICIAN)
    text = text_of(admin.post(url_of("staff_role", user.pk), {"role": "TECHNICIAN", "since": "05/11/2026"}))
    assert "déjà ce rôle" in text


def test_the_own_page_offers_no_role(admin: Any) -> None:
    text = text_of(admin.get(url_of("staff_member", admin.user.pk)))
    assert "Donner un rôle" not in text
    assert "Fermer le compte" not in text


def test_a_team_is_made_and_changed(admin: Any) -> None:
    user = make_user()
    admin.post(url_of("team_new"), {"name": "Nord", "members": [user.pk]})
    team = Team.objects.get()
    assert list(team.members.all()) == [user]
    admin.post(url_of("team", team.pk), {"name": "Nord-Loire", "members": []})
    team.refresh_from_db()
    assert (team.name, team.members.count()) == ("Nord-Loire", 0)


def test_for_oneself_there_is_no_link(admin: Any) -> None:
    answer = admin.post(url_of("staff_link", admin.user.pk), follow=True)
    assert "utilisez « Changer mon mot de passe »" in text_of(answer).replace("\xa0", " ")
