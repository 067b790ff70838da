"""What the social service does next is a code and a day: no text of its own reaches the rental side."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from common.errors import InvalidInput
from office.access.codes import Role
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import SocialAnswer
from tests.factories import make_actor, make_arrears, make_association, make_bank_known, make_user
from tests.pages import plain, signed_in

TODAY = date(2026, 11, 5)
SECRET = "Hospitalisée en psychiatrie, dépressive"
pytestmark = pytest.mark.django_db


@pytest.fixture
def answer() -> SocialAnswer:
    make_association()
    make_bank_known(until=TODAY)
    worker = make_actor(role=Role.SOCIAL_WORKER)
    return record_social_answer(
        case=make_arrears(), contact_made=True, cause=CauseCode.BUDGET, next_step="FSL",
        next_step_on=date(2026, 11, 12), actor=worker,
    )  # fmt: skip


def test_the_rental_side_reads_the_code_and_the_day_and_no_text_of_before(answer: SocialAnswer) -> None:
    SocialAnswer.objects.filter(pk=answer.pk).update(former_step=SECRET)
    manager, household = signed_in(make_user()), answer.case.account.household_id
    pages = (
        reverse("rent_ledger:case", args=[answer.case_id]), "/", f"/menages/{household}/",
        f"/menages/{household}/social/", f"/menages/{household}/loyer/",
    )  # fmt: skip
    said = [plain(manager.get(page)) for page in pages]
    assert not [page for page, text in zip(pages, said, strict=True) if "psychiatrie" in text]
    assert "Dossier FSL le 12 nov." in said[0]
    assert "Dossier FSL le 12 nov." in said[1]


@pytest.mark.parametrize(
    ("what", "step", "on", "field"),
    [
        ("a free text", SECRET, None, "next_step"),
        ("a day without a step", "", TODAY, "next_step_on"),
        ("a step without its day", "FSL", None, "next_step_on"),
        ("a day that is past", "FSL", date(2026, 11, 4), "next_step_on"),
    ],
)
def test_a_next_step_is_refused(what: str, step: str, on: date | None, field: str) -> None:
    make_bank_known(until=TODAY)
    with pytest.raises(InvalidInput) as refused:
        record_social_answer(
            case=make_arrears(), contact_made=True, cause=CauseCode.BUDGET, next_step=step, next_step_on=on,
            actor=make_actor(role=Role.SOCIAL_WORKER),
        )  # fmt: skip
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Payé le 5 nov. 2026", "PAID"),
        ("Dossier FSL déposé", "FSL"),
        ("Rendez-vous CAF pris", "BENEFIT"),
        ("Dossier de surendettement", "OVERDEBT"),
        ("Nouvelle visite dans quinze jours", "VISIT"),
        ("Nouvel essai de contact", "CONTACT"),
        ("RDV budget", "MEETING"),
        ("Plan à signer", "PLAN"),
        ("Orientée vers le CMS", "REFERRAL"),
        ("Courrier à l’employeur", "OTHER"),
        (SECRET, "OTHER"),
        ("Rendez-vous alcoologie au CHU", "OTHER"),
        ("", ""),
    ],
)
def test_a_text_of_before_becomes_a_code_and_is_kept(text: str, code: str, answer: SocialAnswer) -> None:
    SocialAnswer.objects.filter(pk=answer.pk).update(former_step=text, next_step="", next_step_on=None)
    with connection.cursor() as cursor:
        cursor.execute(import_module("rent_ledger.migrations.0009_next_step_is_a_code").SQL)
    answer.refresh_from_db()
    assert (answer.next_step, answer.former_step) == (code, text)
