"""The page of the policy: each figure that the rules read, once, in words; what the signs were worth."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from common.params import declared
from common.periods import period
from desk import policy
from desk.queries import policy as queries
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from office.models import Job
from office.parameters.queries import params_on
from office.parameters.services import set_value
from rent_ledger.models import Account, ReplayRow, SignMeasure
from rent_ledger.policy.codes import Played
from rent_ledger.policy.parameters import REPLAYED
from rent_ledger.policy.services.replaying import field_of, start_replay
from social_link.alerts.codes import AlertRule
from social_link.alerts.services.registry import USUAL
from tests.api import Api
from tests.factories import make_actor, make_let, owe
from tests.pages import plain, words

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-22T10:00")]
TODAY = date(2026, 11, 22)
GRACE = "arrears.first_default_days"
PAGE = "/bureau/politique-impayes/"


def shown(found: queries.Policy) -> Counter[str]:
    return Counter(row.parameter.key for _, rows in found.parts for row in rows)


def test_each_parameter_of_the_arrears_is_shown_once() -> None:
    found = shown(queries.policy_on(TODAY))
    assert set(found.values()) == {1}
    assert {key for key, of in declared().items() if of.group in policy.GROUPS} <= found.keys()


def test_what_no_part_names_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PARTS", policy.PARTS[1:])
    *_, (others, rows) = queries.policy_on(TODAY).parts
    assert others.title == "Autres délais et seuils"
    assert "arrears.first_default_days" in {row.parameter.key for row in rows}


def test_every_alert_has_its_line_and_the_starter_rules_stand_in_order() -> None:
    codes = [rule.code for rule in policy.STARTER_RULES]
    assert codes == ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R8bis", "R9", "R10", "R12", ""]
    labels = {rule.label for rule in policy.STARTER_RULES}
    assert {str(rule.label) for rule in AlertRule} <= labels


def answers(client: Any) -> set[str]:
    """By when an alert of the usual rules is answered, and what the table of its parameter says."""
    found = client.get(PAGE).context["policy"]
    said = [row.answer for row in found.rules if row.rule.delays == USUAL]
    said += [row.value for _, rows in found.parts for row in rows if row.parameter.key == "alert.answer_days"]
    assert len(said) == 11
    return {text.replace("\u00a0", " ").removeprefix("sous ") for text in said}


def test_the_page_says_the_value_of_the_day_wherever_it_acts(client_as: Any) -> None:
    """Its own table, and the deadline of each rule that reads it."""
    client = client_as(Role.DIRECTOR)
    assert answers(client) == {"15 jours ouvrés"}
    set_value(
        key="alert.answer_days", value=12, since=date(2026, 11, 1), source="Conseil d’octobre",
        actor=Actor.system(),
    )  # fmt: skip
    assert answers(client) == {"12 jours ouvrés"}
    page = plain(client.get(PAGE))
    assert "Conseil d’octobre" in page
    assert reverse("office:parameter", args=["alert.answer_days"]) in client.get(PAGE).content.decode()


def test_a_delay_of_none_is_the_day_itself() -> None:
    [signal] = [row for row in queries.policy_on(TODAY).rules if row.rule.code == "R10"]
    assert (signal.take, signal.answer) == ("sous 5\u00a0jours ouvrés", "sous 2\u00a0jours ouvrés")
    assert signal.urgent == "urgente : prise le jour même, répondue le jour même"


def test_what_the_signs_were_worth_is_told_with_what_it_rests_on(client_as: Any) -> None:
    director = client_as(Role.DIRECTOR)
    assert "Pas encore mesuré" in plain(director.get(PAGE))
    for kind, signs, right, foreseen in (("", 40, 30, 10), ("LATE", 19, 19, 5)):
        SignMeasure.objects.create(
            period=period(date(2026, 1, 1), date(2026, 9, 1)), kind=kind, within_days=60, signs=signs, right=right,
            defaults=25, foreseen=foreseen,
        )  # fmt: skip
    page = words(director.get(PAGE))
    assert "Signes connus du 1 er janv. 2026 au 31 août 2026 :" in page
    assert "Tous les signes 40 30 75 % 25 10 40 %" in page
    # Nineteen signs say nothing yet, twenty-five defaults do.
    assert "Plus tard que d’habitude 19 19 pas assez de cas 25 5 20 %" in page
    assert "Ce que valent les signes" not in plain(client_as(Role.ADMINISTRATOR).get(PAGE))


@pytest.fixture
def played() -> Job:
    """A year played with eight days of grace, ended: one alert less, in March."""
    owe(lease=make_let(), due_on=date(2026, 10, 1))
    job = start_replay(values={GRACE: "8"}, actor=make_actor(role=Role.DIRECTOR))
    drain(job.pk)
    counts = {"now:R1:2026-03": 4, "changed:R1:2026-03": 3, "only_now:R1": 1, "both:R1": 3, "sooner:R1": -9}
    Job.objects.filter(pk=job.pk).update(result=counts)
    job.refresh_from_db()
    return job


def test_a_change_is_played_from_its_page(client_as: Any) -> None:
    owe(lease=make_let(), due_on=date(2026, 10, 1))
    client = client_as(Role.DIRECTOR)
    address = reverse("desk:replay_new")
    assert 'value="5"' in plain(client.get(address))
    same = {field_of(key): str(params_on(TODAY).value(key)) for key in REPLAYED}
    assert "Changez au moins une valeur" in plain(client.post(address, same))
    assert "De 0 à" in plain(client.post(address, same | {"first_default_days": "9999"}))
    client.post(address, same | {"first_default_days": "8"})
    job = Job.objects.get()
    page = plain(client.get(reverse("desk:replay", args=[job.pk])))
    assert "Le résultat sera ici" in page
    drain(job.pk)
    assert "Service social alerté" in plain(client.get(reverse("desk:replay", args=[job.pk])))
    assert reverse("desk:replay", args=[job.pk]) in plain(client.get(PAGE))


def test_the_result_compares_by_rule_and_by_month(client_as: Any, played: Job) -> None:
    page = words(client_as(Role.DIRECTOR).get(reverse("desk:replay", args=[played.pk])))
    assert "Terme compté impayé après l’échéance 5 jours 8 jours" in page
    assert "Premier impayé 0 4 3 1 0 −3" in page
    assert "Mars 2026 4 → 3 0 → 0" in page
    assert "L’administration adopte ces valeurs" in page
    assert "Messages, appels et lettres 0 0 0 0 0 –" in page


def test_the_lines_say_who_and_when_to_who_reads_accounts(client_as: Any, played: Job) -> None:
    """The administration adopts a policy, and reads no account."""
    account = Account.objects.filter(household__isnull=False).first()
    assert account is not None
    ReplayRow.objects.filter(job=played).delete()
    line = ReplayRow.objects.create(
        job=played, account=account, what=Played.REMINDER, number=1, now_on=date(2026, 4, 6),
        changed_on=date(2026, 4, 9),
    )  # fmt: skip
    address = reverse("desk:replay_rows", args=[played.pk])
    director = client_as(Role.DIRECTOR)
    page = words(director.get(address))
    assert "Relance 6 avr. 2026 9 avr. 2026 −3" in page
    assert str(account.household.name) in page
    for query, shown in (("?quoi=REMINDER&ecart=deux", True), ("?quoi=CALL", False), ("?ecart=moins", False)):
        assert (f"Relance {line.now_on:%-d}" in words(director.get(address + query))) is shown, query
    assert client_as(Role.ADMINISTRATOR).get(address).status_code == 403


def test_the_administration_adopts_without_reading_the_figures(client_as: Any, played: Job) -> None:
    """It reads no total of the arrears; who does may not change a parameter."""
    admin, address = client_as(Role.ADMINISTRATOR), reverse("desk:replay_adopt", args=[played.pk])
    page = plain(admin.get(reverse("desk:replay", args=[played.pk])))
    assert "Service social alerté" not in page
    assert "Adopter ces valeurs" in page
    late = plain(admin.post(address, {"since": "22/11/2026", "source": "Conseil"}))
    assert "Choisissez un jour à venir" in late
    assert client_as(Role.DIRECTOR).post(address, {"since": "01/12/2026", "source": "Conseil"}).status_code == 403
    assert admin.post(address, {"since": "01/12/2026", "source": "Conseil"}).status_code == 302
    assert params_on(date(2026, 12, 1)).integer(GRACE) == 8
    assert admin.get(reverse("desk:replay_new")).status_code == 403


def test_the_api_tells_the_result_to_who_reads_totals_only(played: Job) -> None:
    """The administration sees all jobs, and no figure of the arrears."""
    told = [Api(role).get(f"/jobs/{played.pk}")["result"] for role in (Role.DIRECTOR, Role.ADMINISTRATOR)]
    assert told == [played.result, {}]
