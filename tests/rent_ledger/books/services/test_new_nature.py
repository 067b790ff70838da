"""A new nature of charge is one line in the registry (`leases.contracts.natures`), and nothing else."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.django_db(transaction=True)
def test_one_line_in_the_registry_is_billed_allocated_printed_and_shown() -> None:
    database = settings.DATABASES["default"]["NAME"]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.rent_ledger.one_more_nature"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings_of_subprocess", "ANCRAGE_TEST_DATABASE": database},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.stdout.endswith("known everywhere\n"), ended.stdout + ended.stderr
