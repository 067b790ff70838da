"""Who opens the pages of the office."""

from typing import Any

import pytest

from office.access.codes import Role


@pytest.fixture
def admin(client_as: Any) -> Any:
    return client_as(Role.ADMINISTRATOR)
