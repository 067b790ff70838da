"""The threshold of the payer (R3), near and reached, and a debt of which nobody speaks with the household (R8)."""

from datetime import date
from uuid import uuid4

import pytest

from common import clock
from common.periods import period
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.arrears.queries import legal
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.models import BenefitRight
from social_link.alerts.services.answers import answer
from social_link.models import Alert, AlertFact, Contact, Measure
from tests.factories import make_arrears, make_bank_known, make_let, make_referent, make_right, owe
from tests.social_link.alerts.services.test_raise import FRIDAY, NOV, OCT, SYSTEM, lift, said

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def test_a_debt_that_the_next_term_makes_an_impaye_alerts_and_once_it_is_one_again() -> None:
    """480 € a month, 267 € of them paid by the benefit: 213 € net, twice that is an impayé (CCH, art. R. 824-1)."""
    lease = make_let(start=date(2024, 3, 15), due_day=5)
    make_referent(household=lease.household)
    right = make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    case = make_arrears(lease=lease, dues=[NOV])
    assert legal.if_next_unpaid([case.account_id], day=FRIDAY)[case.account_id].on == date(2026, 12, 5)
    assert [(line.rule, line.opens) for line in lift().lines] == [("R3", True)]
    assert "si le terme du 5 décembre 2026 n’est pas payé non plus" in said(AlertFact.objects.get())
    assert lift().lines == []

    with clock.travel(date(2026, 12, 12)):
        owe(lease=lease, due_on=date(2026, 12, 5), amount="213.00")
        make_bank_known(until=date(2026, 12, 12))
        detect_arrears(day=date(2026, 12, 12), actor=SYSTEM)
        case.refresh_from_db()
        assert (case.constituted_on, case.report_due_on) == (date(2026, 12, 5), date(2027, 2, 5))
        lines = lift(date(2026, 12, 12)).lines
    assert [line.rule for line in lines] == ["R2", "R3"]
    fact = AlertFact.objects.get(key=f"R3:C{case.pk}:2026-12-05")
    assert said(fact).endswith(
        "Impayé constitué pour la CAF le 5 décembre 2026, à déclarer au plus tard le 5 février 2027"
    )
    assert fact.alert.level == "HIGH"
    BenefitRight.objects.filter(pk=right.pk).delete()
    assert legal.if_next_unpaid([case.account_id], day=date(2026, 12, 12)) == {}


def test_the_next_due_day_is_that_of_the_contract_on_its_last_day_at_most() -> None:
    lease = make_let(start=date(2024, 3, 15), due_day=31)
    make_right(lease=lease, amount="267.00", start=date(2024, 4, 1))
    account = make_arrears(lease=lease, dues=[date(2026, 10, 31)], amount="480.00").account_id

    def next_on(day: date) -> date | None:
        would = legal.if_next_unpaid([account], day=day).get(account)
        return would.on if would else None

    assert [next_on(day) for day in (FRIDAY, date(2026, 11, 29), date(2026, 11, 30), date(2027, 2, 3))] == [
        date(2026, 11, 30), date(2026, 11, 30), date(2026, 12, 31), date(2027, 2, 28),
    ]  # fmt: skip
    Lease.objects.filter(pk=lease.pk).update(period=period(date(2024, 3, 15), date(2026, 11, 30)))
    assert next_on(FRIDAY) is None


def test_nobody_met_a_household_in_debt_for_a_month() -> None:
    """One late term, long after the entry: neither R1 nor R2."""
    case = make_arrears(dues=[OCT])
    household = case.account.household
    to = make_referent(household=household)
    assert [(line.rule, line.assignee) for line in lift().lines] == [("R8", to.get_full_name())]
    alert = Alert.objects.get()
    assert "Aucun contact depuis le premier défaut du 2 octobre 2026 : 35 jours au moment de l’alerte" in said(
        alert.facts.get()
    )
    with clock.travel(date(2026, 12, 24)):
        # It waits for its answer, and goes up by itself.
        assert lift(date(2026, 12, 24)).lines == []
        answer(alert=alert, contact_made=True, cause="OVERSIGHT", actor=Actor.of(to))
        assert lift(date(2026, 12, 24)).lines == []
    with clock.travel(date(2027, 1, 24)):
        # The answer said that a contact was made, a month and a day ago.
        lift(date(2027, 1, 24))
    later = AlertFact.objects.get(alert__state="RAISED")
    assert "Aucun contact depuis celui du 24 décembre 2026 : 31 jours au moment de l’alerte" in said(later)


def test_nobody_is_sent_to_who_has_left() -> None:
    case = make_arrears(dues=[OCT])
    lease = case.account.lease
    assert lease is not None
    make_referent(household=lease.household)
    lease.occupancies.update(period=period(date(2024, 3, 15), FRIDAY), main_period=period(date(2024, 3, 15), FRIDAY))
    assert lift().lines == []


def test_a_household_that_is_watched_over_is_told_of_once_by_the_rhythm_of_its_measure() -> None:
    """Without a debt: by the twenty-one days of type 1, or the thirty of the house for type 2; not of another."""
    first, met_on = date(2026, 1, 1), date(2026, 10, 15)
    measured, other, watched = (make_let().household for _ in range(3))
    type(watched).objects.filter(pk=watched.pk).update(support_type="T2")
    to = [make_referent(household=household, from_day=first) for household in (measured, other, watched)]
    Measure.objects.create(
        household=measured, kind="T1", referent=to[0], period=period(first), planned_end=date(2026, 12, 31)
    )
    for household, user, on in ((measured, to[0], met_on), (other, to[1], first), (watched, to[2], date(2026, 10, 7))):
        Contact.objects.create(
            household=household, kind="VISIT", happened_on=on, author=user, request_key=uuid4(), outcome="SEEN"
        )
    # Nobody was there: neither is a contact.
    for kind, outcome in (("WATCH", ""), ("VISIT", "PUT_OFF")):
        Contact.objects.create(
            household=measured, kind=kind, happened_on=date(2026, 11, 5), author=to[0], request_key=uuid4(),
            outcome=outcome,
        )  # fmt: skip
    assert [(line.rule, line.household_id, line.assignee) for line in lift().lines] == [
        ("R8bis", measured.pk, to[0].get_full_name())
    ]
    fact = AlertFact.objects.get()
    assert fact.key == f"R8bis:H{measured.pk}:2026-10-15"
    assert said(fact).endswith("au plus tard le 5 novembre 2026 : 21 jours au plus (Parc CCAS, type 1)")
    assert lift().lines == []
    with clock.travel(date(2026, 11, 7)):
        assert [line.household_id for line in lift(date(2026, 11, 7)).lines] == [watched.pk]
