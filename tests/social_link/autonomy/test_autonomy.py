"""The grids of autonomy of a household over all of its measures, and what visits saw of its dwelling (S0-11)."""

from datetime import date

import pytest
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from social_link.autonomy.queries import autonomy_of
from social_link.measures.services.measures import close_measure, open_measure
from social_link.models import Assessment, Measure
from social_link.objectives.codes import Axis
from social_link.objectives.services.axes import assess
from tests.factories import make_actor, make_let, make_referent
from tests.pages import signed_in, words

pytestmark = pytest.mark.django_db


def test_the_road_goes_on_from_one_measure_to_the_next(django_assert_max_num_queries) -> None:
    household = make_let().household
    referent = Actor.of(make_referent(household=household))
    client, page = signed_in(referent.user), reverse("social_link:autonomy", args=[household.pk])
    assert "ouvrez-en une pour ce ménage" in words(client.get(page))
    assert referent.user is not None

    def opened(kind: str, start: date, end: date) -> Measure:
        return open_measure(
            household=household, kind=kind, start=start, planned_end=end, referent=referent.user, actor=referent
        )  # type: ignore[arg-type]

    def graded(measure: Measure, on: date, **levels: int) -> Assessment:
        told = {Axis[name]: level for name, level in levels.items()}
        return assess(measure=measure, moment="MIDDLE", on=on, levels=told, actor=referent)

    former = opened("SIMPLE", date(2026, 5, 1), date(2026, 10, 31))
    first = graded(former, date(2026, 5, 4), BUDGET=2, JOB=3, HEALTH=1)
    middle = graded(former, date(2026, 8, 3), BUDGET=4, JOB=3)
    close_measure(measure=former, reason="TERM", on=date(2026, 10, 31), actor=referent)
    running = opened("RENF", date(2026, 11, 2), date(2027, 4, 30))
    graded(running, date(2026, 11, 4), BUDGET=3, JOB=3, HEALTH=2)

    seen = autonomy_of(household, referent)
    assert ([grid.on.month for grid in seen.grids], seen.writable) == ([5, 8, 11], [running])
    assert (seen.better, seen.worse, seen.still) == (["Budget", "Santé"], [], ["Emploi"])
    later = autonomy_of(household, referent, since=middle.pk)
    # Health was not spoken of at the first of the two: it neither moved nor stood.
    assert (later.better, later.worse, later.still) == ([], ["Budget"], ["Emploi"])
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    assert len(autonomy_of(household, head).rows) == 7
    # Who does not follow it reads nothing: neither the grids nor that health is one of the axes.
    other = autonomy_of(household, make_actor(role=Role.SOCIAL_WORKER))
    assert (other.grids, [row.label for row in other.rows if row.label == "Santé"]) == ([], [])

    with django_assert_max_num_queries(24):
        shown = client.get(page)
    assert "A avancé Budget, Santé A reculé rien Inchangé Emploi" in words(shown)
    assert reverse("social_link:assessment", args=[running.pk]) in shown.content.decode()
    assert "A reculé Budget" in words(client.get(page, {"depuis": middle.pk}))
    for wrong in ("x", "9" * 30, str(first.pk + 999)):
        assert "A avancé Budget" in words(client.get(page, {"depuis": wrong}))
    assert page in client.get(reverse("desk:household_social", args=[household.pk])).content.decode()
