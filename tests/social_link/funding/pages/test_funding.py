"""What funders pay on screen: the house's page, the funder's own, and their sheets agree; no name anywhere."""

from datetime import date

import pytest
from django.urls import reverse

from common.periods import period
from office.access.codes import Role
from office.house.codes import OrganisationKind
from social_link.models import FundingLine, FundingShare, Measure
from tests.factories import make_let, make_organisation, make_referent, make_user
from tests.pages import signed_in, words
from tests.pages import text as page_text

pytestmark = pytest.mark.django_db


def test_the_house_and_the_funder_read_the_same_months(django_assert_max_num_queries) -> None:
    caf, state = (make_organisation(kinds=[OrganisationKind.FUNDER]) for _ in range(2))
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address, new = reverse("social_link:fundings"), reverse("social_link:funding_new")
    assert "Aucune convention" in page_text(head.get(address))
    sent = {
        "funder": caf.pk, "kind": "SIMPLE", "reference": "CAF 2026", "first": "01/01/2026", "last": "31/12/2026",
        "places": "20", "rate": "150,00", "counting": "ANY_DAY",
    }  # fmt: skip
    assert head.post(new, sent | {"last": "01/01/2025"}).status_code == 422
    assert "Convention enregistrée" in page_text(head.post(new, sent, follow=True))
    household = make_let().household
    referent = make_referent(household=household)
    measure = Measure.objects.create(
        household=household, kind="SIMPLE", funder=caf, referent=referent, planned_end=date(2026, 12, 31),
        period=period(date(2026, 3, 15), date(2027, 1, 1)),
    )  # fmt: skip
    worker = signed_in(referent)
    share = reverse("social_link:share_new", args=[measure.pk])
    body = {"funder": state.pk, "share": "50", "first": "15/03/2026", "last": "31/12/2026"}
    assert worker.post(share, body | {"share": "101"}).status_code == 422
    assert "finance 50 % de la mesure" in page_text(worker.post(share, body, follow=True)).replace("\u00a0", " ")
    with django_assert_max_num_queries(14):
        page = head.get(address)
    shown = page_text(page).replace("\u00a0", " ")
    assert "0,50 sur 20" in shown
    assert "4,50" in shown  # nine months begun, half of each
    assert shown.count("675,00 €") == 2  # of the line, and in all
    assert household.name not in page.content.decode()
    sheet = head.get(address, {"export": "1"}).content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith("Financeur;Mesure;Convention")
    assert ";4,50;" in sheet[1]
    assert "Accompagnement simple 1 9 9,00 mois" in words(page)
    lasted = head.get(address, {"export": "durees"}).content.decode("utf-8-sig").splitlines()
    assert lasted[1] == "Accompagnement simple;1;9;9,00"
    theirs = signed_in(make_user(role=Role.FUNDER, organisation=caf)).get("/", {"p": "annee"})
    assert "4,50" in page_text(theirs)
    assert page_text(theirs).replace("\u00a0", " ").count("675,00 €") == 2
    assert household.name not in theirs.content.decode()
    own = signed_in(make_user(role=Role.FUNDER, organisation=caf)).get("/", {"export": "mois"})
    assert own.content.decode("utf-8-sig").splitlines()[1] == sheet[1]
    other = signed_in(make_user(role=Role.FUNDER, organisation=state)).get("/", {"export": "mois"})
    assert len(other.content.decode("utf-8-sig").splitlines()) == 2  # head and total: it has no line
    row = FundingLine.objects.get()
    edit = reverse("social_link:funding_edit", args=[row.pk])
    assert "CAF 2026" in head.get(edit).content.decode()
    head.post(edit, sent | {"places": "12"})
    assert FundingLine.objects.get().places == 12
    back = reverse("social_link:funding_back", args=[row.pk])
    assert back in head.post(reverse("social_link:funding_withdraw", args=[row.pk]), follow=True).content.decode()
    head.post(back)
    assert FundingLine.objects.get() == row
    part = FundingShare.objects.get()
    remove = reverse("social_link:share_remove", args=[measure.pk, part.pk])
    assert remove in worker.get(reverse("social_link:measure", args=[measure.pk])).content.decode()
    worker.post(remove)
    assert not FundingShare.objects.exists()


def test_the_opening_page_shows_the_places() -> None:
    caf = make_organisation(kinds=[OrganisationKind.FUNDER], name="CAF de l’Aude")
    FundingLine.objects.create(
        funder=caf, kind="SIMPLE", reference="x", places=3, period=period(date(2026, 1, 1), date(2027, 1, 1))
    )
    household = make_let().household
    client = signed_in(make_referent(household=household))
    page = page_text(client.get(reverse("social_link:measure_new", args=[household.pk])))
    assert "0 sur 3 places, CAF de l’Aude" in page.replace("\u00a0", " ")


def test_a_year_that_is_not_one_is_this_one() -> None:
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    for year in ("x", "9999", "-1", ""):
        assert head.get(reverse("social_link:fundings"), {"annee": year}).context["year"] == 2026
    assert head.get(reverse("social_link:fundings"), {"annee": "2025"}).context["day"] == date(2025, 12, 31)
