"""« Relances »: what will leave, for whom, by which way; who gets none and why; taken back while nothing has left."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.reasons import Reason
from office.messages.models import Message
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.books.codes import LaneWhy
from rent_ledger.models import ArrearsCase
from tests.factories import hold_letters, make_actor, make_association, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import DECIDE, indebted
from tests.rent_ledger.arrears.services.test_arrears import TODAY

pytestmark = pytest.mark.django_db
LIST = "/loyers/impayes/relances/"


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()
    return signed_in(make_user())


def to_remind(name: str, *, step: str = "REMINDER") -> ArrearsCase:
    """A case of which a written step is proposed, as the state of its account says."""
    case = indebted(name=name)
    state = case.account.state
    why = Reason(LaneWhy.REMINDER_NO_EFFECT, {"on": date(2026, 10, 20), "until": date(2026, 11, 4)})
    state.action, state.reason = step, why.to_json()
    state.save(update_fields=["action", "reason"])
    return case


def test_who_is_written_to_by_which_way_and_who_is_not(client: Client) -> None:
    reminded, noticed = to_remind("Mme Inès Roy"), to_remind("M. Ali Benali", step="FORMAL")
    held = indebted(name="Mme Rose Weil")
    hold_letters(case=held, source="RENT", until=TODAY + timedelta(days=9), reason="Prime", actor=make_actor())
    page = plain(client.get(LIST))
    assert "2 lettres à confirmer" in page
    for case, action in ((reminded, "REMINDER"), (noticed, "FORMAL")):
        assert f'value="{case.account_id}:{action}" checked' in page
    assert "Courrier" in page
    assert "213,00 €" in page
    assert page.index("Personne ne leur écrit") < page.index("Mme Rose Weil")
    assert "En pause par la gestion locative" in page
    assert LIST in plain(client.get(reverse("rent_ledger:arrears")))


def test_they_are_read_confirmed_together_and_taken_back(client: Client) -> None:
    cases = [to_remind("Mme Inès Roy"), to_remind("M. Ali Benali")]
    asked = {"compte": [f"{case.account_id}:REMINDER" for case in cases], "decision": "CONFIRM", "retour": LIST}
    shown = plain(client.post(DECIDE, asked))
    assert "Envoyer ce message à 2 ménages" in shown
    assert "2 par Courrier" in shown
    assert not Message.objects.exists()
    said = plain(client.post(DECIDE, asked | {"vu": ""}, follow=True))
    assert "2 décisions enregistrées" in said
    assert "Décidées, pas encore parties" in said
    undo = next(part.split('"')[0] for part in said.split('action="') if part.startswith(f"{DECIDE}annuler/"))
    back = plain(client.post(undo.replace("&amp;", "&"), {"retour": LIST}, follow=True))
    assert "2 décisions annulées" in back
    assert "pas encore parties" not in back
    assert set(Message.objects.values_list("state", flat=True)) == {"WITHDRAWN"}


def test_each_sending_is_taken_back_by_itself(client: Client) -> None:
    manager = make_actor()
    for minute, name in ((5, "Mme Inès Roy"), (12, "M. Ali Benali")):
        case = to_remind(name)
        with clock.travel(datetime.combine(TODAY, time(8, minute), tzinfo=clock.PARIS)):
            decide(case=case, decision="CONFIRM", actor=manager)
    page = plain(client.get(LIST))
    assert "Annuler l’envoi de 8 h 12" in page
    assert "Annuler l’envoi de 8 h 05" in page
    undo = next(part.split('"')[0] for part in page.split('action="') if part.startswith(f"{DECIDE}annuler/"))
    back = plain(client.post(undo.replace("&amp;", "&"), {"retour": LIST}, follow=True))
    assert "Annuler l’envoi de 8 h 12" not in back
    assert sorted(Message.objects.values_list("state", flat=True)) == ["CREATED", "WITHDRAWN"]


def test_nothing_to_send_says_when_something_comes(client: Client) -> None:
    page = plain(client.get(LIST))
    assert "Aucune lettre à envoyer" in page
    assert "Aucun impayé n’est retenu" in page


def test_the_number_of_reads_does_not_grow(client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    to_remind("Mme Inès Roy")
    count()
    one = count()
    for name in ("M. Ali Benali", "Mme Rose Weil"):
        to_remind(name)
    assert count() == one
