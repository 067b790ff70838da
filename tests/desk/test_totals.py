"""The total of the arrears is one: by situation, by cause, in the lists, to each role."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from desk.queries.delays import RuleRow, all_rules
from desk.queries.rental_home import rental_home
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.parameters import legal_params
from rent_ledger.arrears.queries.arrears import touched_by_switch
from rent_ledger.arrears.queries.legal import weigh
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import ArrearsCase, OpenItem
from tests.factories import (
    make_actor,
    make_arrears,
    make_association,
    make_bank_known,
    make_let,
    make_right,
    make_user,
    owe,
)
from tests.pages import signed_in, text
from tests.totals import arrears_totals

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def test_who_the_coming_regime_touches_is_counted_as_their_pages_say() -> None:
    """18 were told, three of them occupation agreements; the link listed everybody."""
    make_association()
    make_bank_known(until=TODAY)
    aided = make_let(start=date(2024, 3, 15))
    make_right(lease=aided, amount="267.00", start=date(2024, 4, 1))
    occupation = make_let(start=date(2024, 3, 15), kind="OCCUPANCY")
    make_right(lease=occupation, amount="267.00", start=date(2024, 4, 1))
    cases = [
        make_arrears(lease=lease, dues=(date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)), amount="160.00")
        for lease in (aided, make_let(start=date(2024, 3, 15)), occupation)
    ]
    ArrearsCase.objects.update(constituted_on=None, report_due_on=None)
    said = {
        case.pk for case in cases
        if (weighed := weigh([case.account_id], day=TODAY, ahead=True).get(case.account_id))
        and weighed.outlook and weighed.outlook.threshold_on
    }  # fmt: skip
    assert said == {cases[0].pk}
    found = list(touched_by_switch(TODAY, legal_params(TODAY)))
    assert [state.account_id for state in found] == [cases[0].account_id]
    page = signed_in(make_user()).get(reverse("rent_ledger:arrears"), {"situation": "nouveau-seuil"})
    assert [row.state.pk for row in page.context["rows"]] == [cases[0].account_id]
    home = rental_home(actor=Actor.of(make_user()), day=TODAY)
    [switch] = [line for line in home.deadlines if line.title == "Nouveau seuil d’impayé"]
    assert "1\u00a0dossier" in switch.text
    assert switch.url.endswith("?situation=nouveau-seuil")


def test_the_tables_of_the_director_have_their_sum() -> None:
    rows = [RuleRow("Premier impayé", 3, 2, 1), RuleRow("Deuxième impayé", 4, 4, 3)]
    assert all_rules(rows) == RuleRow("Total", 7, 6, 4)
    make_association()
    make_arrears(dues=(date(2026, 10, 1), date(2026, 11, 1)), amount="213.00")
    shown = text(signed_in(make_user(role=Role.DIRECTOR)).get(reverse("rent_ledger:arrears")))
    assert re.search(r"Total</th>.{0,60}>1</td>.{0,60}>426,00\s€</td>", shown)


def hold(case: ArrearsCase, n: int, kind: str) -> None:
    debts = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")[:n]
    hold_debt(posting_ids=[debt.posting_id for debt in debts], kind=kind, reason="Signé", actor=make_actor())


def test_the_total_of_the_arrears_is_the_same_everywhere() -> None:
    """The director read 213 by situation and 426 by cause: what is held was in no lane."""
    make_association()
    make_bank_known(until=TODAY)
    answered, whole, part = (make_arrears(dues=(date(2026, 10, 1), date(2026, 11, 1))) for _ in range(3))
    record_social_answer(
        case=answered, contact_made=True, cause=CauseCode.BENEFIT, actor=make_actor(role="SOCIAL_WORKER")
    )  # fmt: skip
    hold(whole, 2, "PLAN")
    hold(part, 1, "DISPUTE")
    # Due today: not late. Late beyond what the bank is known for: in a lane, without a case.
    owe(lease=make_let(), due_on=TODAY, amount="213.00")
    owe(lease=make_let(), due_on=date(2026, 11, 4), amount="100.00")
    found = arrears_totals(TODAY)
    assert set(found.values()) == {(Decimal("1378.00"), 4)}, found
