"""The clocks of a report, computed by hand: CCH, art. R. 824-4, R. 824-7 to R. 824-12, R. 824-22, D. 823-15."""

from datetime import date
from decimal import Decimal

import pytest

from common.params import Steps
from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.codes import PayerRoute, PayerWhy
from rent_ledger.arrears.parameters import payer_params
from rent_ledger.arrears.rules.frames import frame_of
from rent_ledger.arrears.rules.legal import CountedDebt, LegalParams, detect
from rent_ledger.arrears.rules.payer_steps import PayerAnswer, PayerParams, departure_due, step_of
from rent_ledger.arrears.rules.term import MonthTerm

PARAMS = PayerParams(
    plan_months=6, fsl_months=3, seized_months=6, small_months=3, kept_months=6, later_months=3, refused_months=2,
    check_months=6,
    parts=36, departure_months=1,
)  # fmt: skip
LAW = LegalParams(
    switch_on=date(2027, 1, 1), multiple=Decimal(2), amount=Decimal("450.00"), months=3, report_months=2,
    all_report=False,
)  # fmt: skip
D = date.fromisoformat

# Article, what is owed since when (euros), the month (rent, aid, paid to us), to report at the latest.
REPORTS = [
    # R. 824-1, R. 824-4: two calendar months, on the same day number.
    ("R. 824-4, an ordinary month", "2026-03-10", "426.00", "267.00", True, "2026-05-10"),
    ("R. 824-4, the 31st ends on the 30th", "2026-07-31", "426.00", "267.00", True, "2026-09-30"),
    ("R. 824-4, 31 December ends in February", "2025-12-31", "426.00", "267.00", True, "2026-02-28"),
    ("R. 824-4, 30 December ends in February too", "2025-12-30", "426.00", "267.00", True, "2026-02-28"),
    ("R. 824-4, 31 December before a leap year", "2027-12-31", "450.01", "267.00", True, "2028-02-29"),
    ("R. 824-4, 29 February of a leap year", "2028-02-29", "450.01", "267.00", True, "2028-04-29"),
    ("R. 824-4, over the turn of the year", "2026-11-20", "426.00", "267.00", True, "2027-01-20"),
    ("R. 824-4, in the first regime until its last day", "2026-12-31", "426.00", "267.00", True, "2027-02-28"),
    # R. 824-1: 2 × the net month; one cent below, nothing.
    ("R. 824-1, one cent below 2 × the net month", "2026-03-10", "425.99", "267.00", True, None),
    # R. 824-2 of 2027: strictly more than 450.
    ("R. 824-2, 450.01 on 10 January 2027", "2027-01-10", "450.01", "267.00", True, "2027-03-10"),
    # R. 824-2 1°: three months after the default, then two months.
    ("R. 824-2, 450.00: three months, then two", "2027-01-10", "450.00", "267.00", True, "2027-06-10"),
    ("R. 824-2, three months end on the leap day", "2027-11-30", "20.00", "267.00", True, "2028-04-29"),
    # R. 824-4 binds who receives the aid.
    ("R. 824-4, aid paid to the household: no delay of ours", "2026-03-10", "960.00", "267.00", False, None),
    ("no aid: no impayé in this sense", "2026-03-10", "5000.00", None, False, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "owed", "aid", "direct", "report"), [row[1:] for row in REPORTS], ids=[row[0] for row in REPORTS]
)
def test_the_deadline_of_the_report(since, owed, aid, direct, report):
    month = MonthTerm(
        since=date(2024, 1, 1), rent=Decimal("400.00"), charges=Decimal("80.00"),
        aid=Decimal(aid) if aid and direct else Decimal(0), is_aided=aid is not None, is_direct=direct,
    )  # fmt: skip
    # Where nothing is to report, on the last day of the first regime: the second looks at these debts again.
    day = date(2029, 1, 1) if report else date(2026, 12, 31)
    found = detect(
        frame=ArrearsFrame.LEASE, day=day, bank_known_until=day, months=[month], params=Steps.of(LAW),
        debts=[CountedDebt(D(since), D(since), Decimal(owed))],
    )  # fmt: skip
    assert found.report_due_on == (D(report) if report else None)


# Kind of contract, stock, whether an unpaid one is reported: law.md A1.4 and C1.
WHO = [
    ("lease under a mandate", "MANAGED", None, True),
    ("sub-letting in HLM stock, R. 824-4 by L. 442-8-2", "SUBLEASE", None, True),
    ("bail glissant, before the slide", "SLIDING", None, True),
    ("résidence sociale, R. 824-3 and R. 824-31", "OCCUPANCY", "RESIDENCE", True),
    ("hébergement, L. 442-8-1-1 II", "OCCUPANCY", None, False),
]


@pytest.mark.parametrize(("kind", "stock", "reported"), [row[1:] for row in WHO], ids=[row[0] for row in WHO])
def test_who_reports(kind, stock, reported):
    month = MonthTerm(
        since=date(2024, 1, 1), rent=Decimal("480.00"), aid=Decimal("267.00"), is_aided=True, is_direct=True
    )
    found = detect(
        frame=frame_of(kind, stock, is_social=True), day=date(2026, 6, 1), bank_known_until=date(2026, 6, 1),
        debts=[CountedDebt(date(2026, 3, 10), date(2026, 3, 10), Decimal("426.00"))], months=[month],
        params=Steps.of(LAW),
    )  # fmt: skip
    assert (found.report_due_on is not None) == reported


R = PayerRoute
# Article, answer, day looked at, sentence, until when, whether a plan is ours to send.
STEPS = [
    ("no answer yet", None, "2026-03-01", PayerWhy.WAITS, None, False),
    ("R. 824-7 1°: six months for a plan", PayerAnswer(R.PLAN, D("2026-02-10")), "2026-03-01",
     PayerWhy.PLAN, "2026-08-10", True),
    ("R. 824-7 1°: six months from 31 August end on 28 February", PayerAnswer(R.PLAN, D("2026-08-31")), "2026-09-01",
     PayerWhy.PLAN, "2027-02-28", True),
    ("R. 824-7 1°: six months from 31 August 2027 end on the leap day", PayerAnswer(R.PLAN, D("2027-08-31")),
     "2027-09-01", PayerWhy.PLAN, "2028-02-29", True),
    ("R. 824-7 1°: formal notice, then three months of the FSL",
     PayerAnswer(R.PLAN, D("2026-02-10"), stage_on=D("2026-08-11")), "2026-09-01",
     PayerWhy.PLAN_NOTICE, "2026-11-11", False),
    ("R. 824-22: direct payment refused, two months from the refusal",
     PayerAnswer(R.PLAN, D("2026-02-10"), refused_on=D("2026-02-20")), "2026-03-01",
     PayerWhy.PLAN_REFUSED, "2026-04-20", True),
    ("R. 824-20, R. 824-22: silent two months from 10 February, then two months",
     PayerAnswer(R.PLAN, D("2026-02-10"), refused_on=D("2026-04-10")), "2026-05-01",
     PayerWhy.PLAN_REFUSED, "2026-06-10", True),
    ("R. 824-22 shortens and never lengthens: refused in the fifth month",
     PayerAnswer(R.PLAN, D("2026-02-10"), refused_on=D("2026-07-10")), "2026-07-15",
     PayerWhy.PLAN, "2026-08-10", True),
    ("R. 824-7 2°: the payer seizes the FSL, six months", PayerAnswer(R.FSL, D("2026-09-30")), "2026-10-01",
     PayerWhy.FSL, "2027-03-30", False),
    ("R. 824-11: seized by somebody else, kept six months", PayerAnswer(R.FSL_OTHER, D("2026-12-31")), "2027-01-10",
     PayerWhy.FSL_OTHER, "2027-06-30", False),
    ("R. 824-12: then a plan within three months",
     PayerAnswer(R.FSL_OTHER, D("2026-12-31"), stage_on=D("2027-06-30")), "2027-07-01",
     PayerWhy.FSL_PLAN, "2027-09-30", True),
    ("R. 824-10: the payer proposes a plan itself", PayerAnswer(R.SMALL, D("2026-02-10")), "2026-03-01",
     PayerWhy.SMALL, None, False),
    ("R. 824-10: it came to nothing: half of six months",
     PayerAnswer(R.SMALL, D("2026-02-10"), stage_on=D("2026-11-30")), "2026-12-01",
     PayerWhy.SMALL_PLAN, "2027-02-28", True),
    ("R. 824-9: the plan sent is checked within six months",
     PayerAnswer(R.PLAN, D("2026-02-10"), plan_sent_on=D("2026-03-31")), "2026-04-01",
     PayerWhy.CHECKED, "2026-09-30", False),
    ("R. 824-9: on the day of the check", PayerAnswer(R.PLAN, D("2026-02-10"), plan_sent_on=D("2026-03-31")),
     "2026-09-30", PayerWhy.CHECKED, "2026-09-30", False),
    ("R. 824-9: the next check, a year after the plan",
     PayerAnswer(R.PLAN, D("2026-02-10"), plan_sent_on=D("2026-03-31")), "2026-10-01",
     PayerWhy.CHECKED, "2027-03-31", False),
    ("R. 824-12, plan sent: checked like another",
     PayerAnswer(R.FSL_OTHER, D("2026-12-31"), stage_on=D("2027-06-30"), plan_sent_on=D("2027-08-31")), "2027-09-01",
     PayerWhy.CHECKED, "2028-02-29", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "day", "why", "due_on", "is_ours"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS]
)
def test_the_step_of_the_payer(answer, day, why, due_on, is_ours):
    found = step_of(answer, day=D(day), params=PARAMS)
    assert (found.reason.code, found.due_on, found.is_ours) == (why, D(due_on) if due_on else None, is_ours)


@pytest.mark.parametrize(
    ("last_day", "due_on"),
    [
        ("2026-11-15", "2026-12-15"),
        ("2026-11-30", "2026-12-30"),
        ("2026-12-31", "2027-01-31"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2028-02-29", "2028-03-29"),
    ],
)
def test_a_departure_is_told_within_a_month(last_day, due_on):
    """CCH, art. D. 823-15."""
    assert departure_due(D(last_day), PARAMS) == D(due_on)


@pytest.mark.django_db
def test_the_figures_of_the_texts():
    """As declared: the table above is computed with them."""
    assert payer_params(date(2026, 11, 5)) == PARAMS
