"""Partners are listed once, stand around a household, and are told nothing without its consent."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.partners import services
from social_link.partners.models import Partner, PartnerLink
from social_link.partners.queries import links_of, partners_found
from tests.factories import make_household, make_organisation, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
OCT, NOV = date(2026, 10, 12), date(2026, 11, 5)
AGREED = {"given_on": OCT, "how": "WRITTEN", "tells": ["MEASURE"]}


@pytest.fixture
def household() -> Household:
    return make_household(name="Mme Fatou Sarr")


@pytest.fixture
def worker(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def partner(worker: Actor) -> Partner:
    return services.save_partner(
        name="Zoé Le Gac", function="SECTOR", organisation=make_organisation(name="CMS du Port"), actor=worker,
        phone="0611223344", email="zoe@cms.example",
    )  # fmt: skip


def test_the_directory_knows_each_once_and_is_searched(partner: Partner, worker: Actor) -> None:
    facts = {"function": "SECTOR", "organisation": partner.organisation, "actor": worker}
    again = {"phone": "0611223344", "email": "zoe@cms.example"}
    assert services.save_partner(name="Zoé Le Gac", **facts, **again) == partner
    with pytest.raises(InvalidInput, match="déjà dans le carnet"):
        services.save_partner(name="zoe LE GAC", **facts)
    other = services.save_partner(name="Tutelles", function="GUARDIAN", actor=worker)
    with pytest.raises(InvalidInput, match="déjà dans le carnet"):
        services.save_partner(name="Tutelles", function="GUARDIAN", phone="0600000000", actor=worker)
    assert list(partners_found("gac port")) == [partner]
    assert list(partners_found("", "GUARDIAN")) == [other]
    assert list(partners_found("gac", "GUARDIAN")) == []


def test_a_consent_is_whole_taken_back_and_said(household: Household, worker: Actor, partner: Partner) -> None:
    facts = {"household": household, "partner": partner, "since": OCT, "actor": worker}
    linked = services.write_link(**facts)
    assert services.write_link(**facts) == linked
    assert linked.told == []
    for bad in ({"given_on": OCT}, {"tells": ["MEASURE"]}, {**AGREED, "tells": []}):
        with pytest.raises(DomainError, match="Un accord dit"):
            services.write_link(**facts, linked=linked, **bad)
    with pytest.raises(DomainError, match="repris après"):
        services.write_link(**facts, linked=linked, **AGREED, withdrawn_on=date(2026, 10, 1))
    linked = services.write_link(**facts, linked=linked, **AGREED)
    assert linked.told == ["Où en est l’accompagnement"]
    linked = services.write_link(**facts, linked=linked, **AGREED, withdrawn_on=NOV)
    assert linked.told == []


def test_a_link_is_removed_and_comes_back(household: Household, worker: Actor, partner: Partner) -> None:
    facts = {"household": household, "partner": partner, "actor": worker}
    linked = services.write_link(since=OCT, **facts)
    with pytest.raises(DomainError, match="déjà autour"):
        services.write_link(since=NOV, **facts)
    with pytest.raises(InvalidInput, match="dernier jour"):
        services.write_link(since=NOV, until=OCT, **facts)
    for _ in range(2):
        services.remove_link(household=household, link_id=linked.pk, actor=worker)
    second = services.write_link(since=NOV, **facts)
    with pytest.raises(Conflict, match="déjà autour"):
        services.bring_back_link(household=household, link_id=linked.pk, actor=worker)
    services.remove_link(household=household, link_id=second.pk, actor=worker)
    for _ in range(2):
        services.bring_back_link(household=household, link_id=linked.pk, actor=worker)
    assert [one.pk for one in links_of(household)] == [linked.pk]
    with pytest.raises(NotAllowed, match="ne suivez pas"):
        services.remove_link(household=household, link_id=linked.pk, actor=Actor.of(make_user(role=Role.SOCIAL_WORKER)))


def test_no_mail_is_offered_without_consent_and_management_sees_nobody(
    household: Household, worker: Actor, partner: Partner
) -> None:
    client = signed_in(worker.user)
    page = reverse("desk:household_social", args=[household.pk])
    new = reverse("social_link:partner_link_new", args=[household.pk])
    sent = {"partner": partner.pk, "since": "12/10/2026"}
    assert client.post(new, sent).status_code == 302
    shown = plain(client.get(page))
    assert "rien ne lui est dit ni envoyé" in shown
    assert "mailto:zoe" not in shown
    linked = PartnerLink.objects.get()
    edit = reverse("social_link:partner_link_edit", args=[household.pk, linked.pk])
    agreed = {"tells": ["MEASURE"], "given_on": "12/10/2026", "how": "SAID"}
    assert client.post(edit, sent | agreed).status_code == 302
    assert "mailto:zoe" in plain(client.get(page))
    manager = signed_in(make_user(role=Role.RENTAL_MANAGER))
    assert "Le Gac" not in plain(manager.get(page))
    assert manager.get(reverse("social_link:partners")).status_code == 403
    made = client.post(
        f"{reverse('social_link:partner_new')}?menage={household.pk}", {"name": "Dr Petit", "function": "DOCTOR"}
    )
    assert made["Location"] == f"{new}?partenaire={Partner.objects.get(name='Dr Petit').pk}"
