"""The social evaluation of a household, by code, version by version (S1-08)."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.diagnoses import services
from social_link.models import Diagnosis, Note
from tests.factories import make_actor, make_let, make_referent
from tests.pages import signed_in, words

TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.mark.django_db
def test_a_version_is_noted_once_and_taken_back(household: Household, referent: Actor) -> None:
    def note(**given: object) -> Diagnosis:
        return services.diagnose(
            **{
                "household": household, "on": TODAY, "levels": {"BUDGET": "WORK", "JOB": ""}, "needs": ["OPEN", "PLAN"],
                "actor": referent,
            }
            | given
        )  # fmt: skip

    made = note(words="Dettes anciennes")
    assert (made.needs, made.lines.count(), Note.objects.get().level) == (["PLAN", "OPEN"], 1, "TEAM")
    assert note() == made
    with pytest.raises(Conflict, match="déjà noté"):
        note(levels={"BUDGET": "WELL"})
    for given, field in (
        ({"on": date(2026, 11, 6)}, "on"), ({"levels": {"JOB": ""}}, "levels"),
        ({"levels": {"MOON": "WELL"}}, "levels"),
        ({"levels": {"JOB": "MOON"}}, "levels"), ({"needs": ["MOON"]}, "needs"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            note(**given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        note(actor=make_actor(role=Role.SOCIAL_WORKER))
    for _ in range(2):
        services.withdraw_diagnosis(diagnosis=made, actor=referent)
    other = note(levels={"BUDGET": "WELL"})
    with pytest.raises(Conflict, match="déjà noté"):
        services.bring_back_diagnosis(diagnosis=made, actor=referent)
    services.withdraw_diagnosis(diagnosis=other, actor=referent)
    assert services.bring_back_diagnosis(diagnosis=made, actor=referent).withdrawn_at is None


@pytest.mark.django_db
def test_versions_on_screen(household: Household, referent: Actor) -> None:
    client, page = signed_in(referent.user), reverse("social_link:diagnoses", args=[household.pk])
    assert client.post(page, {"on": "05/11/2026"}).status_code == 422
    client.post(page, {"on": "01/10/2026", "BUDGET": "URGENT", "needs": ["PLAN"], "words": "Très endettée"})
    shown = words(client.post(page, {"on": "05/11/2026", "BUDGET": "WATCH"}, follow=True))
    assert "Budget et dettes À surveiller mieux avant : urgent" in shown
    assert "apurer une dette" in shown
    assert "Très endettée" not in shown
    gone = reverse("social_link:diagnosis_withdraw", args=[Diagnosis.objects.latest("on").pk])
    assert "Annuler" in words(client.post(gone, follow=True))
    back = reverse("social_link:diagnosis_back", args=[Diagnosis.objects.latest("on").pk])
    assert "mieux" in words(client.post(back, follow=True))
