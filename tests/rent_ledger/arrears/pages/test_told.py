"""What the social service answered is told to the rental manager and to the head of social; who reads the cases beside
them is told that it follows the household, and neither until when nor what it asks (matrix 6.6, « alert and its
answer »)."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import hold_letters, make_actor, make_association, make_referent, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import LIST, indebted

pytestmark = pytest.mark.django_db
TOLD = [(Role.RENTAL_MANAGER, True), (Role.HEAD_OF_SOCIAL, True), (Role.SOCIAL_WORKER, False)]
UNTIL = date(2026, 11, 23)


def _answered(*, hold_until: date | None = None, plan: Decimal | None = None) -> ArrearsCase:
    make_association()
    case = indebted()
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", hold_until=hold_until, plan_asked=plan is not None,
        plan_amount=plan, actor=make_actor(role=Role.HEAD_OF_SOCIAL),
    )  # fmt: skip
    return case


def _pauses_before_it_answers() -> ArrearsCase:
    make_association()
    case = indebted()
    hold_letters(case=case, until=UNTIL, source="SOCIAL", actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    return case


def _alerted() -> ArrearsCase:
    make_association()
    case = indebted()
    hold_letters(case=case, until=UNTIL, source="RULE", actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    return case


def _plan() -> ArrearsCase:
    return _answered(plan=Decimal("46.15"))


HUSHED: list[tuple[Callable[[], ArrearsCase], tuple[str, ...], str]] = [
    # What happened, the words that are of the answer, what is said to the others.
    (lambda: _answered(hold_until=UNTIL), ("23 nov", "2026-11-23"), "En pause par le service social"),
    (_pauses_before_it_answers, ("23 nov", "2026-11-23"), "Suivi par le service social, relances suspendues"),
    (_alerted, ("23 nov", "2026-11-23"), "Alerte au service social, relances suspendues"),
    (_plan, ("46,15", "46.15", "plan demandé"), "Suite réservée à la personne référente"),
]


def _said(answer: Any) -> str:
    if answer["Content-Type"].startswith("application/json"):
        return json.dumps(answer.json(), ensure_ascii=False).replace("\u00a0", " ")
    return plain(answer)


def _answers(client: Client, case: ArrearsCase) -> dict[str, str]:
    """All pages and operations that tell the proposal of the case."""
    household = case.account.household_id
    asked = {
        "list": f"{LIST}?situation=tous&suivi=tous",
        "why": reverse("rent_ledger:arrears_why", args=[case.account_id]),
        "export": f"{LIST}export.csv?situation=tous&suivi=tous",
        "case": reverse("rent_ledger:case", args=[case.pk]),
        "household": reverse("desk:household", args=[household]),
        "api list": "/api/v1/arrears",
        "api case": f"/api/v1/arrears/cases/{case.pk}",
    }
    found = {name: client.get(address) for name, address in asked.items()}
    return {name: _said(answer) for name, answer in found.items() if answer.status_code == 200}


@pytest.mark.parametrize(("role", "is_told"), TOLD)
@pytest.mark.parametrize(("happened", "words", "instead"), HUSHED, ids=["pause", "followed", "alerted", "plan"])
def test_what_the_social_service_answered_is_told_by_role(
    happened: Callable[[], ArrearsCase], words: tuple[str, ...], instead: str, role: Role, is_told: bool
) -> None:
    case = happened()
    answers = _answers(signed_in(make_user(role=role)), case)
    assert {"list", "why", "case", "household", "api list", "api case"} <= set(answers)
    said = {name for name, text in answers.items() if any(word in text for word in words)}
    if is_told:
        assert {"list", "case", "api list", "api case"} <= said
    else:
        assert said == set()
        assert instead in answers["list"]
        assert instead in answers["api list"]


@pytest.mark.parametrize("happened", [HUSHED[0][0], HUSHED[3][0]], ids=["pause", "plan"])
def test_a_social_worker_reads_the_answer_of_her_own_case(happened: Callable[[], ArrearsCase]) -> None:
    case, user = happened(), make_user(role=Role.SOCIAL_WORKER)
    household = case.account.household
    assert household is not None
    make_referent(household=household, user=user)
    words = next(words for made, words, _ in HUSHED if made is happened)
    answers = _answers(signed_in(user), case)
    said = {name for name, text in answers.items() if any(word in text for word in words)}
    assert {"list", "case", "api list", "api case"} <= said
    shown = answers["case"].split('id="t-social"')[-1]
    assert "Réservée à la personne référente" not in shown
    assert "Aucune pause" not in shown or happened is HUSHED[3][0]


@pytest.mark.parametrize(("role", "is_told"), TOLD)
def test_no_list_finds_who_is_asked_a_plan_for_who_may_not_know(role: Role, is_told: bool) -> None:
    case = _plan()
    assert AccountState.objects.get(pk=case.account_id).action == "PLAN"
    client = signed_in(make_user(role=role))
    for word in ("plan", "decider"):
        page = client.get(LIST, {"situation": word})
        assert len(page.context["rows"]) == is_told
        # The square says as many as its list.
        assert page.context["tiles"][0].count == is_told
    listed = client.get("/api/v1/arrears", {"to_decide": True}).json()
    totals = client.get("/api/v1/arrears/totals").json()["lanes"]
    assert len(listed["items"]) == sum(lane["to_decide"] for lane in totals) == is_told


def test_what_is_told_is_not_written() -> None:
    case = _plan()
    signed_in(make_user(role=Role.SOCIAL_WORKER)).get(f"{LIST}?situation=tous&suivi=tous")
    assert AccountState.objects.get(pk=case.account_id).action == "PLAN"
