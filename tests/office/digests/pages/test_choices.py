"""How somebody wants to be told; what was sent to the people of the house."""

from typing import Any

import pytest

from office.access.codes import Role
from office.digests.models import NoticeChoice
from office.digests.services.sending import tell_urgent
from tests.office.notices.telling import tell

pytestmark = pytest.mark.django_db
URL = "/bureau/notifications/choix/"


def test_without_a_choice_the_page_shows_what_everybody_has(client_as: Any) -> None:
    form = client_as(Role.TECHNICIAN).get(URL).context["form"]
    assert form.initial == {
        "wants_digest": True, "urgent_by_mail": True, "urgent_by_sms": False, "phone": "", "away_until": None,
    }  # fmt: skip


def test_a_choice_is_saved_and_changed(client_as: Any) -> None:
    client = client_as(Role.TECHNICIAN)
    page = client.post(URL, {"urgent_by_sms": "on", "phone": "06 11 22 33 44", "away_until": "10/11/2026"}, follow=True)
    assert "Vos choix sont enregistrés." in page.content.decode()
    row = NoticeChoice.objects.get(user=client.user)
    assert (row.wants_digest, row.urgent_by_mail, row.urgent_by_sms, row.phone) == (False, False, True, "+33611223344")
    assert str(row.away_until) == "2026-11-10"
    assert client.get(URL).context["form"].initial["phone"].replace("\u00a0", " ") == "06 11 22 33 44"
    client.post(URL, {"wants_digest": "on"})
    row.refresh_from_db()
    assert (row.wants_digest, row.urgent_by_sms, row.phone, row.away_until) == (True, False, "", None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"urgent_by_sms": "on"}, "Donnez le numéro de mobile où vous prévenir."),
        ({"phone": "01 40 00 00 00"}, "Écrivez un numéro de mobile, par exemple 06 12 34 56 78."),
        ({"away_until": "04/11/2026"}, "Choisissez aujourd’hui ou un jour à venir, ou laissez vide."),
    ],
)
def test_what_is_refused(client_as: Any, given: dict[str, str], said: str) -> None:
    page = client_as(Role.TECHNICIAN).post(URL, given)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not NoticeChoice.objects.exists()


def test_the_administrator_sees_to_whom_and_how_far_not_what(client_as: Any) -> None:
    nadege = client_as(Role.RENTAL_MANAGER)
    tell(nadege.user)
    tell_urgent()
    page = client_as(Role.ADMINISTRATOR).get("/bureau/equipe/envois/")
    text = page.content.decode()
    assert str(nadege.user) in text
    assert "Alerte urgente, à l’équipe" in text
    assert "À envoyer" in text
    assert "vous attend" not in text
    assert "Alerte urgente, à l’équipe" not in nadege.get("/bureau/messages/?etat=tous").content.decode()
