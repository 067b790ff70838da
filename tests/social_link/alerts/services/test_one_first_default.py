"""Page, API and alert say the same first default."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse as url

from common import clock
from leases.contracts.natures import Nature
from leases.models import Lease
from office.access.codes import Role
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Account, ArrearsCase
from social_link.models import AlertFact
from tests.api import Api
from tests.factories import (
    make_let,
    make_referent,
    make_right,
    make_user,
    owe,
    pay,
)
from tests.social_link.alerts.services.test_raise import FRIDAY, NOV, OCT, SYSTEM, lift, said

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


# ---------- one first default ----------


def _sublet(**facts: Any) -> Lease:
    return make_let(start=date(2024, 3, 15), **(facts or {"rent": "133.00", "charges": "80.00"}))


def _plain() -> int:
    lease = _sublet()
    owe(lease=lease, due_on=OCT)
    return owe(lease=lease, due_on=NOV)


def _whose_oldest_terms_were_paid_since() -> int:
    lease = _sublet()
    with clock.travel(date(2026, 8, 5)):
        account = owe(lease=lease, due_on=date(2026, 8, 1))
        detect_arrears(day=date(2026, 8, 5), actor=SYSTEM)
    for due in (date(2026, 9, 1), OCT, NOV):
        owe(lease=lease, due_on=due)
    pay(account=account, on=date(2026, 10, 20), amount="426.00")
    return account


def _whose_payment_came_back() -> int:
    lease = _sublet()
    account = owe(lease=lease, due_on=OCT)
    entry = pay(account=account, on=date(2026, 10, 3))
    owe(lease=lease, due_on=NOV)
    reverse(entry_ids=[entry], actor=SYSTEM, effective_on=date(2026, 11, 4), kind=EntryKind.RETURN)
    return account


def _whose_former_case_left_a_rest() -> int:
    lease = _sublet(rent="400.00", charges="80.00")
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    with clock.travel(date(2026, 8, 5)):
        account = owe(lease=lease, due_on=date(2026, 8, 1), amount="426.00")
        owe(lease=lease, due_on=date(2026, 8, 1), amount="10.00", nature=Nature.PARKING)
        detect_arrears(day=date(2026, 8, 5), actor=SYSTEM)
    with clock.travel(date(2026, 8, 20)):
        pay(account=account, on=date(2026, 8, 20), amount="426.00")
        detect_arrears(day=date(2026, 8, 20), actor=SYSTEM)
    owe(lease=lease, due_on=OCT)
    owe(lease=lease, due_on=NOV)
    return account


@pytest.mark.parametrize(
    ("account", "first", "opened", "told"),
    [
        (_plain, date(2026, 10, 2), date(2026, 10, 2), "premier défaut le 2 octobre 2026"),
        # Paid since, and owed without a break: its day is that of the page, in words that do not name a term.
        (
            _whose_oldest_terms_were_paid_since,
            date(2026, 8, 2),
            date(2026, 8, 2),
            "jamais à jour depuis le 2 août 2026",
        ),
        (_whose_payment_came_back, date(2026, 10, 2), date(2026, 10, 2), "premier défaut le 2 octobre 2026"),
        (_whose_former_case_left_a_rest, date(2026, 8, 2), date(2026, 8, 20), "premier défaut le 2 août 2026"),
    ],
)
def test_page_api_and_alert_say_the_same_first_default(account: Any, first: date, opened: date, told: str) -> None:
    # The day after the oldest due day that was unpaid when the case opened.
    pk = account()
    detect_arrears(day=FRIDAY, actor=SYSTEM)
    make_referent(household=Account.objects.get(pk=pk).household)
    lift()
    case = ArrearsCase.objects.get(account_id=pk, closed_on=None)
    assert (case.first_default_on, case.opened_on) == (first, opened)
    client = Client()
    client.force_login(make_user())
    page = client.get(url("rent_ledger:case", args=[case.pk])).content.decode().replace("\u00a0", " ")
    assert f"premier défaut le 2 {'août' if first.month == 8 else 'oct.'}<" in page
    assert Api(Role.RENTAL_MANAGER).get(f"/arrears/cases/{case.pk}")["first_default_on"] == first.isoformat()
    assert told in said(AlertFact.objects.get(rule="R2"))
