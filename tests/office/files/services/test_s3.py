"""The same files in a bucket: a local server that speaks S3."""

from collections.abc import Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.http import Http404
from django.test import RequestFactory, override_settings
from moto.server import ThreadedMotoServer

from common import clock
from maintenance.models import Photo
from office.files.answers import serve
from office.files.services import blobs
from tests.factories import number
from tests.office.files.services.test_blobs import attach, names, picture, sweep_all

SETTINGS = Path(settings.BASE_DIR) / "config" / "settings.py"
KEYS = {"AWS_ACCESS_KEY_ID": "essai", "AWS_SECRET_ACCESS_KEY": "essai", "AWS_DEFAULT_REGION": "eu-west-3"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The storage is a bucket, by the variables that an installation sets. The bucket, asked past our own code."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = KEYS | {"ANCRAGE_S3_BUCKET": f"ancrage-{number()}", "ANCRAGE_S3_ENDPOINT": f"http://{host}:{port}"}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    found = boto3.resource("s3", endpoint_url=names["ANCRAGE_S3_ENDPOINT"]).Bucket(names["ANCRAGE_S3_BUCKET"])
    found.create(CreateBucketConfiguration={"LocationConstraint": KEYS["AWS_DEFAULT_REGION"]})
    with override_settings(STORAGES=run_path(str(SETTINGS))["STORAGES"]):
        yield found
    server.stop()


def keys(bucket: Any) -> set[str]:
    return {row.key.rpartition("/")[2] for row in bucket.objects.all()}


def test_files_live_in_the_bucket(bucket: Any, django_capture_on_commit_callbacks) -> None:
    clean = picture()
    photo = attach(clean)
    assert type(default_storage._wrapped).__name__ == "S3Storage"  # type: ignore[attr-defined]
    assert keys(bucket) == names(clean)
    answer = serve(RequestFactory().get("/"), photo)
    assert answer.content == clean.data
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
        blobs.forget(clean.sha256)
    assert keys(bucket) == set()


def test_what_was_left_there_is_swept(bucket: Any) -> None:
    clean = picture()
    attach(clean)
    Photo.objects.all().delete()
    blobs.Blob.objects.all().delete()
    # The server stamps what it takes with the day of the machine, which is later than the played one.
    stamped = storages["default"].get_modified_time(f"files/{clean.sha256[:2]}/{clean.sha256}.jpg")
    with clock.travel(stamped):
        sweep_all()
    assert keys(bucket) == names(clean)
    with clock.travel(stamped + 2 * blobs.YOUNG):
        sweep_all()
    assert keys(bucket) == set()


def test_a_file_that_is_not_there_is_a_404(bucket: Any) -> None:
    photo = attach(picture())
    default_storage.delete(photo.blob.key())
    with pytest.raises(Http404):
        serve(RequestFactory().get("/"), photo)
