"""The instalment of the month, on the avis and on the statement: what it is for, by when, what is left of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock
from common.periods import Month
from office.documents.services import render
from office.jobs.worker import drain
from office.models import Document
from rent_ledger.arrears.services.plans import end_plan, propose_plan, sign_plan
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.models import ArrearsCase, RentDemand, RepaymentPlan
from tests.factories import make_actor, make_arrears, make_association, make_bank_known, make_user, pay
from tests.pages import signed_in, words
from tests.pdf import pdf_text

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
TODAY = date(2026, 11, 28)
FIRST = "Mensualité 1 sur 6 du plan du 28/11/2026"


@pytest.fixture
def case() -> ArrearsCase:
    """600 euros in six months, from 10 December."""
    make_association()
    make_bank_known(until=date(2026, 11, 27))
    found = make_arrears(dues=[date(2026, month, 1) for month in (9, 10, 11)], amount="200.00")
    plan = propose_plan(case=found, months=6, first_on=date(2026, 12, 10), actor=make_actor())
    sign_plan(plan=plan, signed_on=TODAY, actor=make_actor())
    return found


def bill(month: Month) -> RentDemand:
    run = launch_run(month=month, actor=make_actor())
    drain(run.job_id)
    return RentDemand.objects.get(run=run)


def printed(demand: RentDemand) -> dict:
    return demand_documents(demands=[demand], actor=make_actor())[demand.pk].data


def told(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_an_avis_asks_the_instalment_of_its_month_with_the_term(case: ArrearsCase) -> None:
    demand = bill(Month(2026, 12))
    data = printed(demand)
    assert data["instalment"] == {"label": FIRST, "on": "2026-12-10", "amount": "100.00"}
    assert Decimal(data["to_pay"]) == demand.net + 100
    paper = told(pdf_text(render(Document.objects.get(number=demand.reference))))
    assert f"{FIRST}, au plus tard le 10 décembre 2026 100,00 €" in paper
    page = words(signed_in(make_user()).get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert f"{FIRST}, au plus tard le 10 déc. : 100,00 €" in page


def test_what_was_paid_of_it_by_the_day_of_issue_is_asked_no_more_and_what_came_since_changes_nothing(
    case: ArrearsCase,
) -> None:
    with clock.travel(date(2026, 12, 2)):
        pay(account=case.account_id, on=date(2026, 12, 2), amount="40.00")
        demand = bill(Month(2026, 12))
    with clock.travel(date(2026, 12, 20)):
        pay(account=case.account_id, on=date(2026, 12, 20), amount="60.00")
        end_plan(plan=RepaymentPlan.objects.get(), reason="Autre accord", actor=make_actor())
        assert printed(demand)["instalment"]["amount"] == "60.00"


def test_an_avis_names_an_earlier_instalment_that_is_late_and_asks_its_own_alone(case: ArrearsCase) -> None:
    # On its day, an instalment is not late.
    with clock.travel(date(2026, 12, 10)):
        assert printed(bill(Month(2026, 12)))["plan_before"] is None
    with clock.travel(date(2026, 12, 12)):
        pay(account=case.account_id, on=date(2026, 12, 12), amount="40.00")
        demand = bill(Month(2027, 1))
        data = printed(demand)
        assert (data["plan_before"], Decimal(data["to_pay"])) == ("60.00", demand.net + 100)
        said = "En plus, 60,00 € de mensualités du plan, plus anciennes, restaient à payer"
        assert f"{said} au 12 décembre 2026." in told(pdf_text(render(Document.objects.get(number=demand.reference))))
    page = words(signed_in(make_user()).get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert f"{said} au 12 déc." in page


def test_an_avis_of_a_plan_that_is_over_asks_none(case: ArrearsCase) -> None:
    plan = RepaymentPlan.objects.get()
    with clock.travel(date(2026, 11, 29)):
        end_plan(plan=plan, reason="Autre accord", actor=make_actor())
        assert printed(bill(Month(2026, 12)))["instalment"] is None


def test_the_statement_says_the_next_instalment_in_its_three_forms(case: ArrearsCase) -> None:
    client = signed_in(make_user())
    page = words(client.get(reverse("rent_ledger:statement", args=[case.account_id])))
    assert f"{FIRST}, au plus tard le 10 déc. : 100,00 €" in page
    sheet = words(client.get(reverse("rent_ledger:statement_print", args=[case.account_id])))
    assert f"{FIRST}, au plus tard le 10 déc. 2026 : 100,00 €" in sheet
    paper = told(pdf_text(client.get(reverse("rent_ledger:statement_pdf", args=[case.account_id])).content))
    assert f"{FIRST} : 100,00 € , au plus tard le 10 décembre 2026." in paper
