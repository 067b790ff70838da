"""The seven axes of a measure: at its start, in its middle, at its end (S3-03, S3-10); health is told to few."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.measures.services.measures import close_measure, open_measure, withdraw_measure
from social_link.models import Assessment, Measure, Referent
from social_link.objectives.codes import Axis
from social_link.objectives.queries import axes_of
from social_link.objectives.services.axes import assess, bring_back_assessment, withdraw_assessment
from social_link.objectives.services.papers import print_road
from tests.api import Api
from tests.factories import make_actor, make_association, make_let, make_referent
from tests.pages import signed_in
from tests.pages import text as page_text
from tests.pdf import pdf_text

TODAY, START = date(2026, 11, 5), date(2026, 10, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def opened(household: Household, actor: Actor) -> Measure:
    assert actor.user is not None
    return open_measure(
        household=household, kind="RENF", start=date(2026, 10, 1), planned_end=date(2027, 3, 31), referent=actor.user,
        actor=actor,
    )  # fmt: skip


def test_the_road_from_the_start_to_the_end(household: Household, referent: Actor) -> None:
    assert len(Axis) == 7  # S3-03
    measure = opened(household, referent)
    assert axes_of(measure, referent).missing == ["Au début"]  # S3-10
    for level in (1, 2):  # again corrects it
        first = assess(
            measure=measure, moment="START", on=START, levels={Axis.BUDGET: level, Axis.HEALTH: 3}, actor=referent
        )
    assert (axes_of(measure, referent).missing, axes_of(measure, referent, is_ending=True).missing) == (
        [],
        ["À la fin"],
    )
    assess(measure=measure, moment="END", on=TODAY, levels={Axis.BUDGET: 4}, with_person=False, actor=referent)
    seen = axes_of(measure, referent, is_ending=True)
    assert (len(seen.told), seen.moved, seen.missing, len(seen.rows)) == (2, 1, [], 7)
    assert (seen.told[0].pk, seen.told[0].budget) == (first.pk, 2)
    assert seen.rows[1].levels == [2, 4]
    for _ in range(2):
        withdraw_assessment(assessment_id=first.pk, actor=referent)
    for _ in range(2):
        assert bring_back_assessment(assessment_id=first.pk, actor=referent).health == 3
    with pytest.raises(Conflict, match="sont notés"):
        withdraw_measure(measure_id=measure.pk, actor=referent)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"moment": "SOON"}, "moment"),
        ({"on": date(2026, 9, 30)}, "on"),
        ({"on": date(2026, 11, 6)}, "on"),
        ({"levels": {Axis.JOB: 6}}, "moment"),
        ({"levels": {Axis.JOB: None}}, "moment"),
    ],
)
def test_what_is_refused(household: Household, referent: Actor, given: dict[str, object], field: str) -> None:
    measure = opened(household, referent)
    sent = {"measure": measure, "moment": "START", "on": START, "levels": {Axis.JOB: 1}, "actor": referent}
    with pytest.raises(InvalidInput) as refused:
        assess(**sent | given)  # type: ignore[arg-type]
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        assess(**sent | {"actor": make_actor(role=Role.SOCIAL_WORKER)})  # type: ignore[arg-type]


def test_who_followed_the_household_once_reads_no_health(household: Household, referent: Actor) -> None:
    make_association()
    measure = opened(household, referent)
    with pytest.raises(Conflict, match="Rien à imprimer encore"):
        print_road(measure=measure, actor=referent)
    assess(measure=measure, moment="START", on=START, levels={Axis.JOB: 2, Axis.HEALTH: 1}, actor=referent)
    told = pdf_text(print_road(measure=measure, actor=referent)[1])
    for expected in ("Emploi", "Avec de l’aide, 2 sur 5", "Santé", "Remis en main propre", "avec vous"):
        assert expected in told
    close_measure(measure=measure, reason="NO_ADH", on=date(2026, 11, 1), actor=referent)
    Referent.objects.all().delete()
    assert [row.label for row in axes_of(measure, referent).rows] == [a.label for a in Axis if a != Axis.HEALTH]
    assert "Santé" not in pdf_text(print_road(measure=measure, actor=referent)[1])
    assert len(axes_of(measure, make_actor(role=Role.HEAD_OF_SOCIAL)).rows) == 7
    # Nor does he change it.
    assess(measure=measure, moment="START", on=START, levels={Axis.JOB: 3, Axis.HEALTH: 5}, actor=referent)
    row = Assessment.objects.get()
    assert (row.job, row.health) == (3, 1)
    assert referent.user is not None
    for who, axes in ((referent.user, 6), (Role.HEAD_OF_SOCIAL, 7)):
        [told] = Api(who).get("/assessments", measure_id=measure.pk)["items"]
        assert len(told["axes"]) == axes
    shown = signed_in(referent.user).get(reverse("social_link:assessment", args=[measure.pk]))
    assert 'name="health"' not in shown.content.decode()


def test_the_axes_on_screen(household: Household, referent: Actor) -> None:
    assert referent.user is not None
    measure, client = opened(household, referent), signed_in(referent.user)
    page, address = (reverse(f"social_link:{name}", args=[measure.pk]) for name in ("measure", "assessment"))
    assert "Il manque, pour cette mesure : au début" in page_text(client.get(page)).replace("\u00a0", " ")
    assert "Il manque les sept axes" in page_text(client.get(reverse("social_link:measure_close", args=[measure.pk])))
    assert 'name="health"' in client.get(address).content.decode()
    assert client.post(address, {"moment": "START", "on": "05/10/2026"}).status_code == 422
    sent = {"moment": "START", "on": "05/10/2026", "with_person": "on", "budget": "2", "health": "1"}
    shown = client.post(address, sent, follow=True).content.decode()
    row = Assessment.objects.get()
    assert reverse("social_link:assessment_withdraw", args=[row.pk]) in shown
    moved = sent | {"moment": "MIDDLE", "on": "06/10/2026"}
    client.post(f"{address}?bilan={row.pk}", moved)
    assert Assessment.objects.get().on == date(2026, 10, 6)
    client.post(address, sent | {"moment": "END", "on": "05/11/2026", "budget": "4"})
    assert "1 sur 7 ont avancé" in page_text(client.get(page)).replace("\u00a0", " ")
    client.post(reverse("social_link:assessment_withdraw", args=[row.pk]))
    client.post(reverse("social_link:assessment_back", args=[row.pk]))
    assert Assessment.objects.count() == 2
