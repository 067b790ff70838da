"""The page of the rights of a contract."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease
from rent_ledger.models import BenefitRetention, BenefitRight, Posting
from tests.factories import make_actor, make_let, make_right, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.aids import housed

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


@pytest.mark.clock("2026-11-26")
def test_rights_of_a_lease_set_ended_and_a_month_settled(client):
    lease, right = housed()
    url = reverse("rent_ledger:benefit_rights", args=[lease.pk])
    assert "250,00 €" in plain(client.get(url))
    new = {
        "payer": right.payer_id, "kind": "APL", "beneficiary_number": right.beneficiary_number, "amount": "180,00",
        "start": "12/2026", "is_direct": "on",
    }  # fmt: skip
    client.post(url, new)
    current = BenefitRight.objects.get(amount="180.00")
    again = client.post(url, new)
    assert (again.status_code, "commence déjà" in plain(again)) == (422, True)
    with_end = reverse("rent_ledger:benefit_right_end", args=[lease.pk, current.pk])
    client.post(with_end, {"last": "03/2027"})
    current.refresh_from_db()
    assert current.period.upper == date(2027, 4, 1)
    client.post(reverse("rent_ledger:benefit_settle", args=[lease.pk]), {"month": "11/2026", "reason": "Suspendue"})
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("250.00")


def test_another_lease_s_right_is_not_ended_from_here(client):
    one, two = make_let(), make_let()
    right = make_right(lease=two, start=date(2026, 2, 1))
    url = reverse("rent_ledger:benefit_right_end", args=[one.pk, right.pk])
    assert client.post(url, {"last": "03/2027"}).status_code == 404


@pytest.mark.clock("2026-11-02")
def test_the_month_of_a_departure_is_kept_and_given_back_on_the_page(client):
    lease = make_let()
    right = make_right(lease=lease, start=date(2026, 2, 1))
    url = reverse("rent_ledger:benefit_rights", args=[lease.pk])
    assert "Un autre logement aidé suit" not in plain(client.get(url))  # nobody leaves
    refused = plain(client.post(reverse("rent_ledger:benefit_right_keep", args=[lease.pk, right.pk]), follow=True))
    assert "Le ménage n’est pas encore parti" in refused
    nothing = plain(client.post(reverse("rent_ledger:benefit_right_drop", args=[lease.pk, right.pk]), follow=True))
    assert "Ce droit n’a pas de mois du départ" in nothing
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 10, 20), reason="SOCIAL")
    page = plain(client.get(url))
    assert "Garder le mois du départ" in page
    assert "L’aide d’octobre 2026, mois du départ, n’est pas due ici." in page
    kept = plain(client.post(reverse("rent_ledger:benefit_right_keep", args=[lease.pk, right.pk]), follow=True))
    assert "L’aide d’octobre 2026, mois du départ, reste due ici." in kept
    given_back = plain(client.post(reverse("rent_ledger:benefit_right_drop", args=[lease.pk, right.pk]), follow=True))
    assert "L’aide d’octobre 2026, mois du départ, n’est plus due ici." in given_back
    back = plain(client.post(reverse("leases:end_undo", args=[lease.pk]), follow=True))
    assert "Le droit à l’aide (APL, 250,00 €) reprend." in back.replace("\u00a0", " ")


@pytest.mark.clock("2026-11-02")
def test_a_month_whose_last_day_was_lived_in_is_due_and_asks_nothing(client):
    lease = make_let()
    make_right(lease=lease, start=date(2026, 2, 1))
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")
    assert "mois du départ" not in plain(client.get(reverse("rent_ledger:benefit_rights", args=[lease.pk])))


@pytest.mark.clock("2026-11-26")
def test_an_aid_that_the_payer_keeps_is_noted_extended_ended_and_taken_back(client):
    lease, right = housed()
    url = reverse("rent_ledger:benefit_rights", args=[lease.pk])
    # An APL is not kept.
    assert "L’organisme retient l’aide" not in plain(client.get(url))
    BenefitRight.objects.filter(pk=right.pk).update(kind="ALS")
    note = reverse("rent_ledger:retention_note", args=[lease.pk])
    wrong = client.post(note, {"first": "01/2026", "told_on": "20/11/2026"})
    assert (wrong.status_code, "Aucune ALF ni ALS" in plain(wrong)) == (422, True)
    client.post(note, {"first": "11/2026", "told_on": "20/11/2026"})
    retention = BenefitRetention.objects.get()

    def act(name: str, data: dict[str, str] | None = None) -> str:
        return plain(
            client.post(reverse(f"rent_ledger:{name}", args=[lease.pk, retention.pk]), data or {}, follow=True)
        )

    def undone_by(name: str) -> str:
        return f'hx-post="{reverse(f"rent_ledger:{name}", args=[lease.pk, retention.pk])}"'

    page = plain(client.get(url))
    assert "Retenue depuis novembre 2026" in page
    assert undone_by("retention_withdraw") in page
    assert "au plus tard le 30 avr. 2028" in page
    assert "L’organisme retient l’aide" not in page
    assert "au plus tard le 31 oct. 2028" in act("retention_extend", {"fois": "1"})
    assert "au plus tard le 30 avr. 2028" in act("retention_shorten", {"fois": "0"})
    ended = act("retention_end", {"again": "12/2026", "outcome": "LOST"})
    assert "passée en perte" in ended
    assert undone_by("retention_reopen") in ended
    assert "Retenue de novembre 2026 à novembre 2026" in plain(client.get(url))
    assert "La retenue court de nouveau" in act("retention_reopen")
    assert "La retenue est annulée" in act("retention_withdraw")
    other = make_let()
    assert client.post(reverse("rent_ledger:retention_reopen", args=[other.pk, retention.pk])).status_code == 404
