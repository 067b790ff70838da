"""The way from detection to fit (S2-04), from what the house knows and what is typed."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from common import clock
from common.errors import InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from social_link.chains.codes import LinkCause
from social_link.chains.queries import chain_of, way_of
from social_link.chains.services import type_days
from social_link.contacts.services import log_contact
from social_link.measures.services.measures import close_measure, open_measure
from social_link.models import Alert, Measure
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user
from tests.pages import cost, signed_in, words

D = date
TODAY = D(2026, 11, 5)


def begun(**given: object) -> tuple[Measure, Actor]:
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    made = open_measure(
        **{
            "household": household, "kind": "SIMPLE", "start": D(2026, 6, 1), "planned_end": D(2026, 12, 31),
            "referent": actor.user, "actor": actor,
        }
        | given
    )  # fmt: skip
    return made, actor


def known(measure: Measure) -> dict[str, tuple[date | None, LinkCause | None]]:
    return {line.link.name: (line.on, line.cause) for line in way_of(measure)}


@pytest.mark.django_db
def test_what_the_house_knows_and_what_is_typed() -> None:
    row, actor = begun()
    for raised in (D(2025, 5, 1), D(2026, 4, 10), D(2026, 5, 1)):  # more than a year before is another story
        alert = make_alert(household=row.household, to=actor.user)
        at = datetime(raised.year, raised.month, raised.day, 9, tzinfo=ZoneInfo("Europe/Paris"))
        Alert.objects.filter(pk=alert.pk).update(raised_at=at, state="ACK", acknowledged_at=at)
        Alert.objects.filter(pk=alert.pk).update(state="ANSWERED", answered_at=at)
    log_contact(household=row.household, kind="CALL", day=D(2026, 6, 3), request_key=uuid4(), actor=actor)
    for day, outcome in ((8, "PUT_OFF"), (9, "REFUSED"), (15, "SEEN")):  # put off or not wanted, nobody was met
        log_contact(
            household=row.household, kind="VISIT", day=D(2026, 6, day), outcome=outcome, request_key=uuid4(),
            actor=actor,
        )  # fmt: skip
    found = known(row)
    assert found["DETECTED"] == found["ORIENTED"] == (D(2026, 4, 10), LinkCause.ALERT)
    assert (found["ACCESS"], found["DIAGNOSED"]) == ((D(2026, 6, 1), LinkCause.MEASURE), (None, None))
    assert found["DELIVERED"] == (D(2026, 6, 15), LinkCause.CONTACT)
    before = type_days(measure=row, days={"ORIENT": D(2026, 5, 2), "DIAG": D(2026, 5, 20)}, actor=actor)
    assert before == {"ORIENT": None, "DIAG": None}
    assert type_days(measure=row, days={"ORIENT": D(2026, 5, 2)}, actor=actor) == {}
    assert known(row)["ORIENTED"] == (D(2026, 5, 2), LinkCause.TYPED)
    type_days(measure=row, days={"DIAG": D(2026, 5, 21)}, actor=actor)
    type_days(measure=row, days=before, actor=actor)
    assert known(row)["ORIENTED"] == (D(2026, 4, 10), LinkCause.ALERT)
    for days, field in (({"ACCESS": D(2026, 5, 2)}, "ACCESS"), ({"DIAG": D(2026, 11, 6)}, "DIAG")):
        with pytest.raises(InvalidInput) as refused:
            type_days(measure=row, days=days, actor=actor)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        type_days(measure=row, days={}, actor=make_actor(role=Role.SOCIAL_WORKER))
    close_measure(measure=row, reason="GOALS", on=D(2026, 11, 5), actor=actor)
    assert known(row)["FIT"] == (D(2026, 11, 5), LinkCause.END)
    # Another measure after it begins its own way.
    open_measure(
        household=row.household, kind="SIMPLE", start=TODAY, planned_end=D(2027, 5, 4), referent=actor.user,
        actor=actor, is_lead=False,
    )  # fmt: skip
    assert known(row)["DETECTED"][0] == D(2026, 4, 10)
    assert known(Measure.objects.latest("pk"))["DETECTED"] == (None, None)
    count, rows = chain_of(D(2026, 1, 1), D(2027, 1, 1))
    assert (count, rows[0].dated, rows[-1].reached) == (2, 1, 1)


@pytest.mark.django_db
def test_the_pages_of_the_way() -> None:
    row, actor = begun()
    client, page = signed_in(actor.user), reverse("social_link:measure_way", args=[row.pk])
    assert client.post(page, {"DIAG": "06/11/2026"}).status_code == 422
    shown = words(client.post(page, {"DIAG": "20/05/2026"}, follow=True))
    assert "Diagnostic 20 mai 2026 saisi" in shown
    director = signed_in(make_user(role=Role.DIRECTOR))
    page = reverse("social_link:chain")
    shown = words(director.get(page))
    assert "1 parcours commencé" in shown
    assert "Accès effectif 1 1 12 j 0" in shown
    assert "Délai : depuis la dernière étape datée avant elle." in shown
    assert row.household.name not in shown
    assert "Accès effectif;1;1;12" in director.get(page + "?export=1").content.decode("utf-8-sig")
    before = cost(director, page)
    begun()
    assert cost(director, page) == before
    assert clock.today().year == 2026
