"""How a measure is carried, and what a household declined (S2-02, S3-06, S1-15); where measures run (S4-01)."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from social_link.carrying import services
from social_link.measures.caseloads import Caseload, CaseloadBy, carried_with_others, caseloads
from social_link.measures.services.measures import open_measure, withdraw_measure
from social_link.models import Carrier, Intensity, Measure, Refusal
from tests.factories import make_actor, make_household, make_let, make_organisation, make_referent, make_user
from tests.pages import cost, signed_in, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
START = date(2026, 6, 1)


def begun(household: object = None, actor: Actor | None = None, **given: object) -> tuple[Measure, Actor]:
    household = household or make_let().household
    actor = actor or Actor.of(make_referent(household=household))  # type: ignore[arg-type]
    made = open_measure(
        **{
            "household": household, "kind": "SIMPLE", "start": START, "planned_end": date(2026, 12, 31),
            "referent": actor.user, "actor": actor,
        }
        | given
    )  # fmt: skip
    return made, actor


def test_an_intensity_stands_from_a_day_on() -> None:
    row, actor = begun()
    first = services.set_intensity(measure=row, level="STRONG", from_day=START, actor=actor)
    assert services.set_intensity(measure=row, level="LIGHT", from_day=START, actor=actor) == first
    services.set_intensity(measure=row, level="USUAL", from_day=TODAY, actor=actor)
    assert list(row.intensities.values_list("level", "from_day")) == [("LIGHT", START), ("USUAL", TODAY)]
    for given, field in (
        ({"level": "MOON", "from_day": TODAY}, "level"),
        ({"level": "USUAL", "from_day": date(2026, 5, 31)}, "from_day"),
        ({"level": "USUAL", "from_day": date(2026, 11, 6)}, "from_day"),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.set_intensity(measure=row, actor=actor, **given)
        assert refused.value.field == field
    with pytest.raises(Conflict, match="retirez-les"):
        withdraw_measure(measure_id=row.pk, actor=actor)
    for _ in range(2):
        services.remove_intensity(measure=row, intensity_id=first.pk, actor=actor)
    for _ in range(2):
        services.bring_back_intensity(measure=row, intensity_id=first.pk, actor=actor)
    assert Intensity.objects.count() == 2
    with pytest.raises(NotAllowed):
        services.remove_intensity(measure=row, intensity_id=first.pk, actor=make_actor(role=Role.SOCIAL_WORKER))


def test_a_measure_is_carried_with_others_and_by_a_member() -> None:
    row, actor = begun()
    north, south = make_organisation(name="Service Nord"), make_organisation(name="Service Sud")
    beside = make_organisation(name="Renaitre")

    def add(body: object, role: str, first: date = START, last: date | None = None) -> Carrier:
        return services.add_carrier(
            measure=row,
            organisation=body,
            role=role,
            first=first,
            last=last,
            actor=actor,  # type: ignore[arg-type]
        )

    one = add(north, "MEMBER", last=date(2026, 9, 30))
    assert add(north, "MEMBER", last=date(2026, 9, 30)) == one
    with pytest.raises(Conflict, match="Un autre service"):
        add(south, "MEMBER", first=date(2026, 9, 30))
    add(south, "MEMBER", first=date(2026, 10, 1))
    shared = add(beside, "WITH_US")
    with pytest.raises(Conflict, match="porte déjà"):
        add(beside, "WITH_US", first=TODAY)
    for given, field in (
        ({"role": "MOON"}, "role"),
        ({"role": "WITH_US", "first": date(2026, 5, 31)}, "first"),
        ({"role": "WITH_US", "first": TODAY, "last": date(2026, 11, 4)}, "last"),
        ({"role": "WITH_US", "first": TODAY, "last": date(2030, 1, 1)}, "last"),  # after the measure
    ):
        with pytest.raises(InvalidInput) as refused:
            add(make_organisation(), **given)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert caseloads(CaseloadBy.MEMBER, date(2026, 9, 30)) == [Caseload("Service Nord", 1, 1)]
    assert caseloads(CaseloadBy.MEMBER, TODAY) == [Caseload("Service Sud", 1, 1)]
    assert carried_with_others(TODAY) == 1
    for _ in range(2):
        services.remove_carrier(measure=row, carrier_id=shared.pk, actor=actor)
    assert carried_with_others(TODAY) == 0
    for _ in range(2):
        services.bring_back_carrier(measure=row, carrier_id=shared.pk, actor=actor)
    assert carried_with_others(TODAY) == 1


def test_a_refusal_is_a_code_and_a_day() -> None:
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    made = services.note_refusal(household=household, what="VISIT", on=TODAY, actor=actor)
    assert services.note_refusal(household=household, what="VISIT", on=TODAY, actor=actor) == made
    for given, field in (({"what": "MOON", "on": TODAY}, "what"), ({"what": "VISIT", "on": date(2026, 11, 6)}, "on")):
        with pytest.raises(InvalidInput) as refused:
            services.note_refusal(household=household, actor=actor, **given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        services.note_refusal(household=household, what="VISIT", on=TODAY, actor=make_actor(role=Role.SOCIAL_WORKER))
    for _ in range(2):
        services.remove_refusal(household=household, refusal_id=made.pk, actor=actor)
    assert not Refusal.objects.exists()


def test_where_measures_run() -> None:
    row, actor = begun()
    begun(row.household, actor, kind="T1", is_lead=False)
    begun(make_household())
    dwelling = row.household.occupancies.get().dwelling
    owner = row.household.occupancies.get().lease.agreement.owner
    for by, name in (
        (CaseloadBy.SITE, str(dwelling.building)), (CaseloadBy.TOWN, dwelling.building.city),
        (CaseloadBy.LANDLORD, str(owner)),
    ):  # fmt: skip
        assert caseloads(by, TODAY) == [Caseload(name, 2, 1), Caseload("Sans logement de la maison", 1, 1)]
    assert caseloads(CaseloadBy.REFERENT, TODAY)[0].measures == 2
    assert caseloads(CaseloadBy.SITE, date(2026, 5, 31)) == []
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    page = reverse("social_link:measure_caseloads")
    shown = words(head.get(page + "?par=commune&jour=2026-11-05"))
    assert "3 mesures en cours le 5 nov. 2026, pour 2 ménages" in shown
    assert f"{dwelling.building.city} 2 1" in shown
    assert words(head.get(page + "?par=lune&jour=demain")).count("Sans logement de la maison") == 1
    told = head.get(page + "?par=bailleur&export=1").content.decode("utf-8-sig")
    assert f"{owner};2;1" in told
    assert row.household.name not in shown + told
    # A measure of two aims counts for each; one without any has its own line (S1-02).
    Measure.objects.filter(pk=row.pk).update(aims=["LANDLORD", "FITTING"])
    aims = words(head.get(page + "?par=but&jour=2026-11-05"))
    assert "3 mesures en cours le 5 nov. 2026, pour 2 ménages" in aims
    assert "(impayé, voisinage) 1 1 Un logement décent, adapté au budget 1 1 But non dit 2" in aims
    before = cost(head, page)
    begun()
    assert cost(head, page) == before


def test_the_pages_of_a_measure() -> None:
    row, actor = begun()
    client, page = signed_in(actor.user), reverse("social_link:measure", args=[row.pk])
    assert "Souple, et portée par nous" in words(client.get(page))
    body = make_organisation(name="Renaitre")
    client.post(reverse("social_link:intensity_new", args=[row.pk]), {"level": "STRONG", "from_day": "05/11/2026"})
    sent = {"organisation": body.pk, "role": "WITH_US", "first": "01/06/2026", "last": "30/11/2026"}
    shown = words(client.post(reverse("social_link:carrier_new", args=[row.pk]), sent, follow=True))
    assert "Intensité soutenue à partir du 5 nov. 2026" in shown
    assert "Renaitre co-porteur, depuis le 1 er juin 2026 et jusqu’au 30 nov. 2026" in shown
    for name, one in (("intensity", Intensity.objects.get()), ("carrier", Carrier.objects.get())):
        gone = words(client.post(reverse(f"social_link:{name}_remove", args=[row.pk, one.pk]), follow=True))
        assert "Annuler" in gone
        client.post(reverse(f"social_link:{name}_back", args=[row.pk, one.pk]))
        assert type(one).objects.filter(pk=one.pk).exists()
    refusals = reverse("social_link:refusals", args=[row.household_id])
    shown = words(client.post(refusals, {"what": "RENEWAL", "on": "05/11/2026"}, follow=True))
    assert "La suite d’une mesure décliné le 5 nov. 2026" in shown
    gone = reverse("social_link:refusal_remove", args=[row.household_id, Refusal.objects.get().pk])
    assert "Aucun refus noté" in words(client.post(gone, follow=True))
