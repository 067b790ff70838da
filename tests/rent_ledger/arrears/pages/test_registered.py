"""The page of a formal notice: its number, what the post did with it, its proofs, each taken back."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from office.messages.models import Message
from rent_ledger.arrears.registered import RegisteredLetter
from tests.factories import make_association, make_picture, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import indebted
from tests.rent_ledger.arrears.services.test_registered import NUMBER, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()
    return signed_in(make_user())


def test_a_formal_notice_from_the_post_to_its_proofs_and_back(client: Client, own_media: None) -> None:
    case = indebted(name="Mme Inès Roy")
    page = reverse("rent_ledger:registered", args=[notice(case).uuid])
    assert "Noter le dépôt" in plain(client.get(page))
    refused = client.post(f"{page}depot/", {"posted_on": "05/11/2026", "number": "12"})
    assert refused.status_code == 422
    assert "recopiez celui du reçu" in plain(refused)
    assert "Recopiez le numéro" in plain(client.post(f"{page}depot/", {"posted_on": "05/11/2026"}))
    told = plain(client.post(f"{page}depot/", {"posted_on": "05/11/2026", "number": NUMBER}, follow=True))
    assert "2C12345678901" in told
    assert "Dépôt noté" in told
    proof = SimpleUploadedFile("reçu.jpg", make_picture().getvalue())
    assert "1 preuve gardée" in plain(client.post(f"{page}preuves/", {"proofs": proof}, follow=True))
    [kept] = RegisteredLetter.objects.get().proofs.all()
    assert client.get(f"{page}preuves/{kept.uuid}/").status_code == 200
    assert "Preuve retirée" in plain(client.post(f"{page}preuves/{kept.uuid}/retirer/", follow=True))
    assert "Choisissez d’abord un fichier" in plain(client.post(f"{page}preuves/", follow=True))
    assert "Dites ce que la poste" in plain(client.post(f"{page}issue/", {"outcome_on": "05/11/2026"}))
    told = plain(client.post(f"{page}issue/", {"outcome": "RECEIVED", "outcome_on": "05/11/2026"}, follow=True))
    assert "jusqu’au 20 nov. 2026" in told
    assert "de nouveau attendu" in plain(client.post(f"{page}issue/annuler/", follow=True))
    told = plain(client.post(f"{page}issue/", {"outcome": "UNCLAIMED", "outcome_on": "05/11/2026"}, follow=True))
    assert "Pli avisé et non réclamé" in told
    assert "un commissaire de justice peut la signifier" in told
    assert "annulez-le d’abord" in plain(client.post(f"{page}depot/annuler/", follow=True))
    client.post(f"{page}issue/annuler/")
    assert "de nouveau à noter" in plain(client.post(f"{page}depot/annuler/", follow=True))
    assert client.get(f"{page}lettre.pdf").content.startswith(b"%PDF")


def test_another_letter_has_no_such_page(client: Client) -> None:
    message = notice(indebted())
    Message.objects.filter(pk=message.pk).update(kind="COURTESY")
    assert client.get(reverse("rent_ledger:registered", args=[message.uuid])).status_code == 404
