"""What the pages of the office show and do."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.periods import period
from office.access import Data
from office.enums import JobState, Role
from office.models import (
    ApiToken,
    Association,
    BankAccount,
    Job,
    Organisation,
    ParameterValue,
    Schedule,
    ScheduleRun,
    Team,
    User,
)
from office.services.access_log import log_access
from tests.factories import (
    actor_of,
    make_association,
    make_bank_account,
    make_iban,
    make_organisation,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
KEY = "house.alsace_moselle"


def _url(name: str, *args: Any) -> str:
    return reverse(f"office:{name}", args=args)


@pytest.fixture
def admin(client_as: Any) -> Any:
    return client_as(Role.ADMINISTRATOR)


def _text(answer: Any) -> str:
    return answer.content.decode()


# -- settings -------------------------------------------------------------------------------------------------------


def test_settings_start_empty_and_ask_for_the_identity(admin: Any) -> None:
    assert "n’a pas encore de nom" in _text(admin.get(_url("settings")))
    answer = admin.post(
        _url("association"),
        {"name": "Le Ponton", "short_name": "Ponton", "siret": "732 829 320 00074", "address": "Nantes"},
    )
    assert answer.status_code == 302
    assert Association.objects.get().siret == "73282932000074"


def test_a_refusal_stands_on_its_field_and_keeps_what_was_typed(admin: Any) -> None:
    text = _text(
        admin.post(_url("association"), {"name": "Le Ponton", "short_name": "P", "siret": "123", "address": "Nantes"})
    )
    assert "pas un SIRET" in text
    assert 'value="Le Ponton"' in text
    assert not Association.objects.exists()


def test_settings_show_accounts_without_the_whole_iban(admin: Any) -> None:
    make_association()
    account = make_bank_account(label="Compte courant")
    text = _text(admin.get(_url("settings")))
    assert account.iban[-4:] in text
    assert account.iban not in text


def test_a_bank_account_is_added_and_changed(admin: Any) -> None:
    iban = make_iban(number=55)
    data = {"label": "Courant", "iban": iban, "held_for": "ITSELF", "is_active": "on"}
    assert admin.post(_url("bank_account_new"), data).status_code == 302
    account = BankAccount.objects.get()
    assert "Courant" in _text(admin.get(_url("bank_account", account.pk)))
    assert "ne changent pas" in _text(
        admin.post(_url("bank_account", account.pk), data | {"iban": make_iban(number=56)})
    )


def test_an_organisation_is_found_by_name_and_role(admin: Any) -> None:
    answer = admin.post(_url("organisation_new"), {"name": "Régie Éco", "kinds": ["CONTRACTOR"]})
    assert answer.status_code == 302
    make_organisation(name="CCAS de Rezé", kinds=["CCAS"])
    found = _text(admin.get(_url("organisations"), {"q": "REGIE eco"}))
    assert "Régie Éco" in found
    assert "Rezé" not in found
    assert "Rezé" in _text(admin.get(_url("organisations"), {"role": "CCAS"}))
    body = Organisation.objects.get(name="Régie Éco")
    admin.post(_url("organisation", body.pk), {"name": "Régie Éco Sud", "kinds": ["CONTRACTOR", "LANDLORD"]})
    assert Organisation.objects.get(pk=body.pk).roles.count() == 2


# -- staff ----------------------------------------------------------------------------------------------------------


def test_somebody_arrives(admin: Any) -> None:
    data = {"first_name": "Nadège", "last_name": "Prigent", "email": "n.prigent@ponton.test"}
    assert admin.post(_url("staff_new"), data).status_code == 302
    user = User.objects.get(email="n.prigent@ponton.test")
    assert "Aucun rôle" in _text(admin.get(_url("staff_member", user.pk)))
    admin.post(_url("staff_role", user.pk), {"role": "RENTAL_MANAGER", "since": "05/11/2026"})
    assert actor_of(user).roles == {Role.RENTAL_MANAGER}
    answer = admin.post(_url("staff_link", user.pk))
    assert "http://testserver/compte/password/reset/key/" in _text(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "reset/key" not in _text(admin.get(_url("staff_member", user.pk)))


def test_somebody_leaves(admin: Any) -> None:
    user = make_user(role=Role.TECHNICIAN, last_name="Le Bris")
    grant = user.grants.get()
    assert "31/13/2026" not in _text(
        admin.post(_url("staff_role_end", grant.pk), {"last_day": "31/13/2026"}, follow=True)
    )
    admin.post(_url("staff_role_end", grant.pk), {"last_day": "05/11/2026"})
    grant.refresh_from_db()
    assert grant.period.upper == date(2026, 11, 6)
    admin.post(_url("staff_active", user.pk), {"active": "0"})
    user.refresh_from_db()
    assert not user.is_active
    text = _text(admin.get(_url("staff")))
    assert "Le Bris" in text
    assert "fermé" in text


def test_a_refusal_of_a_role_is_said_in_its_form(admin: Any) -> None:
    user = make_user(role=Role.TECHNICIAN)
    text = _text(admin.post(_url("staff_role", user.pk), {"role": "TECHNICIAN", "since": "05/11/2026"}))
    assert "déjà ce rôle" in text


def test_the_own_page_offers_no_role(admin: Any) -> None:
    text = _text(admin.get(_url("staff_member", admin.user.pk)))
    assert "Donner un rôle" not in text
    assert "Fermer le compte" not in text


def test_a_team_is_made_and_changed(admin: Any) -> None:
    user = make_user()
    admin.post(_url("team_new"), {"name": "Nord", "members": [user.pk]})
    team = Team.objects.get()
    assert list(team.members.all()) == [user]
    admin.post(_url("team", team.pk), {"name": "Nord-Loire", "members": []})
    team.refresh_from_db()
    assert (team.name, team.members.count()) == ("Nord-Loire", 0)


# -- parameters -----------------------------------------------------------------------------------------------------


def test_every_declared_parameter_is_listed_and_opens(admin: Any) -> None:
    from common.params import declared

    text = _text(admin.get(_url("parameters")))
    for key in declared():
        assert _url("parameter", key) in text
        assert admin.get(_url("parameter", key)).status_code == 200
    assert admin.get(_url("parameter", "unknown.key")).status_code == 404


def test_a_new_value_is_put_in_force_verified_and_withdrawn(admin: Any) -> None:
    data = {"since": "01/01/2026", "value": "oui", "source": "Siège à Metz", "scope": "ASSOCIATION"}
    assert admin.post(_url("parameter", KEY), data).status_code == 302
    row = ParameterValue.objects.get()
    assert (row.value, row.author) == (True, admin.user)
    assert "J’ai lu le texte" in _text(admin.get(_url("parameter", KEY)))
    admin.post(_url("parameter_verify", row.pk), {"source": "C. trav. L.3134-13"})
    row.refresh_from_db()
    assert row.is_verified
    admin.post(_url("parameter", KEY), data | {"since": "01/01/2027", "value": "non"})
    coming = ParameterValue.objects.get(value=False)
    assert "change bientôt" in _text(admin.get(_url("parameters")))
    admin.post(_url("parameter_withdraw", coming.pk))
    assert ParameterValue.objects.get().period.upper is None


def test_a_wrong_value_is_said_in_the_form(admin: Any) -> None:
    data = {"since": "31/11/2026", "value": "", "source": "", "scope": "ASSOCIATION"}
    text = _text(admin.post(_url("parameter", KEY), data))
    assert "Novembre a 30 jours" in text
    assert not ParameterValue.objects.exists()
    data = {"since": "01/11/2026", "value": "oui", "source": "x", "scope": "DEPARTEMENT", "territory": ""}
    assert "département est requis" in _text(admin.post(_url("parameter", KEY), data))


# -- jobs, access log, tokens ---------------------------------------------------------------------------------------


def test_a_job_shows_its_progress_and_its_end(admin: Any) -> None:
    job = Job.objects.create(kind="x", key="k", title="Avis de décembre", total=314, done=208, author=admin.user)
    page = _text(admin.get(_url("job", job.pk)))
    assert "208 sur 314" in page
    assert _url("job_progress", job.pk) in page
    Job.objects.update(state=JobState.DONE, done=314, ended_at=clock.now(), result={"made": 314, "names": ["Sarr"]})
    card = _text(admin.get(_url("job_progress", job.pk)))
    assert "terminé" in card
    assert "faits" in card
    assert "Sarr" not in card
    assert "hx-get" not in card


def test_a_job_that_failed_says_why_and_can_be_resumed(admin: Any) -> None:
    job = Job.objects.create(
        kind="x",
        key="k",
        title="Avis",
        total=3,
        state=JobState.FAILED,
        error="Le mois est clôturé.",
        ended_at=clock.now(),
        author=admin.user,
    )
    page = _text(admin.get(_url("job", job.pk)))
    assert "Le mois est clôturé." in page
    admin.post(_url("job_resume", job.pk))
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_the_access_log_filters_and_tells_no_household(admin: Any) -> None:
    reader, other = make_user(last_name="Lectrice"), make_user(last_name="Autre")
    log_access(actor=actor_of(reader), subject=Data.PRIVATE_NOTE, obj=make_team(), household_id=41, reason="Veille")
    log_access(actor=actor_of(other), subject=Data.PROTECTED_ADDRESS, obj=make_team())
    text = _text(admin.get(_url("access_log"), {"personne": reader.pk}))
    assert "n° 41" in text
    assert "Veille" in text
    assert text.count("Note réservée") == 2  # in the filter and in the row
    text = _text(admin.get(_url("access_log"), {"donnee": "PROTECTED_ADDRESS"}))
    assert "Veille" not in text


def test_a_token_is_shown_once(admin: Any) -> None:
    data = {"label": "Tableur", "scopes": ["stock:read"], "expires_on": "01/02/2027"}
    answer = admin.post(_url("tokens"), data)
    assert "ancrage_" in _text(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ancrage_" not in _text(admin.get(_url("tokens")))
    admin.post(_url("token_revoke", ApiToken.objects.get().pk))
    assert "révoqué" in _text(admin.get(_url("tokens")))


def test_the_tasks_of_the_night_are_shown_to_who_looks_after_the_house(admin: Any, client_as: Any) -> None:
    done = Schedule.objects.create(task="check", label="Vérification", every="DAY", at_hour=3)
    failed = Schedule.objects.create(task="fail", label="Relances", every="MONTH")
    ScheduleRun.objects.create(schedule=done, period="2026-11-04", error="vieux")
    ScheduleRun.objects.create(schedule=done, period="2026-11-05", ended_at=clock.now())
    ScheduleRun.objects.create(schedule=failed, period="2026-11", error="RuntimeError : plus de place", attempts=3)
    text = _text(admin.get(_url("jobs")))
    assert "Vérification" in text
    assert "plus de place" in text
    assert "vieux" not in text
    assert "Vérification" not in _text(client_as(Role.RENTAL_MANAGER).get(_url("jobs")))


# -- queries --------------------------------------------------------------------------------------------------------


def _fill() -> None:
    for _ in range(4):
        user = make_user(role=Role.TECHNICIAN, team=make_team())
        make_organisation(kinds=["CCAS", "FUNDER"])
        make_bank_account(held_for="PUBLIC_BODY")
        log_access(actor=actor_of(user), subject=Data.PRIVATE_NOTE, obj=user)
        Job.objects.create(kind="x", key=str(user.pk), title="Avis", total=1, author=user)


@pytest.mark.parametrize("name", ["settings", "organisations", "staff", "parameters", "jobs", "access_log", "tokens"])
def test_a_page_asks_the_same_number_of_queries_whatever_its_size(
    name: str, admin: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_association()
    _fill()
    ParameterValue.objects.create(key=KEY, value=True, period=period(None), source="x", scope="ASSOCIATION")
    admin.get(_url(name))
    with CaptureQueriesContext(connection) as few:
        admin.get(_url(name))
    _fill()
    with django_assert_num_queries(len(few)):
        admin.get(_url(name))
    assert len(few) <= 16
