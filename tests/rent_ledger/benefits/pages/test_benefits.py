"""The pages of benefit statements."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leases.contracts.natures import Nature
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.models import BenefitLine, BenefitRight, BenefitStatement, Posting
from tests.factories import make_payer, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.aids import bordereau, bring, housed

pytestmark = pytest.mark.django_db
AID = reverse("rent_ledger:benefits")


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


def drop_bordereau(client: Client, payer, data: bytes):
    return client.post(
        AID, {"payer": payer.pk, "paid_on": "05/11/2026", "file": SimpleUploadedFile("b.csv", data)}, follow=True
    )


COLUMNS = {"number": "allocataire", "month": "mois", "amount": "montant", "name": "", "lease": "", "kind": ""}


@pytest.mark.clock("2026-11-26")
def test_a_bordereau_is_read_shown_then_imported(client):
    _, right = housed()
    seen = drop_bordereau(client, right.payer, bordereau((right.beneficiary_number, "11/2026", "200,00")))
    url = seen.redirect_chain[-1][0]
    assert "Que contient chaque colonne" in plain(seen)
    dry = plain(client.post(url, COLUMNS))
    assert "Importer 1 ligne" in dry
    assert BenefitStatement.objects.count() == 0
    done = plain(client.post(url, COLUMNS | {"importer": "1"}, follow=True))
    assert "1 rapprochée, 1 de montant changé" in done
    assert "Montant changé" in done
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("50.00")


def test_errors_of_a_bordereau_are_told_by_line(client):
    payer = make_payer()
    seen = drop_bordereau(client, payer, bordereau(("1", "11/2026", "x"), ("2", "99/2026", "1,00")))
    answer = client.post(seen.redirect_chain[-1][0], COLUMNS | {"importer": "1"})
    assert answer.status_code == 422
    for line in ("Ligne 2 :", "Ligne 3 :"):
        assert line in plain(answer)
    assert BenefitStatement.objects.count() == 0


@pytest.mark.clock("2026-11-26")
def test_a_line_received_before_is_shown_and_waits_for_a_word(client):
    _, right = housed()
    first = bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    rows = ((right.beneficiary_number, "11/2026", "250,00"), (right.beneficiary_number, "10/2026", "250,00"))
    url = drop_bordereau(client, right.payer, bordereau(*rows)).redirect_chain[-1][0]
    dry = plain(client.post(url, COLUMNS))
    assert "1 ligne est déjà dans un autre bordereau" in dry
    assert reverse("rent_ledger:benefit_statement", args=[first.statement_id]) in dry
    refused = client.post(url, COLUMNS | {"importer": "1"})
    assert (refused.status_code, "1 ligne déjà reçue" in plain(refused)) == (422, True)
    assert 'name="encore"' in plain(refused)
    assert BenefitStatement.objects.count() == 1
    client.post(url, COLUMNS | {"importer": "1", "encore": "1"})
    assert BenefitStatement.objects.count() == 2


@pytest.mark.parametrize(("data", "message"), [(b"%PDF", "PDF"), (b"un\n", "colonne"), (b"", "vide")])
def test_what_is_no_bordereau_is_refused(client, data, message):
    answer = drop_bordereau(client, make_payer(), data)
    assert (answer.status_code, message in plain(answer)) == (422, True)


def test_the_columns_of_somebody_else_s_file_are_not_found(client):
    seen = drop_bordereau(client, make_payer(), bordereau(("1", "11/2026", "1,00")))
    assert signed_in(make_user()).get(seen.redirect_chain[-1][0]).status_code == 404


@pytest.mark.clock("2026-11-26")
def test_what_came_as_awaited_is_folded_and_an_amount_opens_its_right(client):
    payer = make_payer()
    (first, right), (second, other) = housed(payer=payer), housed(payer=payer)
    report = bring(
        payer, (right.beneficiary_number, "11/2026", "250,00"), (other.beneficiary_number, "11/2026", "9,00")
    )
    page = plain(client.get(reverse("rent_ledger:benefit_statement", args=[report.statement_id])))
    changed, _, expected = page.partition("Comme prévu")
    assert re.search(r"<details(?![^>]*open)[^>]*t-prevues", page)
    for part, lease, amount in ((expected, first, "250,00"), (changed, second, "9,00")):
        rights = reverse("rent_ledger:benefit_rights", args=[lease.pk])
        assert re.search(rf'href="{rights}">\s*<strong>{amount}\s€</strong>', part)


@pytest.mark.clock("2026-11-26")
def test_a_new_amount_keeps_the_payer_and_the_number_of_the_right(client):
    make_payer()
    lease, right = housed(payer=make_payer())
    BenefitRight.objects.update(kind="ALS", is_direct=False)
    url = reverse("rent_ledger:benefit_rights", args=[lease.pk])
    form = client.get(url).context["right_form"]
    assert {name: form[name].value() for name in ("payer", "kind", "beneficiary_number", "is_direct", "amount")} == {
        "payer": right.payer_id, "kind": "ALS", "beneficiary_number": right.beneficiary_number, "is_direct": False,
        "amount": None,
    }  # fmt: skip
    sent = {name: form[name].value() for name in ("payer", "kind", "beneficiary_number")}
    told = plain(client.post(url, sent | {"amount": "198,50", "start": "12/2026"}, follow=True))
    assert "ALS de 198,50 € à partir de décembre 2026." in told.replace("\xa0", " ")


@pytest.mark.clock("2026-11-26")
def test_an_unknown_line_is_given_to_a_right(client):
    _, right = housed()
    bring(right.payer, ("7777777", "11/2026", "250,00"))
    statement, line = BenefitStatement.objects.get(), BenefitLine.objects.get()
    seen = plain(client.get(reverse("rent_ledger:benefit_statement", args=[statement.pk])))
    assert "À reconnaître" in seen
    assert f'name="droit" value="{right.pk}"' in seen
    client.post(reverse("rent_ledger:benefit_assign", args=[line.pk]), {"droit": right.pk})
    assert BenefitLine.objects.get().state == BenefitLineState.MATCHED


@pytest.mark.clock("2026-11-26")
def test_a_line_given_where_the_same_amount_came_is_confirmed_on_the_page(client):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    bring(right.payer, ("7777777", "11/2026", "250,00"))
    line = BenefitLine.objects.get(right=None)
    url = reverse("rent_ledger:benefit_assign", args=[line.pk])
    page = client.get(reverse("rent_ledger:benefit_statement", args=[line.statement_id]))
    assert "Imputer quand même" not in plain(page)
    refused = plain(client.post(url, {"droit": right.pk}, follow=True))
    assert ("sont déjà reçus" in refused, "Imputer quand même" in refused) == (True, True)
    assert BenefitLine.objects.get(pk=line.pk).right is None
    client.post(url, {"droit": right.pk, "encore": "1"})
    assert BenefitLine.objects.get(pk=line.pk).right == right


@pytest.mark.clock("2026-11-26")
def test_a_changed_amount_is_awaited_from_the_next_month(client):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    url = reverse("rent_ledger:benefit_follow", args=[BenefitLine.objects.get().pk])
    client.post(url)
    assert list(BenefitRight.objects.order_by("period").values_list("amount", flat=True)) == [
        Decimal("250.00"), Decimal("200.00"),
    ]  # fmt: skip
    assert "déjà terminé ou changé" in plain(client.post(url, follow=True))


@pytest.mark.clock("2026-11-26")
def test_the_cost_of_a_bordereau_does_not_follow_its_lines(client, django_assert_max_num_queries):
    payer = make_payer()
    rights = [housed(payer=payer)[1] for _ in range(5)]
    two = bring(payer, *[(r.beneficiary_number, "11/2026", "200,00") for r in rights[:2]], ("1", "11/2026", "9,00"))
    five = bring(
        payer, *[(r.beneficiary_number, "10/2026", "250,00") for r in rights], ("2", "11/2026", "9,00"),
        ("3", "11/2026", "9,00"),
    )  # fmt: skip
    urls = [reverse("rent_ledger:benefit_statement", args=[r.statement_id]) for r in (two, five)]
    client.get(urls[0])
    with django_assert_max_num_queries(25) as few:
        client.get(urls[0])
        cost = len(few)
    with django_assert_max_num_queries(cost):
        client.get(urls[1])
