"""Django does not start with a scanner or a storage that is not there."""

from django.test import override_settings

from office.files.checks import files_are_kept_and_scanned


def told() -> list[str]:
    return [message.id for message in files_are_kept_and_scanned()]


def test_the_settings_of_now_are_good() -> None:
    assert told() == []


@override_settings(FILE_SCANNER="office.files.nothing.search")
def test_a_scanner_that_is_not_there() -> None:
    assert told() == ["office.files.E002"]


@override_settings(STORAGES={"default": {"BACKEND": "storages.backends.nothing.Storage"}})
def test_a_storage_that_is_not_there() -> None:
    assert told() == ["office.files.E001"]
