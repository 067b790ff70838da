"""Role homes: the right one for each role, with true figures, and nobody's data on the wrong one."""

import pytest
from django.test import Client

from office.enums import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [r for r in Role if r != Role.TECHNICIAN])
def test_an_empty_house_has_a_home_for_everybody(client_as, role: Role) -> None:  # type: ignore[no-untyped-def]
    client: Client = client_as(role)
    assert client.get("/").status_code == 200
