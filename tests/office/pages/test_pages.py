"""What holds for each page of the office."""

from typing import Any

import pytest

from common.periods import period
from office.access.codes import Role
from office.access.matrix import Data
from office.access.services.access_log import log_access
from office.house.parameters import ALSACE_MOSELLE
from office.models import Job, ParameterValue
from tests.factories import actor_of, make_association, make_bank_account, make_organisation, make_team, make_user
from tests.office.browsing import url_of

pytestmark = pytest.mark.django_db


def _fill() -> None:
    for _ in range(4):
        user = make_user(role=Role.TECHNICIAN, team=make_team())
        make_organisation(kinds=["CCAS", "FUNDER"])
        make_bank_account(held_for="PUBLIC_BODY")
        log_access(actor=actor_of(user), subject=Data.PRIVATE_NOTE, obj=user)
        Job.objects.create(kind="x", key=str(user.pk), title="Avis", total=1, author=user)


@pytest.mark.parametrize("name", ["settings", "organisations", "staff", "parameters", "jobs", "access_log", "tokens"])
def test_a_page_asks_the_same_number_of_queries_whatever_its_size(
    name: str, admin: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_association()
    _fill()
    ParameterValue.objects.create(key=ALSACE_MOSELLE, value=True, period=period(None), source="x", scope="ASSOCIATION")
    admin.get(url_of(name))
    with CaptureQueriesContext(connection) as few:
        admin.get(url_of(name))
    _fill()
    with django_assert_num_queries(len(few)):
        admin.get(url_of(name))
    assert len(few) <= 16
