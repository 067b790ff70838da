"""An agreement with many dwellings is read page by page."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from office.access.codes import Role
from tests.factories import make_agreement, make_dwelling

pytestmark = pytest.mark.django_db


def test_an_agreement_shows_its_dwellings_by_pages_of_fifty(client_as: Any) -> None:
    dwellings = [make_dwelling(reference=f"P{n:03d}") for n in range(52)]
    agreement = make_agreement(dwellings=dwellings)
    gone = make_dwelling(reference="ANCIEN")
    agreement.lines.create(dwelling=gone, period=(date(2020, 1, 1), date(2021, 1, 1)), gives_title=True)
    client, url = client_as(Role.RENTAL_MANAGER), reverse("stock:agreement", args=[agreement.pk])
    first = client.get(url).content.decode()
    assert "52\u00a0logements" in first
    assert "P049" in first
    assert "P050" not in first
    assert "ANCIEN" in first
    second = client.get(url, {"p": 2}).content.decode()
    assert "P051" in second
    assert "P000" not in second
    then = client.get(url, {"au": "01/06/2020"}).content.decode()
    assert "ANCIEN" in then


def test_its_cost_does_not_follow_its_dwellings(client_as: Any, django_assert_max_num_queries: Any) -> None:
    small, large = (make_agreement(dwellings=[make_dwelling() for _ in range(n)]) for n in (2, 12))
    client = client_as(Role.DIRECTOR)
    client.get(reverse("stock:agreement", args=[small.pk]))
    with django_assert_max_num_queries(14) as seen:
        client.get(reverse("stock:agreement", args=[small.pk]))
    with django_assert_max_num_queries(len(seen.captured_queries)):
        client.get(reverse("stock:agreement", args=[large.pk]))
