"""The house is built once for all modules of the folder; what a test does to it is undone."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from common import clock
from tests.access.world import TODAY, World, build


@pytest.fixture(scope="package")
def built(django_db_setup: Any, django_db_blocker: Any, own_media: None) -> Iterator[World]:
    """The house of the folder, on the played day; not to be changed."""
    from tests.access.readings import read_papers

    with django_db_blocker.unblock(), clock.travel(TODAY), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            papers = read_papers(patch)
            world = build()
            world.papers = papers
        # Now, not at the end of each test.
        connection.check_constraints()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> World:
    """The house as it was built, for one test."""
    # Its people are those of the test before: their counts of requests are not.
    cache.clear()
    return deepcopy(built)


@pytest.fixture(scope="package")
def readings(built: World, django_db_blocker: Any) -> Any:
    """What each role reads of the house (`tests.access.readings`), read once for the folder."""
    from tests.access.readings import read_all

    with django_db_blocker.unblock(), clock.travel(TODAY), transaction.atomic():
        found = read_all(deepcopy(built))
        transaction.set_rollback(True)
    return found
