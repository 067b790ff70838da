"""The import of the stock: dropped, previewed, written."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common import clock
from office.files.services.deposits import sweep_deposits
from stock.models import Dwelling, StockImport
from tests.factories import (
    make_agreement,
)
from tests.pages import text
from tests.paths import DATA

pytestmark = pytest.mark.django_db
RPLS = DATA / "rpls" / "rpls_extract_first300.csv"


def upload(client, data: bytes, **fields):
    file = SimpleUploadedFile("parc.csv", data, content_type="text/csv")
    return client.post(reverse("stock:import"), {"file": file, **fields}, follow=True)


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    """Deposits of other tests are elsewhere."""
    settings.MEDIA_ROOT = str(tmp_path)


def kept() -> list[str]:
    """Deposits in the storage."""
    try:
        return default_storage.listdir("deposits")[1]
    except FileNotFoundError:
        return []


def test_the_file_is_previewed_then_imported_then_already_known(client_as):
    client = client_as("RENTAL_MANAGER")
    agreement = make_agreement()
    seen = upload(client, RPLS.read_bytes(), agreement=agreement.pk)
    assert "186" in text(seen)
    assert "laissées de côté" in text(seen)
    assert not Dwelling.objects.exists()
    url = seen.redirect_chain[-1][0]
    done = client.post(url, {"convention": agreement.pk}, follow=True)
    assert "186" in text(done)
    assert agreement.lines.count() == Dwelling.objects.count() == 186
    assert StockImport.objects.get().author == client.user
    assert "a déjà été importé" in text(client.get(url))


def test_the_groups_are_offered_expanded(client_as):
    client = client_as("RENTAL_MANAGER")
    seen = upload(client, RPLS.read_bytes())
    expanded = client.get(seen.redirect_chain[-1][0], {"deplier": "1"})
    assert len(expanded.context["preview"].created) == 1664
    assert "Laisser les groupes de côté" in text(expanded)


def test_line_errors_are_listed_and_nothing_can_be_imported(client_as):
    client = client_as("RENTAL_MANAGER")
    data = b"DEPCOM;CODEPOSTAL;LIBCOM;NOMVOIE;NBPIECE\n44109;44000;NANTES;CORDIERS;3\n44109;44000;NANTES;CORDIERS;x\n"
    seen = upload(client, data)
    page = text(seen)
    assert seen.status_code == 422
    assert "Ligne 3, colonne NBPIECE" in page
    assert "Rien n’a été importé" in page
    assert "Importer 1" not in page
    assert not Dwelling.objects.exists()
    assert kept() == []


def test_what_is_no_rpls_file_is_said(client_as):
    seen = upload(client_as("RENTAL_MANAGER"), b"bonjour")
    assert "l’en-tête n’a pas les colonnes" in text(seen)
    assert kept() == []


def test_nobody_reads_the_preview_of_another_session(client_as):
    seen = upload(client_as("RENTAL_MANAGER"), RPLS.read_bytes())
    assert client_as("RENTAL_MANAGER").get(seen.redirect_chain[-1][0]).status_code == 404


def test_a_deposit_that_nobody_confirms_is_erased_after_some_days(client_as):
    client = client_as("RENTAL_MANAGER")
    url = upload(client, RPLS.read_bytes()).redirect_chain[-1][0]
    default_storage.save("stock-imports/of-before.csv", ContentFile(b"x"))
    assert len(kept()) == 1
    with clock.travel(datetime.now(tz=clock.PARIS) + timedelta(days=6)):  # noqa: TID251  the disk's own clock
        assert sweep_deposits() == 0
    with clock.travel(datetime.now(tz=clock.PARIS) + timedelta(days=8)):  # noqa: TID251
        assert sweep_deposits() == 2
    assert "Déposez-le de nouveau" in text(client.get(url, follow=True))
    assert "Déposez-le de nouveau" in text(client.post(url, follow=True))
    assert not Dwelling.objects.exists()
