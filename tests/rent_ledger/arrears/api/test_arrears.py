"""The API of arrears."""

from datetime import date

import pytest

from office.access.codes import Role
from tests.api import Api
from tests.factories import make_arrears, make_referent, make_user

pytestmark = pytest.mark.django_db


def test_a_director_sees_balances_and_totals_but_no_name_in_arrears() -> None:
    case = make_arrears()
    director, worker = Api(Role.DIRECTOR), Api(Role.SOCIAL_WORKER)
    assert director.get(f"/accounts/{case.account_id}")["state"]["debt"] == "213.00"
    totals = director.get("/arrears/totals")
    assert [(row["count"], row["amount"]) for row in totals["lanes"] if row["count"]] == [(1, "213.00")]
    director.get("/arrears", status=403)
    director.get(f"/arrears/cases/{case.pk}", status=403)
    assert [row["case_id"] for row in worker.get("/arrears")["items"]] == [case.pk]
    assert worker.get(f"/arrears/cases/{case.pk}")["answers"] is None
    assert Api(Role.HEAD_OF_SOCIAL).get(f"/arrears/cases/{case.pk}")["answers"] == []


def test_arrears_are_filtered_and_sorted_as_on_the_page() -> None:
    small, large = make_arrears(amount="100.00"), make_arrears(amount="300.00")
    api = Api(Role.RENTAL_MANAGER)

    def cases(**query: object) -> list[int]:
        return [row["case_id"] for row in api.get("/arrears", **query)["items"]]

    assert cases(sort="debt") == [small.pk, large.pk]
    assert cases(sort="debt", descending=True) == [large.pk, small.pk]
    assert large.account.household is not None
    assert cases(q=large.account.household.name) == [large.pk]
    [lane] = {row["lane"] for row in api.get("/arrears")["items"]}
    assert len(cases(lane=lane)) == 2
    assert cases(lane="GONE") == []
    api.get("/arrears", lane="AILLEURS", status=422)


def test_a_decision_says_what_it_answers() -> None:
    case = make_arrears(dues=[date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)])
    api = Api(Role.RENTAL_MANAGER)
    at = f"/arrears/cases/{case.pk}"
    proposed = api.get(at)["action"]
    other = "WAIT_ANSWER" if proposed != "WAIT_ANSWER" else "CALL"
    api.refused(f"{at}/decisions", {"decision": "CONFIRM", "expected": other}, status=409, code="conflict")
    pause = {"decision": "PAUSE", "reason": "Rendez-vous pris", "pause_until": "2026-11-20", "expected": proposed}
    made = api.post(f"{at}/decisions", pause, status=201)
    assert (made["proposed"], made["decision"], made["author"]["id"]) == (proposed, "PAUSE", api.user.pk)  # type: ignore[union-attr]
    shown = api.get(at)
    assert [d["id"] for d in shown["decisions"]] == [made["id"]]
    assert [hold["until"] for hold in shown["holds"]] == ["2026-11-20"]
    assert Api(Role.SOCIAL_WORKER).refused(f"{at}/decisions", pause, status=403, code="not_allowed")


def test_a_social_worker_asks_for_the_households_that_she_follows() -> None:
    mine, other, worker = make_arrears(), make_arrears(), make_user(role=Role.SOCIAL_WORKER)
    make_referent(household=mine.account.household, user=worker)
    rows = Api(worker).get("/arrears", mine=True)["items"]
    assert [row["case_id"] for row in rows] == [mine.pk]
    assert {row["case_id"] for row in Api(worker).get("/arrears")["items"]} == {mine.pk, other.pk}
    refused = Api(Role.RENTAL_MANAGER).get("/arrears", mine=True, status=422)
    assert refused["error"]["field"] == "mine"
