"""Files for an aid on pages: opened from the household and from the case, stepped, seen by management as facts."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from rent_ledger.aid_files.models import AidFile
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import ArrearsCase
from tests.factories import make_association, make_referent, make_user
from tests.pages import cost, plain, signed_in
from tests.rent_ledger.aid_files.services.test_aid_files import note, opened, scheme
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, opened_case

pytestmark = pytest.mark.django_db
LIST = reverse("rent_ledger:aid_files")


@pytest.fixture
def case() -> ArrearsCase:
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


@pytest.fixture
def user(case: ArrearsCase) -> User:
    return make_referent(household=case.account.household, user=make_user(role=Role.SOCIAL_WORKER))  # type: ignore[arg-type]


def at(name: str, *args: Any) -> str:
    return reverse(f"rent_ledger:{name}", args=args)


def test_a_file_is_opened_sent_refused_and_management_reads_no_reason(case: ArrearsCase, user: User) -> None:
    worker, manager, aid = signed_in(user), signed_in(make_user()), scheme()
    household = case.account.household_id
    social = plain(worker.get(reverse("desk:household_social", args=[household])))
    assert at("aid_file_new", household) in social
    said = plain(worker.post(at("aid_file_new", household), {"choice": f"{aid.pk}:DEBT"}, follow=True))
    file = AidFile.objects.get()
    assert (file.account_id, file.worker_id) == (case.account_id, user.pk)
    assert "À préparer et à envoyer au plus tard le 20 nov. 2026" in said
    for kind, more in (("SENT", {}), ("REFUSED", {"REFUSED-why": "RECENT"})):
        answer = worker.post(at("aid_step_note", file.pk, kind), {f"{kind}-on": "05/11/2026"} | more)
        assert answer.status_code == 302, plain(answer)
    here = at("aid_file", file.pk)
    assert "aide déjà reçue récemment" in plain(worker.get(here))
    for page in (here, at("case", case.pk), reverse("desk:household_social", args=[household])):
        told = plain(manager.get(page))
        assert "Refusé" in told
        assert "aide déjà reçue récemment" not in told.lower()


def test_management_opens_what_the_answer_asks_for(case: ArrearsCase, user: User) -> None:
    manager, aid = signed_in(make_user()), scheme()
    assert at("case_aid_file", case.pk) not in plain(manager.get(at("case", case.pk)))
    record_social_answer(
        case=case, contact_made=True, cause="BUDGET", next_step="FSL", next_step_on=date(2026, 12, 1),
        actor=Actor.of(user),
    )  # fmt: skip
    assert at("case_aid_file", case.pk) in plain(manager.get(at("case", case.pk)))
    manager.post(at("case_aid_file", case.pk), {"choice": f"{aid.pk}:DEBT"})
    assert AidFile.objects.get().worker_id == user.pk


def test_the_list_says_what_waits_and_costs_the_same(case: ArrearsCase, user: User) -> None:
    client, actor = signed_in(user), Actor.of(user)
    opened(case, actor, scheme=scheme(name="a"))
    few = cost(client, LIST)
    file = opened(case, actor, scheme=scheme(name="b"))
    note(file, "SENT", actor)
    assert cost(client, LIST) == few
    said = plain(client.get(LIST))
    assert "2 dossiers" in said
    assert "1 dossier" in plain(client.get(LIST, {"etat": "a-suivre"}))
    assert "Aucun dossier ici" in plain(client.get(LIST, {"etat": "finis"}))


def test_without_a_scheme_the_page_says_what_to_do_first(user: User, case: ArrearsCase) -> None:
    said = plain(signed_in(user).get(at("aid_file_new", case.account.household_id)))
    assert "Aucune aide n’est saisie" in said


def test_a_colleague_opens_nothing(case: ArrearsCase, user: User) -> None:
    colleague: Client = signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert colleague.get(at("aid_file_new", case.account.household_id)).status_code == 404
    file = opened(case, Actor.of(user))
    assert at("aid_step_note", file.pk, "SENT") not in plain(colleague.get(at("aid_file", file.pk)))
    assert colleague.post(at("aid_step_note", file.pk, "SENT"), {"SENT-on": "05/11/2026"}).status_code == 403
