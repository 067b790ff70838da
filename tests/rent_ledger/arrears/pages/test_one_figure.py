"""How many terms are owed is one figure, rounded once: list, « Pourquoi ? », case, household and API say the same."""

import re
from datetime import date

import pytest
from django.urls import reverse

from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from tests.factories import make_association, make_user, owe
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import LIST, TODAY, indebted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rest", "written", "exact"),
    # Three terms of 213.00 and a part of one: 692.25 is 3.25 terms, half a tenth goes up; 691.80 is 3.2479…, kept as
    # 3.25. 681.60 is 3.2.
    [("53.25", "3,3", "3.25"), ("52.80", "3,3", "3.25"), ("42.60", "3,2", "3.20")],
)
def test_the_terms_owed_are_the_same_everywhere(rest: str, written: str, exact: str) -> None:
    make_association()
    client = signed_in(make_user())
    case = indebted(date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
    assert case.account.lease
    owe(lease=case.account.lease, due_on=date(2026, 7, 1), amount=rest)
    detect_arrears(day=TODAY, actor=Actor.system())
    pages = {
        "list": (f"{LIST}?situation=tous", r'a-num a-hide-s">([\d,]+)</td>'),
        "case": (reverse("rent_ledger:case", args=[case.pk]), r"([\d,]+)\s+termes?\b"),
        "household": (reverse("desk:household", args=[case.account.household_id]), r"([\d,]+)\s+termes?\b"),
        "why": (reverse("rent_ledger:arrears_why", args=[case.account_id]), r"En tout ([\d,]+) ×"),
    }
    said = {}
    for name, (address, pattern) in pages.items():
        text = plain(client.get(address))
        found = re.search(pattern, text)
        said[name] = found.group(1) if found else text[-300:]
    assert said == dict.fromkeys(pages, written)
    [line] = client.get("/api/v1/arrears").json()["items"]
    assert str(line["terms"]) in (exact, exact.rstrip("0").rstrip("."))
