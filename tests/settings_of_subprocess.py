"""Settings of a process that a test starts: the test's own database, by name."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["ANCRAGE_TEST_DATABASE"]
