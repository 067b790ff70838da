"""One house per test, on the played day."""

import pytest

from tests.access.world import World, build


@pytest.fixture
def world(db: None) -> World:
    return build()
